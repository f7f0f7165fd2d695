"""The states of a run, as its log says them."""

PREPARED, CALCULATED, FAILED = "prepared", "calculated", "failed"
APPROVED, WITHDRAWN = "approved", "withdrawn"
