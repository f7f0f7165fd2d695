"""The office's pages of what is owed: summed in several ways, one payee's claims with why, and putting one right."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import Field

from api.models.payees import PayeeId
from api.pages.once import told
from api.pages.payment import Number
from api.pages.payments import ActForm, Long, Short
from api.pages.render import page
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.book.ledger.arrears import AGES, total_row
from payroll_service.book.working_days import china_day
from payroll_service.errors import NotInBook, Refused
from payroll_service.store.store import Store
from payroll_service.workbook.typed import typed_day, typed_fen
from payroll_service.workflow.adjust_claim import Change, approve_adjustment, prepare_adjustment
from payroll_service.workflow.ledger import numbers_of
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.read_payees import PayeeCard
from payroll_service.workflow.show_adjustment import show_adjustment
from payroll_service.workflow.state_arrears import code_names, explain_arrears, state_arrears

router = APIRouter(include_in_schema=False)
PAYEE = "payee"
WAYS = {"item": "项目", "unit": "单位", "fund": "资金", "age": "所属期间", PAYEE: "收款人"}
CLAIM = ("item", "unit", "fund", "earned")
SHOWN = 100


class AdjustForm(ActForm):
    """`claim`: one that is in the book, by what names it, in JSON; or it is written out."""

    claim: Annotated[str, Field(max_length=1000)] = ""
    item: Short = ""
    unit: Short = ""
    fund: Short = ""
    earned: Short = ""
    amount: Short
    day: Short
    reason: Long
    reference: Long = ""

    def change(self, number: str) -> Change:
        """What is to be put right for the payee with this number. Raises Refused."""
        names = _chosen(self.claim) if self.claim else [getattr(self, name).strip() for name in CLAIM]
        if len(names) != len(CLAIM) or not all(names):
            raise NotInBook("没有写全是哪一项。", "请选一项；账上没有的，写项目、单位、资金和所属期间。")
        item, unit, fund, earned = names
        return Change(number, item, unit, fund, earned, typed_fen(self.amount))


def _chosen(claim: str) -> list[str]:
    """What names a claim of the list; nothing for what is none."""
    try:
        found = json.loads(claim)
    except ValueError:
        return []
    is_one = isinstance(found, list) and all(isinstance(name, str) and "\0" not in name for name in found)
    return found if is_one else []


@router.get("/arrears")
def arrears(
    store: TheStore,
    now: Now,
    by: Literal["item", "unit", "fund", "age", "payee"] = "item",
    day: Annotated[str, Query(max_length=10)] = "",
    after: Annotated[str, Query(max_length=40)] = "",
    caller: Caller = allow(*OFFICE),
) -> Response:
    """By payee only who is owed or was paid too much, with names; then it is put down in the bureau's log."""
    mistakes, asked = [], china_day(now)
    try:
        asked = typed_day(day) if day else asked
    except Refused as refused:
        mistakes = told(refused)
    return _page(store, caller, now, by, asked, after, mistakes)


@router.get("/arrears/{payee}")
def payee_arrears(payee: PayeeId, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)) -> Response:
    return _payee(store, caller, payee, now)


@router.post("/arrears/{payee}/adjust")
def adjust(
    payee: PayeeId,
    asked: Annotated[AdjustForm, Form()],
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> str:
        change = asked.change(numbers_of(store, caller.bureau, [payee])[payee])
        day, reason, reference = typed_day(asked.day), asked.reason.strip(), asked.reference.strip()
        draft = prepare_adjustment(store, caller.bureau, change, day, reason, reference, caller.name, now)
        return f"/adjustments/{draft.number}"

    return asked.once(request, caller, act, partial(_payee, store, caller, payee, now, 409, given=asked))


@router.get("/adjustments/{number}")
def adjustment(number: Number, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)) -> Response:
    return _adjustment(store, caller, number, now)


@router.post("/adjustments/{number}/approve")
def approve(
    number: Number,
    asked: Annotated[ActForm, Form()],
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.APPROVER),
) -> Response:
    """A draft is never changed, and cannot be approved once the book has gone on: its number says what was seen."""

    def act() -> str:
        approve_adjustment(store, caller.bureau, number, caller.name, now)
        return f"/adjustments/{number}"

    return asked.once(request, caller, act, partial(_adjustment, store, caller, number, now, 409))


def _page(
    store: Store, caller: Caller, now: Now, way: str, day: date, after: str, mistakes: list[str]
) -> Response:
    if way == PAYEE:
        log_read(store, caller.bureau, "arrears", caller.name, now)
    found = state_arrears(store, caller.bureau, way, day)
    rows = [row for row in found.rows if way != PAYEE or row.owed_fen or row.recoverable_fen]
    place = next((at for at, row in enumerate(rows, 1) if row.key == after), 0)
    shown = rows[place : place + SHOWN]
    return page(
        "arrears.html",
        caller,
        409 if mistakes else 200,
        found=found,
        rows=shown,
        more=shown[-1].key if place + SHOWN < len(rows) else "",
        count=len(rows),
        total=total_row(found.rows),
        ages=[place for place in range(len(AGES)) if any(row.aged[place] for row in found.rows)],
        AGES=AGES,
        ways=WAYS,
        cards={row.key: PayeeCard(found.names.payees[row.key]) for row in shown} if way == PAYEE else {},
        names={"item": found.names.items, "unit": found.names.units, "fund": found.names.funds}.get(way, {}),
        mistakes=mistakes,
    )


def _payee(
    store: Store,
    caller: Caller,
    payee: str,
    now: Now,
    status: int = 200,
    mistakes: list[str] | None = None,
    given: AdjustForm | None = None,
) -> Response:
    number = numbers_of(store, caller.bureau, [payee])[payee]
    log_read(store, caller.bureau, "arrears", caller.name, now, number)
    found = explain_arrears(store, caller.bureau, number)
    known = [claim.entitlement for claim in found.claims if not claim.entitlement.event]
    return page(
        "payee_arrears.html",
        caller,
        status,
        found=found,
        card=PayeeCard(found.payee),
        claims={_named(what): what for what in known},
        given=given.model_dump() if given else dict.fromkeys(AdjustForm.model_fields, ""),
        today=china_day(now),
        mistakes=mistakes or [],
    )


def _named(what: object) -> str:
    return json.dumps([getattr(what, name) for name in CLAIM], ensure_ascii=False)


def _adjustment(
    store: Store,
    caller: Caller,
    number: int,
    now: Now,
    status: int = 200,
    mistakes: list[str] | None = None,
) -> Response:
    shown = show_adjustment(store, caller.bureau, number, caller.name, now)
    names = code_names(store, caller.bureau, units=True)
    return page("adjustment.html", caller, status, shown=shown, names=names, mistakes=mistakes or [])
