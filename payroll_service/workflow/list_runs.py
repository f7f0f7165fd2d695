"""The runs of a bureau with their states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from payroll_service.book.receipt import Receipt, read_receipt
from payroll_service.book.records import RunApproval, RunEvent, RunPublication, RunRecord, sha256
from payroll_service.store.paging import AT_ONCE, Page, walk
from payroll_service.store.store import Session, Store
from payroll_service.workflow.ledger import read_ledger


@dataclass(frozen=True)
class ListedRun:
    """`receipt` with the `digest` of its bytes; None and "" before the run is calculated."""

    run: RunRecord
    last: RunEvent
    receipt: Receipt | None
    digest: str
    approval: RunApproval | None
    publication: RunPublication | None


def list_runs(store: Store, bureau: str) -> list[ListedRun]:
    """All, in the order in which they were begun."""
    with store.reading():
        return [*walk(lambda after: page_runs(store, bureau, after, AT_ONCE), "")][::-1]


def page_runs(store: Store, bureau: str, after: str, limit: int) -> Page[ListedRun]:
    """The last begun first, from the one begun before the run `after`. Raises UnknownPlace."""
    with store.reading() as session:
        page = session.runs.page(bureau, after, limit)
        return page.of(_listed(session, bureau, page.items))


def read_run(store: Store, bureau: str, run_id: str) -> ListedRun | None:
    """One run; None if there is none of that id."""
    with store.reading() as session:
        run = session.runs.find(bureau, run_id)
        return _listed(session, bureau, [run])[0] if run else None


def _listed(session: Session, bureau: str, runs: Sequence[RunRecord]) -> list[ListedRun]:
    ids = [run.run_id for run in runs]
    latest = session.runs.latest_events(bureau, ids)
    receipts, approvals = session.runs.receipts(bureau, ids), session.runs.approvals(bureau, ids)
    publications = session.objections.publications(bureau, ids)
    return [
        ListedRun(
            run,
            latest[run.run_id],
            read_receipt(content) if (content := receipts.get(run.run_id)) else None,
            sha256(content) if content else "",
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
