"""What somebody has to look at in a run, by name."""

from __future__ import annotations

from fastapi import APIRouter

from api.models.base import RunId
from api.models.findings import Check, FoundFindings
from api.paging import USUAL, AfterNumber, Limit
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from payroll_service.workflow.list_findings import list_findings

router = APIRouter(prefix="/v1/runs", tags=["runs"])


@router.get(
    "/{run_id}/findings",
    operation_id="readRunFindings",
    summary="Where checks did not hold, who is held back or gets nothing, and why",
)
def findings(
    run_id: RunId,
    store: TheStore,
    now: Now,
    check: Check = "",
    after: AfterNumber = 0,
    limit: Limit = USUAL,
    caller: Caller = allow(*OFFICE),
) -> FoundFindings:
    """In the order of the rule set. Reading it is put down in the bureau's log."""
    found = list_findings(store, caller.bureau, run_id, check, after, limit, caller.name, now)
    return FoundFindings.of(found)
