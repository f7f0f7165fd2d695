"""The runs of a bureau with their states."""

from __future__ import annotations

from dataclasses import dataclass

from payroll_service.book.receipt import Receipt, read_receipt
from payroll_service.book.records import RunApproval, RunEvent, RunRecord
from payroll_service.store.store import Store


@dataclass(frozen=True)
class ListedRun:
    run: RunRecord
    last: RunEvent
    receipt: Receipt | None
    approval: RunApproval | None


def list_runs(store: Store, bureau: str) -> list[ListedRun]:
    """In the order in which they were begun."""
    with store.reading() as session:
        latest = session.runs.latest_events(bureau)
        begun = {event.run_id: event.number for event in reversed(session.runs.log(bureau))}
        runs = sorted(session.runs.all(bureau), key=lambda run: begun[run.run_id])
        approvals = {approval.run_id: approval for approval in session.runs.approved(bureau)}
        receipts = {run.run_id: session.runs.receipt(bureau, run.run_id) for run in runs}
    return [
        ListedRun(
            run,
            latest[run.run_id],
            read_receipt(content) if (content := receipts[run.run_id]) else None,
            approvals.get(run.run_id),
        )
        for run in runs
    ]
