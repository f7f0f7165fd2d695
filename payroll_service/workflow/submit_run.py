"""Hand a calculated run to whoever approves."""

from __future__ import annotations

from datetime import datetime

from payroll_service.book.records import RunEvent
from payroll_service.book.run_states import CALCULATED, SUBMITTED
from payroll_service.errors import NotApprovable
from payroll_service.store.store import Store
from payroll_service.workflow.stored_runs import expect_state, find_run


def submit_run(store: Store, bureau: str, run_id: str, by: str, now: datetime) -> RunEvent:
    """Note that the run waits for its approval. Raises UnknownRun, NotApprovable."""
    if not by.strip():
        raise NotApprovable("没有写送审人。", "请用 --by 写明是谁送审。")
    with store.writing() as session:
        expect_state(session, find_run(session, bureau, run_id), "送审", CALCULATED)
        return session.runs.append(bureau, run_id, SUBMITTED, now, by.strip())
