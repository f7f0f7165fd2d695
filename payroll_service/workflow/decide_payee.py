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
class Hold:
    """Payments to a payee are skipped: why, by whose word, since when."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Plan:
    """What may be withheld from each payment to a payee at most, as it was agreed."""

    fen: int
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Decided:
    """What holds of one payee now."""

    held: Hold | None = None
    plan: Plan | None = None


@dataclass(frozen=True)
class Decisions:
    """What holds now, by payee id."""

    held: dict[str, Hold]
    plans: dict[str, Plan]

    def of(self, payee: str) -> Decided:
        return Decided(self.held.get(payee), self.plans.get(payee))


def decisions(session: Session, bureau: str) -> Decisions:
    """Whatever is not given up by now."""
    found = Decisions({}, {})
    for event in session.ledger.payee_log(bureau):
        if event.state == HELD:
            found.held[event.payee_id] = Hold(event.detail, event.actor, event.at)
        elif event.state == RELEASED:
            found.held.pop(event.payee_id, None)
        else:
            found.plans[event.payee_id] = _plan(event)
    return found


def hold(store: Store, bureau: str, number: str, reason: str, by: str, now: datetime) -> Decided:
    """Skip the payee until released; what is owed stays owed. Raises UnknownPayee, NotInBook."""
    return _note(store, bureau, number, HELD, reason, reason, by, now)


def release(store: Store, bureau: str, number: str, reason: str, by: str, now: datetime) -> Decided:
    """Pay the payee again. Raises UnknownPayee, NotInBook."""
    return _note(store, bureau, number, RELEASED, reason, reason, by, now)


def agree_instalments(
    store: Store, bureau: str, number: str, fen: int, reason: str, by: str, now: datetime
) -> Decided:
    """Withhold at most so much from each payment to the payee, from now on; 0 stops it. Raises UnknownPayee, NotInBook."""
    if fen < 0:
        raise NotInBook("每次抵扣的金额不能是负数。", "请写正数；0 表示暂不抵扣。")
    detail = json.dumps({"instalment": fen_text(fen), "reason": reason}, ensure_ascii=False, sort_keys=True)
    return _note(store, bureau, number, PLAN, detail, reason, by, now)


def _plan(event: PayeeEvent) -> Plan:
    told = json.loads(event.detail)
    return Plan(text_fen(told["instalment"]), told["reason"], event.actor, event.at)


def _note(
    store: Store, bureau: str, number: str, state: str, detail: str, reason: str, by: str, now: datetime
) -> Decided:
    if not reason.strip():
        raise NotInBook("没有写理由。", "请写明理由（--reason）。")
    with store.writing() as session:
        payee = find_payee(session, bureau, number).payee_id
        held = decisions(session, bureau).of(payee).held
        if state == RELEASED and held is None:
            raise NotInBook("这位收款人没有停付。", "不必恢复。")
        if state == HELD and held is not None:
            raise NotInBook(f"这位收款人已经停付：{held.reason}。", "不必再登记；理由变了的，先恢复再停付。")
        session.ledger.note(bureau, payee, state, now, by, detail)
        return decisions(session, bureau).of(payee)
