"""The runs of a bureau with their states."""

from __future__ import annotations

from dataclasses import dataclass

from payroll_service.book.receipt import Receipt, read_receipt
from payroll_service.book.records import RunApproval, RunEvent, RunPublication, RunRecord
from payroll_service.store.store import Store
from payroll_service.workflow.ledger import read_ledger


@dataclass(frozen=True)
class ListedRun:
    run: RunRecord
    last: RunEvent
    receipt: Receipt | None
    approval: RunApproval | None
    publication: RunPublication | None


def list_runs(store: Store, bureau: str) -> list[ListedRun]:
    """In the order in which they were begun."""
    with store.reading() as session:
        latest = session.runs.latest_events(bureau)
        begun = {event.run_id: event.number for event in reversed(session.runs.log(bureau))}
        runs = sorted(session.runs.all(bureau), key=lambda run: begun[run.run_id])
        approvals = {approval.run_id: approval for approval in session.runs.approved(bureau)}
        publications = session.objections.publications(bureau)
        receipts = {run.run_id: session.runs.receipt(bureau, run.run_id) for run in runs}
    return [
        ListedRun(
            run,
            latest[run.run_id],
            read_receipt(content) if (content := receipts[run.run_id]) else None,
            approvals.get(run.run_id),
            publications.get(run.run_id),
        )
        for run in runs
    ]


def paid_runs(store: Store, bureau: str) -> frozenset[str]:
    """The approved runs all of whose grants are settled in the ledger: nothing they granted is owed any more.

    Reads the whole book, so it is asked for and not part of every list.
    """
    with store.reading() as session:
        if not session.ledger.movements(bureau):
            return frozenset()
        owed = read_ledger(session, bureau).balances.owed
        granted: dict[str, bool] = {}
        for run, entitlement, _ in session.runs.granted(bureau):
            granted[run.run_id] = granted.get(run.run_id, True) and owed(entitlement) <= 0
    return frozenset(run for run, settled in granted.items() if settled)
