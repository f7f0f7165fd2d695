"""Verify the ledger: read everything that is stored, replay it from nothing, and compare with what the book says."""

from __future__ import annotations

from dataclasses import dataclass

from payroll_service.audit.evidence import AuditCheck
from payroll_service.audit.ledger import StoredLedger, StoredMovement, verify_ledger
from payroll_service.book.entitlement import Entitlement
from payroll_service.store.store import Session, Store
from payroll_service.workflow.ledger import read_ledger
from payroll_service.workflow.progress import Progress, silent

STEPS = 3
UNREADABLE = (ValueError, LookupError, TypeError)  # of a run's record that `records_of` did not write


@dataclass(frozen=True)
class VerifiedBook:
    """`digest`: of the last movement; whoever keeps it outside the database can tell later that nothing was changed."""

    checks: tuple[AuditCheck, ...]
    movements: int
    digest: str

    @property
    def sound(self) -> bool:
        return all(check.holds for check in self.checks)


def verify_book(store: Store, bureau: str, progress: Progress = silent) -> VerifiedBook:
    """Every check of the bureau's ledger."""
    progress(0, STEPS, "读取")
    with store.reading() as session:
        try:
            stored = load_stored_ledger(session, bureau)
        except UNREADABLE as why:
            return VerifiedBook((AuditCheck("账：入库的记录可读", False, str(why)),), 0, "")
        progress(1, STEPS, "逐笔重放")
        checks, replayed = verify_ledger(stored)
        progress(2, STEPS, "比较")
        if all(check.holds for check in checks):
            same = replayed == read_ledger(session, bureau).balances
            told = "相符" if same else "重放所得与账面不同"
            checks.append(AuditCheck("账：重放的余额与账面的逐笔相符", same, told))
    last = stored.movements[-1].movement.digest if stored.movements else ""
    return VerifiedBook(tuple(checks), len(stored.movements), last)


def load_stored_ledger(session: Session, bureau: str) -> StoredLedger:
    """Everything that the book has of money."""
    grants: dict[str, list[tuple[Entitlement, int]]] = {
        each.run_id: [] for each in session.runs.approved(bureau)
    }
    for run, entitlement, fen in session.runs.granted(bureau):
        grants[run.run_id].append((entitlement, fen))
    movements = [
        StoredMovement(
            each,
            list(session.ledger.records(bureau, each.number)),
            session.ledger.postings(bureau, each.number),
        )
        for each in session.ledger.movements(bureau)
    ]
    return StoredLedger(list(grants.values()), movements, session.ledger.drafts(bureau))
