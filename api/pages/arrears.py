"""The office's pages of what is owed, summed in several ways, and of an adjustment; one payee's are in `payee_arrears`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response

from api.models.base import Number
from api.pages.once import told
from api.pages.payments import ActForm
from api.pages.render import page
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.book.ledger.arrears import AGES, ArrearsRow, total_row
from payroll_service.book.working_days import china_day
from payroll_service.errors import Refused
from payroll_service.store.store import Store
from payroll_service.workbook.typed import typed_day
from payroll_service.workflow.adjust_claim import approve_adjustment
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.read_payees import PayeeCard
from payroll_service.workflow.show_adjustment import show_adjustment
from payroll_service.workflow.state_arrears import Arrears, claim_names, state_arrears

router = APIRouter(include_in_schema=False)
PAYEE = "payee"
WAYS = {"item": "项目", "unit": "单位", "fund": "资金", "age": "所属期间", PAYEE: "收款人"}
SHOWN = 100


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
    place = _place(found, rows, after)
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


def _place(found: Arrears, rows: Sequence[ArrearsRow], after: str) -> int:
    """Where the list goes on after a key; where her number would stand, if that payee is owed nothing any more."""
    people = found.names.payees
    if (place := next((at for at, row in enumerate(rows, 1) if row.key == after), 0)) or after not in people:
        return place
    return bisect_left(rows, people[after].number, key=lambda row: people[row.key].number)


def _adjustment(
    store: Store,
    caller: Caller,
    number: int,
    now: Now,
    status: int = 200,
    mistakes: list[str] | None = None,
) -> Response:
    shown = show_adjustment(store, caller.bureau, number, caller.name, now)
    names = claim_names(store, caller.bureau, [shown.claim])
    return page("adjustment.html", caller, status, shown=shown, names=names, mistakes=mistakes or [])
