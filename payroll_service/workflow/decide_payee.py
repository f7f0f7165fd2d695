"""Decide about one payee's payments: hold and release them, or agree on instalments of what is to be recovered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from payroll_service.book.money import fen_text, text_fen
from payroll_service.book.records import PayeeEvent
from payroll_service.errors import NotInBook
from payroll_service.store.store import Session, Store
from payroll_service.workflow.ledger import find_payee

HELD, RELEASED, PLAN = "held", "released", "plan"


@dataclass(frozen=True)
class Decisions:
    """`held`: the reason by payee id; `plans`: what may be withheld from each payment at most, in fen."""

    held: dict[str, str]
    plans: dict[str, int]


def decisions(session: Session, bureau: str) -> Decisions:
    """What holds now."""
    found = Decisions({}, {})
    for event in session.ledger.payee_log(bureau):
        if event.state == HELD:
            found.held[event.payee_id] = event.detail
        elif event.state == RELEASED:
            found.held.pop(event.payee_id, None)
        else:
            found.plans[event.payee_id] = text_fen(json.loads(event.detail)["instalment"])
    return found


def hold(store: Store, bureau: str, number: str, reason: str, by: str, now: datetime) -> PayeeEvent:
    """Skip the payee until released; what is owed stays owed. Raises UnknownPayee, NotInBook."""
    return _note(store, bureau, number, HELD, reason, by, now)


def release(store: Store, bureau: str, number: str, reason: str, by: str, now: datetime) -> PayeeEvent:
    """Pay the payee again. Raises UnknownPayee, NotInBook."""
    return _note(store, bureau, number, RELEASED, reason, by, now)


def agree_instalments(
    store: Store, bureau: str, number: str, fen: int, reason: str, by: str, now: datetime
) -> PayeeEvent:
    """Withhold at most so much from each payment to the payee, from now on; 0 stops it."""
    if fen < 0:
        raise NotInBook("每次抵扣的金额不能是负数。", "请写正数；0 表示暂不抵扣。")
    detail = json.dumps({"instalment": fen_text(fen), "reason": reason}, ensure_ascii=False, sort_keys=True)
    return _note(store, bureau, number, PLAN, detail, by, now)


def _note(
    store: Store, bureau: str, number: str, state: str, detail: str, by: str, now: datetime
) -> PayeeEvent:
    with store.writing() as session:
        payee = find_payee(session, bureau, number).payee_id
        held = decisions(session, bureau).held
        if state == RELEASED and payee not in held:
            raise NotInBook("这位收款人没有停付。", "不必恢复。")
        if state == HELD and payee in held:
            raise NotInBook(f"这位收款人已经停付：{held[payee]}。", "不必再登记；理由变了的，先恢复再停付。")
        return session.ledger.note(bureau, payee, state, now, by, detail)
