"""The states of a run, as its log says them."""

PREPARED, CALCULATED, FAILED, SUBMITTED = "prepared", "calculated", "failed", "submitted"
APPROVED, WITHDRAWN, PUBLISHED, CLOSED = "approved", "withdrawn", "published", "closed"

STATES = {
    PREPARED: "已准备",
    CALCULATED: "已核算",
    FAILED: "未通过",
    SUBMITTED: "已送审",
    APPROVED: "已审批",
    WITHDRAWN: "已撤回",
    PUBLISHED: "公示中",
    CLOSED: "公示已结束",
}
