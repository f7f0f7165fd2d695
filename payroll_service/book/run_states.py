"""The states of a run, as its log says them."""

PREPARED, CALCULATED, FAILED = "prepared", "calculated", "failed"
APPROVED, WITHDRAWN = "approved", "withdrawn"

STATES = {
    PREPARED: "已准备",
    CALCULATED: "已核算",
    FAILED: "未通过",
    APPROVED: "已审批",
    WITHDRAWN: "已撤回",
}
