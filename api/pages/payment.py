"""One payment's pages: what approving it pays, by fund and unit; who is in it; approving; what comes back of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import Field

from api.models.base import Number
from api.models.ledger import PaymentAnswer
from api.models.payees import PayeeId
from api.pages.formats import formats
from api.pages.once import told
from api.pages.payments import ActForm, Long, Short, not_negative
from api.pages.render import check_form, page
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from api.versions import ETAGS, etag_of, refuse_changed
from payroll_service.access.roles import Role
from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.records import PaidTo
from payroll_service.book.working_days import china_day
from payroll_service.store.store import Store
from payroll_service.workbook.typed import typed_day, typed_fen
from payroll_service.workflow.ledger import numbers_of
from payroll_service.workflow.pay_claims import approve_payment
from payroll_service.workflow.read_payment import read_payment
from payroll_service.workflow.send_back import Rejects, reject_payees, return_payment
from payroll_service.workflow.show_payment import granting_runs, list_paid, read_paid, show_payment
from payroll_service.workflow.state_arrears import claim_names

router = APIRouter(prefix="/payments/{number}", include_in_schema=False)
Unit = Annotated[str, Query(max_length=100)]


class ApproveForm(ActForm):
    """`seen`: the version of the payment that was looked at."""

    seen: Annotated[str, Field(max_length=100, pattern=ETAGS)]


class SearchForm(ActForm):
    words: Short


class BackForm(ActForm):
    """`amount` empty for all that is out."""

    day: Short
    reason: Annotated[Long, Field(min_length=1)]
    amount: Short = ""
    reference: Long = ""


@router.get("")
def payment(number: Number, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)) -> Response:
    return payment_page(store, caller, number, now)


@router.post("/approve")
def approve(
    number: Number,
    asked: Annotated[ApproveForm, Form()],
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.APPROVER),
) -> Response:
    def act() -> str:
        refuse_changed(asked.seen, lambda: PaymentAnswer.of(read_payment(store, caller.bureau, number)))
        approve_payment(store, caller.bureau, number, caller.name, now)
        return f"/payments/{number}"

    def otherwise(mistakes: list[str]) -> Response:
        return payment_page(store, caller, number, now, 409, mistakes=mistakes)

    return asked.once(request, caller, act, otherwise)


@router.get("/payees")
def payees(
    number: Number,
    store: TheStore,
    now: Now,
    unit: Unit = "",
    after: Annotated[str, Query(max_length=40)] = "",
    caller: Caller = allow(*OFFICE),
) -> Response:
    return _people(store, caller, number, now, unit=unit, after=after)


@router.post("/payees")
def search(
    number: Number,
    asked: Annotated[SearchForm, Form()],
    store: TheStore,
    now: Now,
    caller: Caller = allow(*OFFICE),
) -> Response:
    """By a form that is sent, so that an ID number stands in no address."""
    check_form(caller, asked.form_token)
    return _people(store, caller, number, now, words=asked.words)


@router.get("/payees/{payee}")
def payee(
    number: Number, payee: PayeeId, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)
) -> Response:
    return _person(store, caller, number, payee, now)


@router.post("/payees/{payee}/reject")
def reject(
    number: Number,
    payee: PayeeId,
    asked: Annotated[BackForm, Form()],
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> str:
        who = numbers_of(store, caller.bureau, [payee])[payee]
        rejects = Rejects(number, typed_day(asked.day), {who: asked.reason.strip()}, asked.reference.strip())
        reject_payees(store, caller.bureau, rejects, caller.name, now)
        return f"/payments/{number}"

    return asked.once(
        request,
        caller,
        act,
        partial(_person, store, caller, number, payee, now, 409, given={"reject": asked}),
    )


@router.post("/payees/{payee}/return")
def return_(
    number: Number,
    payee: PayeeId,
    asked: Annotated[BackForm, Form()],
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> str:
        who = numbers_of(store, caller.bureau, [payee])[payee]
        fen = not_negative(typed_fen(asked.amount)) if asked.amount.strip() else None
        day, reason = typed_day(asked.day), asked.reason.strip()
        return_payment(store, caller.bureau, number, who, fen, day, reason, caller.name, now)
        return f"/payments/{number}"

    return asked.once(
        request,
        caller,
        act,
        partial(_person, store, caller, number, payee, now, 409, given={"return": asked}),
    )


def payment_page(
    store: Store, caller: Caller, number: int, now: Now, status: int = 200, **content: Any
) -> Response:
    """`given`: what was filled in, by the form, and is not lost."""
    shown = show_payment(store, caller.bureau, number)
    payment = shown.payment
    movement = payment.movement if payment else None
    return page(
        "payment.html",
        caller,
        status,
        **{"mistakes": [], "taken": None, "who": {}, "given": {}} | content,
        shown=shown,
        formats=formats() if movement else {},
        runs=granting_runs(store, caller.bureau, movement, payment.payees) if payment and movement else (),
        refusal=told(shown.refusal) if shown.refusal else [],
        seen=etag_of(PaymentAnswer.of(payment)) if payment else "",
        names=claim_names(store, caller.bureau, _claims(payment.payees if payment else ())),
        today=china_day(now),
    )


def _claims(paid: Iterable[PaidTo]) -> set[Entitlement]:
    return {line.entitlement for each in paid for line in each.lines}


def _people(
    store: Store, caller: Caller, number: int, now: Now, unit: str = "", words: str = "", after: str = ""
) -> Response:
    found = list_paid(store, caller.bureau, number, caller.name, now, unit, words, after)
    here = {claim for claim in _claims(one.paid for one in found.people) if claim.unit == unit}
    names = claim_names(store, caller.bureau, here)
    return page("payment_payees.html", caller, found=found, names=names, unit=unit, words=words)


def _person(
    store: Store,
    caller: Caller,
    number: int,
    payee: str,
    now: Now,
    status: int = 200,
    mistakes: list[str] | None = None,
    given: Mapping[str, BackForm] | None = None,
) -> Response:
    """`given`: what was filled in, by the act, and is not lost."""
    one = read_paid(store, caller.bureau, number, payee, caller.name, now)
    return page(
        "payment_payee.html",
        caller,
        status,
        one=one,
        number=number,
        names=claim_names(store, caller.bureau, _claims([one.paid])),
        today=china_day(now),
        given={act: asked.model_dump() for act, asked in (given or {}).items()},
        mistakes=mistakes or [],
    )
