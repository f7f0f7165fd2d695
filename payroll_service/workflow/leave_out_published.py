"""What a run grants is not paid while it is on public view."""

from __future__ import annotations

from collections import defaultdict

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.grants import grants_of
from payroll_service.book.run_states import PUBLISHED
from payroll_service.store.store import Session
from payroll_service.workflow.ledger import Ledger


def leave_out_published(session: Session, ledger: Ledger) -> list[str]:
    """Take the grants of runs that are published and not closed off what can be paid; returns these runs.

    A grant asked back by such a run is not recovered yet, but what it asks back is not paid out either. What was paid
    before the run was published is not asked back.
    """
    bureau = ledger.bureau
    latest = session.runs.latest_events(bureau)
    waiting = [run for run in session.objections.publications(bureau) if latest[run].state == PUBLISHED]
    granted: defaultdict[Entitlement, int] = defaultdict(int)
    for run in waiting:
        for record in session.runs.records(bureau, run):
            for entitlement, fen in grants_of(record):
                granted[entitlement] += fen
    for entitlement, fen in granted.items():
        owed = ledger.balances.owed(entitlement)
        before = owed - fen
        payable = min(before, max(owed, 0)) if fen < 0 else max(before, min(owed, 0))
        ledger.balances.grant(entitlement, payable - owed)
    return waiting
