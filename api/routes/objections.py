"""Objections: raised by a payee to her own items, read by the office and the auditor, answered by finance."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.models.base import Number, RunId
from api.models.objections import AnswerObjection, NameCorrection, ObjectionAnswer, Objections, Raise
from api.once import Doing
from api.paging import USUAL, AfterNumber, Limit
from api.rights import Caller, allow
from api.state import Now, TheStore
from api.versions import IfMatch, IfNoneMatch, refuse_changed, tagged
from payroll_service.access.roles import Role, Scope
from payroll_service.store.store import Store
from payroll_service.workflow.answer_objection import answer_objection, name_correction
from payroll_service.workflow.list_objections import (
    look_at_objection,
    page_objections,
    page_own_objections,
    read_objection,
)
from payroll_service.workflow.object_to_item import Complaint, object_to_item

router = APIRouter(tags=["objections"])


@router.post(
    "/v1/me/payouts/{run_id}/objections",
    operation_id="raiseObjection",
    summary="Object to an item of mine within the days of its publication",
    status_code=201,
    response_model=ObjectionAnswer,
)
def raise_(
    run_id: RunId,
    asked: Raise,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.TEACHER),
) -> Response:
    assert caller.account is not None, "roles belong to accounts"
    payee = caller.account.payee

    def act() -> ObjectionAnswer:
        complaint = Complaint(asked.item, asked.cause, asked.words)
        raised = object_to_item(store, caller.bureau, payee, run_id, complaint, caller.name, now)
        with store.reading() as session:
            return ObjectionAnswer.of(read_objection(session, caller.bureau, raised.number, now))

    return doing.once(caller, act)


@router.get("/v1/me/objections", operation_id="listOwnObjections", summary="My objections, the last first")
def own(
    store: TheStore,
    now: Now,
    after: AfterNumber = 0,
    limit: Limit = USUAL,
    caller: Caller = allow(Role.TEACHER),
) -> Objections:
    assert caller.account is not None, "roles belong to accounts"
    return Objections.of(page_own_objections(store, caller.bureau, caller.account.payee, now, after, limit))


@router.get("/v1/objections", operation_id="listObjections", summary="All objections, the last first")
def list_(
    store: TheStore,
    now: Now,
    state: Annotated[str, Query(pattern="^(open|upheld|rejected|corrected)?$", examples=["open"])] = "",
    overdue: bool = False,
    after: AfterNumber = 0,
    limit: Limit = USUAL,
    caller: Caller = allow(Role.CLERK, Role.APPROVER, Role.AUDITOR, scopes=[Scope.READ_AUDIT]),
) -> Objections:
    """`state` and `overdue` narrow the list. That it was looked at is put down in the bureau's log."""
    return Objections.of(
        page_objections(store, caller.bureau, caller.name, now, after, limit, state, overdue)
    )


@router.get(
    "/v1/objections/{number}",
    operation_id="readObjection",
    summary="One objection as it stands",
    response_model=ObjectionAnswer,
)
def read(
    number: Number,
    store: TheStore,
    now: Now,
    known: IfNoneMatch = None,
    caller: Caller = allow(Role.CLERK, Role.APPROVER, Role.AUDITOR, scopes=[Scope.READ_AUDIT]),
) -> Response:
    """That it was looked at is put down in the bureau's log. What is done about it may name the `ETag` in `If-Match`."""
    found = look_at_objection(store, caller.bureau, number, caller.name, now)
    return tagged(ObjectionAnswer.of(found), known)


@router.post(
    "/v1/objections/{number}/answer",
    operation_id="answerObjection",
    summary="Uphold or reject an objection, in words, once",
    status_code=201,
    response_model=ObjectionAnswer,
)
def answer(
    number: Number,
    asked: AnswerObjection,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(Role.CLERK, Role.APPROVER),
) -> Response:
    def act() -> ObjectionAnswer:
        refuse_changed(seen, lambda: _shown(store, caller, number, now))
        done = answer_objection(store, caller.bureau, number, asked.outcome, asked.words, caller.name, now)
        return ObjectionAnswer.of(done)

    return doing.once(caller, act)


@router.post(
    "/v1/objections/{number}/correction",
    operation_id="nameCorrection",
    summary="Name the later run that puts an upheld objection right",
    status_code=201,
    response_model=ObjectionAnswer,
)
def correction(
    number: Number,
    asked: NameCorrection,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(Role.CLERK, Role.APPROVER),
) -> Response:
    def act() -> ObjectionAnswer:
        refuse_changed(seen, lambda: _shown(store, caller, number, now))
        return ObjectionAnswer.of(name_correction(store, caller.bureau, number, asked.run, caller.name, now))

    return doing.once(caller, act)


def _shown(store: Store, caller: Caller, number: int, now: Now) -> ObjectionAnswer:
    """For comparing: nobody is told of it."""
    with store.reading() as session:
        return ObjectionAnswer.of(read_objection(session, caller.bureau, number, now))
