"""One payee's page of what is owed: claims with why, what was decided; putting a claim right, holding, getting back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.models.payees import PayeeId
from api.pages.payments import ActForm, Long, Short, blank
from api.pages.render import page
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.book.working_days import china_day
from payroll_service.errors import NotInBook
from payroll_service.store.store import Store
from payroll_service.workbook.typed import typed_day, typed_fen
from payroll_service.workflow import decide_payee
from payroll_service.workflow.adjust_claim import Change, prepare_adjustment
from payroll_service.workflow.ledger import numbers_of
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.read_payees import PayeeCard
from payroll_service.workflow.send_back import repay
from payroll_service.workflow.state_arrears import explain_arrears

router = APIRouter(prefix="/arrears/{payee}", include_in_schema=False)
CLAIM = ("item", "unit", "fund", "earned")


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


class DecideForm(ActForm):
    reason: Long


class InstalmentForm(DecideForm):
    """`amount`: withheld from each payment at most; 0 for nothing."""

    amount: Short


class RepayForm(ActForm):
    fund: Short
    amount: Short
    day: Short
    reference: Long = ""


FORMS: Mapping[str, type[ActForm]] = {
    "adjust": AdjustForm,
    "hold": DecideForm,
    "release": DecideForm,
    "instalments": InstalmentForm,
    "repayments": RepayForm,
}


def _chosen(claim: str) -> list[str]:
    """What names a claim of the list; nothing for what is none."""
    try:
        found = json.loads(claim)
    except ValueError:
        return []
    is_one = isinstance(found, list) and all(isinstance(name, str) and "\0" not in name for name in found)
    return found if is_one else []


@router.get("")
def payee_arrears(payee: PayeeId, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)) -> Response:
    return _payee(store, caller, payee, now)


@router.post("/adjust")
def adjust(
    payee: PayeeId,
    asked: Annotated[AdjustForm, Form()],
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act(number: str) -> str:
        change = asked.change(number)
        day, reason, reference = typed_day(asked.day), asked.reason.strip(), asked.reference.strip()
        draft = prepare_adjustment(store, caller.bureau, change, day, reason, reference, caller.name, now)
        return f"/adjustments/{draft.number}"

    return _once(request, store, caller, payee, now, "adjust", asked, act)


@router.post("/hold")
def hold(
    payee: PayeeId,
    asked: Annotated[DecideForm, Form()],
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act(number: str) -> None:
        decide_payee.hold(store, caller.bureau, number, asked.reason.strip(), caller.name, now)

    return _once(request, store, caller, payee, now, "hold", asked, act)


@router.post("/release")
def release(
    payee: PayeeId,
    asked: Annotated[DecideForm, Form()],
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act(number: str) -> None:
        decide_payee.release(store, caller.bureau, number, asked.reason.strip(), caller.name, now)

    return _once(request, store, caller, payee, now, "release", asked, act)


@router.post("/instalments")
def instalments(
    payee: PayeeId,
    asked: Annotated[InstalmentForm, Form()],
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act(number: str) -> None:
        fen, reason = typed_fen(asked.amount), asked.reason.strip()
        decide_payee.agree_instalments(store, caller.bureau, number, fen, reason, caller.name, now)

    return _once(request, store, caller, payee, now, "instalments", asked, act)


@router.post("/repayments")
def repayments(
    payee: PayeeId,
    asked: Annotated[RepayForm, Form()],
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act(number: str) -> None:
        fen, day, reference = typed_fen(asked.amount), typed_day(asked.day), asked.reference.strip()
        repay(store, caller.bureau, number, asked.fund.strip(), fen, day, reference, caller.name, now)

    return _once(request, store, caller, payee, now, "repayments", asked, act)


def _once(
    request: Request,
    store: Store,
    caller: Caller,
    payee: str,
    now: Now,
    name: str,
    asked: ActForm,
    act: Callable[[str], str | None],
) -> Response:
    """Do what the form of that name asks, handed the payee's number; then go where `act` says, or back to the payee."""

    def acted() -> str:
        return act(numbers_of(store, caller.bureau, [payee])[payee]) or f"/arrears/{payee}"

    return asked.once(
        request, caller, acted, partial(_payee, store, caller, payee, now, 409, sent={name: asked})
    )


def _payee(
    store: Store,
    caller: Caller,
    payee: str,
    now: Now,
    status: int = 200,
    mistakes: list[str] | None = None,
    sent: Mapping[str, ActForm] | None = None,
) -> Response:
    """`sent`: the form that was refused, by its name; what was filled in is not lost."""
    number = numbers_of(store, caller.bureau, [payee])[payee]
    log_read(store, caller.bureau, "arrears", caller.name, now, number)
    found = explain_arrears(store, caller.bureau, number)
    known = [claim.entitlement for claim in found.claims if not claim.entitlement.event]
    given: dict[str, dict[str, Any]] = {name: blank(form) for name, form in FORMS.items()}
    given |= {name: form.model_dump() for name, form in (sent or {}).items()}
    return page(
        "payee_arrears.html",
        caller,
        status,
        found=found,
        card=PayeeCard(found.payee),
        claims={_named(what): what for what in known},
        given=given,
        today=china_day(now),
        mistakes=mistakes or [],
    )


def _named(what: object) -> str:
    return json.dumps([getattr(what, name) for name in CLAIM], ensure_ascii=False)
