"""Look at a payment: as it would be approved, or as it was; and hand its payees to whoever pays them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from payroll_service.book.ledger.movements import KINDS, PAYMENT
from payroll_service.book.ledger.settlement import FundResult
from payroll_service.book.money import fen_text
from payroll_service.errors import NotInBook
from payroll_service.store.store import Session, Store
from payroll_service.workflow.drafts import refuse_moved, refuse_other
from payroll_service.workflow.leave_out_published import leave_out_published
from payroll_service.workflow.ledger import all_payees, paid_by, read_ledger
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.pay_claims import PreparedPayment, planned


def read_payment(store: Store, bureau: str, number: int) -> PreparedPayment:
    """The payment of a draft's number: what approving it would pay, or what was paid.

    Raises NotInBook, and Overtaken where the book has moved since a draft was prepared.
    """
    with store.reading() as session:
        return _payment(session, bureau, number)


def payment_payees(store: Store, bureau: str, number: int, by: str, now: datetime) -> Iterator[bytes]:
    """Everybody whom an approved payment pays, a JSON object a line, ascending by payee id; that `by` read them is put
    down. Raises NotInBook at once, also for a payment that is not approved: nobody pays from it."""
    with store.reading() as session:
        payment = _payment(session, bureau, number)
        if payment.movement is None:
            raise NotInBook(f"付款单 {number} 还没有批准。", "批准以后才能对外提供。")
    log_read(store, bureau, f"payment list {number}", by, now)
    return _lines(payment)


def _payment(session: Session, bureau: str, number: int) -> PreparedPayment:
    draft = session.ledger.draft(bureau, number)
    if draft is None or draft.kind != PAYMENT:
        raise NotInBook(f"没有编号为 {number} 的{KINDS[PAYMENT]}单。", "请核对付款单号。")
    identities = all_payees(session, bureau)
    movement = session.ledger.approved(bureau, number)
    if movement is not None:
        noted = json.loads(movement.detail)
        possible = tuple(FundResult(**each) for each in noted["funds"])
        payees = tuple(paid_by(session, movement))
        return PreparedPayment(number, draft.day, payees, possible, identities, noted["paid_to"], movement)
    ledger = read_ledger(session, bureau)
    refuse_moved(ledger, draft)
    leave_out_published(session, ledger)
    asked = json.loads(draft.request)
    payees, possible = planned(session, ledger, asked)
    refuse_other(draft, payees)
    return PreparedPayment(number, draft.day, payees, possible, identities, asked["paid_to"])


def _lines(payment: PreparedPayment) -> Iterator[bytes]:
    for paid in payment.payees:
        who = payment.identities[paid.payee]
        content = {
            "payee": paid.payee,
            "kind": who.kind,
            "number": who.number,
            "name": who.label,
            "bank": who.bank,
            "account": who.account,
            "currency": "CNY",
            "gross": fen_text(paid.gross_fen),
            "deductions": [{"name": name, "amount": fen_text(fen)} for name, fen in paid.deductions],
            "net": fen_text(paid.net_fen),
        }
        yield json.dumps(content, ensure_ascii=False).encode() + b"\n"
