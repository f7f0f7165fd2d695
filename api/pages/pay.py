"""A teacher's pages: what I was paid, how each item came about, and objecting to one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Response

from api.models.base import RunId
from api.pages.breakdown import breakdown
from api.pages.render import FormToken, check_form, go, page
from api.paging import LISTED, AfterRun
from api.rights import Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.book import pay_change
from payroll_service.book.objection_states import CAUSES
from payroll_service.book.working_days import china_day
from payroll_service.errors import NotObjectable
from payroll_service.store.store import Store
from payroll_service.workflow.explain_change import explain_change
from payroll_service.workflow.list_objections import own_objections_to
from payroll_service.workflow.object_to_item import LONGEST, Complaint, object_to_item
from payroll_service.workflow.read_explanation import own_explanation
from payroll_service.workflow.read_own_pay import own_claims, read_own_book
from payroll_service.workflow.read_payees import own_account

router = APIRouter(prefix="/my", include_in_schema=False)


@router.get("")
def payouts(store: TheStore, after: AfterRun = "", caller: Caller = allow(Role.TEACHER)) -> Response:
    payee = _own(caller)
    book = read_own_book(store, caller.bureau, payee, after, LISTED)
    card = own_account(store, caller.bureau, payee)
    return page("my_payouts.html", caller, book=book, card=card, after=after)


@router.get("/{run_id}")
def payout(run_id: RunId, store: TheStore, now: Now, caller: Caller = allow(Role.TEACHER)) -> Response:
    return _page(store, caller, run_id, now)


@router.get("/{run_id}/change")
def change(run_id: RunId, store: TheStore, caller: Caller = allow(Role.TEACHER)) -> Response:
    found = explain_change(store, caller.bureau, _own(caller), run_id)
    return page("my_change.html", caller, change=found, CAUSES=pay_change)


@router.post("/{run_id}/objections")
def object_(
    run_id: RunId,
    item: Annotated[str, Form(max_length=100)],
    cause: Annotated[str, Form(max_length=20)],
    words: Annotated[str, Form(max_length=LONGEST)],
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.TEACHER),
) -> Response:
    check_form(caller, form_token)
    complaint = Complaint(item, cause, words)
    try:
        object_to_item(store, caller.bureau, _own(caller), run_id, complaint, caller.name, now)
    except NotObjectable as refused:
        return _page(store, caller, run_id, now, complaint, [refused.message, refused.remedy])
    return go(f"/my/{run_id}#objections")


def _page(
    store: Store,
    caller: Caller,
    run_id: str,
    now: datetime,
    given: Complaint | None = None,
    mistakes: Sequence[str] = (),
) -> Response:
    payee = _own(caller)
    payout = own_explanation(store, caller.bureau, payee, run_id)
    with store.reading() as session:
        publication = session.objections.publication(caller.bureau, run_id)
    today = china_day(now)
    return page(
        "my_payout.html",
        caller,
        409 if mistakes else 200,
        **breakdown(payout),
        claims=own_claims(store, caller.bureau, payee, payout.content),
        publication=publication,
        may_object=publication is not None and publication.first_day <= today <= publication.last_day,
        items={line["item"]: line["name"] for line in payout.content["lines"]},
        objections=own_objections_to(store, caller.bureau, payee, run_id, now),
        causes=CAUSES,
        given=given,
        mistakes=mistakes,
    )


def _own(caller: Caller) -> str:
    assert caller.account is not None, "roles belong to accounts"
    return caller.account.payee
