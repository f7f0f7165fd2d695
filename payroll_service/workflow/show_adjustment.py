"""An adjustment as a second person looks at it: whose claim, by how much, and what the claim is now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.movements import ADJUSTMENT, Draft, Movement
from payroll_service.errors import NotInBook
from payroll_service.store.store import Session, Store
from payroll_service.workflow.drafts import has_moved
from payroll_service.workflow.ledger import read_ledger
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.read_payees import PayeeCard


@dataclass(frozen=True)
class ShownAdjustment:
    """`entitled_fen`, `paid_fen`: of the claim as the book stands; `is_overtaken`: nobody can approve it any more."""

    draft: Draft
    movement: Movement | None
    card: PayeeCard
    claim: Entitlement
    entitled_fen: int
    paid_fen: int
    is_overtaken: bool


def show_adjustment(store: Store, bureau: str, number: int, by: str, now: datetime) -> ShownAdjustment:
    """An adjustment by its draft's number. That `by` saw whose it is is put down. Raises NotInBook."""
    with store.reading() as session:
        found = read_adjustment(session, bureau, number)
    log_read(store, bureau, f"adjustment {number}", by, now, payee=found.claim.payee)
    return found


def read_adjustment(session: Session, bureau: str, number: int) -> ShownAdjustment:
    """An adjustment by its draft's number. Raises NotInBook."""
    draft = session.ledger.draft(bureau, number)
    if draft is None or draft.kind != ADJUSTMENT:
        raise NotInBook(f"没有编号为 {number} 的调整单。", "待批的见付款页面。")
    asked = json.loads(draft.request)
    claim = Entitlement(*(asked[name] for name in Entitlement._fields))
    movement = session.ledger.approved(bureau, number)
    ledger = read_ledger(session, bureau)
    return ShownAdjustment(
        draft,
        movement,
        PayeeCard(session.payees.get(bureau, claim.payee)),
        claim,
        ledger.balances.entitled.get(claim, 0),
        ledger.balances.paid_of(claim),
        movement is None and has_moved(ledger, draft),
    )
