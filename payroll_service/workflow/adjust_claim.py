"""Put an entitlement right outside a run, or bring one into the book that is older than the book: two persons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.movements import ADJUSTMENT, Draft, Line, Movement
from payroll_service.book.ledger.postings import line_postings
from payroll_service.book.ledger.records import PaidTo, by_payee
from payroll_service.book.money import fen_text, text_fen
from payroll_service.errors import PERIODS_WRITTEN, NotInBook, UnknownPeriod
from payroll_service.store.store import Store
from payroll_service.workflow.drafts import Proposal, open_draft, prepare_draft, refuse_other
from payroll_service.workflow.ledger import Act, append, find_payee, read_ledger
from rules.language.period import Calendar


@dataclass(frozen=True)
class Change:
    """One entitlement by so much, signed; `payee` is an ID number or code."""

    payee: str
    item: str
    unit: str
    fund: str
    earned: str
    fen: int
    event: str = ""


def prepare_adjustment(
    store: Store, bureau: str, change: Change, day: date, reason: str, reference: str, by: str, now: datetime
) -> Draft:
    """Keep it as a draft. Raises NotInBook without a reason or an amount, UnknownPayee, UnknownPeriod."""
    if not change.fen or not reason:
        raise NotInBook("调整要有不为 0 的金额和理由。", "请写金额（--amount）和理由（--reason）。")
    if Calendar().parse(change.earned) is None:
        raise UnknownPeriod(
            f"不认识所属期间“{change.earned}”。",
            PERIODS_WRITTEN,
        )
    with store.writing() as session:
        ledger = read_ledger(session, bureau)
        payee = find_payee(session, bureau, change.payee).payee_id
        request = {**asdict(change), "payee": payee, "fen": fen_text(change.fen)}
        proposal = Proposal(ADJUSTMENT, day, by, reason, reference, request, _payees(request))
        return prepare_draft(session, ledger, proposal, now)


def approve_adjustment(store: Store, bureau: str, number: int, by: str, now: datetime) -> Movement:
    """Another person lets it take effect. Raises NotInBook, SamePerson, Overtaken."""
    with store.writing() as session:
        ledger = read_ledger(session, bureau)
        draft = open_draft(session, ledger, number, ADJUSTMENT, by)
        payees = _payees(json.loads(draft.request))
        refuse_other(draft, payees)
        act = Act(ADJUSTMENT, draft.day, by, draft.reason, draft.reference, draft=draft)
        lines = [line for paid in payees for line in paid.lines]
        return append(session, ledger, act, payees, line_postings(ADJUSTMENT, lines), draft.amount_fen, now)


def _payees(request: Mapping[str, Any]) -> tuple[PaidTo, ...]:
    names = ("payee", "item", "unit", "fund", "earned", "event")
    line = Line(Entitlement(*(request[name] for name in names)), text_fen(request["fen"]))
    return tuple(by_payee([line]))
