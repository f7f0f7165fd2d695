"""Every entitlement in the book with what was paid of it: for finance systems that keep their own ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from payroll_service.book.ledger.balances import Balances
from payroll_service.book.money import fen_text
from payroll_service.store.store import Store
from payroll_service.workflow.ledger import read_ledger


def list_claims(store: Store, bureau: str, by: str, now: datetime) -> Iterator[bytes]:
    """A JSON object a line, ascending by payee id, item, unit, fund, earned period and event; nothing that is all zero.

    Payees are named by their ids alone. That `by` read them is put down.
    """
    with store.writing() as session:
        session.access.log_read(bureau, now, by, "entitlements", "")
        balances = read_ledger(session, bureau).balances
    return _lines(balances)


def _lines(balances: Balances) -> Iterator[bytes]:
    for claim in sorted(balances.entitlements()):
        entitled, paid = balances.entitled.get(claim, 0), balances.paid_of(claim)
        if entitled or paid:
            content = claim._asdict() | {
                "currency": "CNY",
                "entitled": fen_text(entitled),
                "paid": fen_text(paid),
                "owed": fen_text(entitled - paid),
            }
            yield json.dumps(content, ensure_ascii=False).encode() + b"\n"
