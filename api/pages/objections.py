"""The office's page of objections: what is open until when, answering, naming the run that corrects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Response

from api.models.base import Number, RunId
from api.pages.render import FormToken, check_form, go, page
from api.paging import LISTED, AfterNumber
from api.rights import Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.errors import Refused
from payroll_service.store.store import Store
from payroll_service.workflow.answer_objection import answer_objection, name_correction
from payroll_service.workflow.list_objections import page_answered, page_waiting

router = APIRouter(prefix="/objections", include_in_schema=False)
FINANCE = (Role.CLERK, Role.APPROVER)


@router.get("")
def objections(
    store: TheStore,
    now: Now,
    after: AfterNumber = 0,
    waiting: AfterNumber = 0,
    caller: Caller = allow(*FINANCE, Role.AUDITOR),
) -> Response:
    return _page(store, caller, now, after=after, waiting=waiting)


@router.post("/{number}/answer")
def answer(
    number: Number,
    outcome: Annotated[str, Form(max_length=20)],
    words: Annotated[str, Form(max_length=500)],
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(*FINANCE),
) -> Response:
    check_form(caller, form_token)
    return _act(
        store,
        caller,
        now,
        lambda: answer_objection(store, caller.bureau, number, outcome, words, caller.name, now),
        {"number": number, "outcome": outcome, "words": words},
    )


@router.post("/{number}/correct")
def correct(
    number: Number,
    run: Annotated[RunId, Form()],
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(*FINANCE),
) -> Response:
    check_form(caller, form_token)
    return _act(
        store,
        caller,
        now,
        lambda: name_correction(store, caller.bureau, number, run, caller.name, now),
        {"number": number, "run": run},
    )


def _act(
    store: Store, caller: Caller, now: datetime, act: Callable[[], object], given: Mapping[str, object]
) -> Response:
    """`given`: what was filled in, and is not lost."""
    try:
        act()
    except Refused as refused:
        return _page(store, caller, now, [refused.message, refused.remedy], given)
    return go("/objections")


def _page(
    store: Store,
    caller: Caller,
    now: datetime,
    mistakes: Sequence[str] = (),
    given: Mapping[str, object] | None = None,
    after: int = 0,
    waiting: int = 0,
) -> Response:
    """Those that wait for an answer first, by the last day for it; then the others, the last raised first."""
    asked = (store, caller.bureau, caller.name, now)
    return page(
        "objections.html",
        caller,
        409 if mistakes else 200,
        waiting=page_waiting(*asked, waiting, LISTED),
        answered=page_answered(*asked, after, LISTED),
        after=after,
        waiting_after=waiting,
        finance=caller.has(*FINANCE),
        given=given or {},
        mistakes=mistakes,
    )
