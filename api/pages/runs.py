"""Finance's and the auditor's pages: runs, what one comes to, submitting, approving, publishing, closing, withdrawing, replaying."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response

from api.models.base import RunId
from api.pages.render import FormToken, check_form, go, page
from api.rights import OFFICE, Caller, NotThere, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.book.records import sha256
from payroll_service.errors import NotPublishable, Refused
from payroll_service.store.store import Store
from payroll_service.workflow.approve_run import approve_run, withdraw_run
from payroll_service.workflow.choose_rules import list_choices
from payroll_service.workflow.list_runs import list_runs, paid_runs
from payroll_service.workflow.list_snapshots import list_snapshots
from payroll_service.workflow.publish_run import (
    ANSWER_DAYS,
    WORKING_DAYS,
    PublishRequest,
    close_run,
    publish_run,
)
from payroll_service.workflow.replay_run import Replay, replay_run
from payroll_service.workflow.submit_run import submit_run

router = APIRouter(prefix="/runs", include_in_schema=False)


@router.get("")
def runs(store: TheStore, now: Now, caller: Caller = allow(*OFFICE)) -> Response:
    return page(
        "runs.html",
        caller,
        runs=list(reversed(list_runs(store, caller.bureau))),
        snapshots=list_snapshots(store, caller.bureau),
        choices=list_choices(store, caller.bureau, now.date()),
    )


@router.get("/{run_id}")
def run(
    run_id: RunId,
    store: TheStore,
    replay: Annotated[bool, Query()] = False,
    payment: Annotated[bool, Query()] = False,
    caller: Caller = allow(*OFFICE),
) -> Response:
    return _page(
        store,
        caller,
        run_id,
        replayed=replay_run(store, caller.bureau, run_id) if replay else None,
        paid=run_id in paid_runs(store, caller.bureau) if payment else None,
    )


@router.post("/{run_id}/submit")
def submit(
    run_id: RunId, form_token: FormToken, store: TheStore, now: Now, caller: Caller = allow(Role.CLERK)
) -> Response:
    check_form(caller, form_token)
    return _act(store, caller, run_id, lambda: submit_run(store, caller.bureau, run_id, caller.name, now))


@router.post("/{run_id}/approve")
def approve(
    run_id: RunId,
    receipt: Annotated[str, Form(pattern="^[0-9a-f]{64}$")],
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.APPROVER),
) -> Response:
    check_form(caller, form_token)
    return _act(
        store, caller, run_id, lambda: approve_run(store, caller.bureau, run_id, caller.name, now, receipt)
    )


@router.post("/{run_id}/publish")
def publish(
    run_id: RunId,
    form_token: FormToken,
    store: TheStore,
    now: Now,
    working_days: Annotated[int | None, Form(ge=1, le=60)] = None,
    answer_days: Annotated[int, Form(ge=1, le=60)] = ANSWER_DAYS,
    until: Annotated[str, Form(max_length=10)] = "",
    answer_by: Annotated[str, Form(max_length=10)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
    caller: Caller = allow(Role.CLERK, Role.APPROVER),
) -> Response:
    check_form(caller, form_token)

    def act() -> None:
        asked = PublishRequest(working_days, answer_days, _day(until), _day(answer_by), reason)
        publish_run(store, caller.bureau, run_id, caller.name, now, asked)

    return _act(store, caller, run_id, act)


@router.post("/{run_id}/close")
def close(
    run_id: RunId,
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK, Role.APPROVER),
) -> Response:
    check_form(caller, form_token)
    return _act(store, caller, run_id, lambda: close_run(store, caller.bureau, run_id, caller.name, now))


@router.post("/{run_id}/withdraw")
def withdraw(
    run_id: RunId,
    reason: Annotated[str, Form(max_length=500)],
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK, Role.APPROVER),
) -> Response:
    check_form(caller, form_token)
    return _act(
        store, caller, run_id, lambda: withdraw_run(store, caller.bureau, run_id, caller.name, reason, now)
    )


def _day(text: str) -> date | None:
    """A day as a form sends it; None for an empty field. Raises NotPublishable."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NotPublishable(f"“{text}”不是日期。", "请写成 2025-09-30 这样。") from None


def _act(store: Store, caller: Caller, run_id: str, act: Callable[[], object]) -> Response:
    """Do it and show the run; what is refused is told on its page."""
    try:
        act()
    except Refused as refused:
        return _page(store, caller, run_id, 409, mistakes=[refused.message, refused.remedy])
    return go(f"/runs/{run_id}")


def _page(
    store: Store,
    caller: Caller,
    run_id: str,
    status: int = 200,
    mistakes: list[str] | None = None,
    replayed: Replay | None = None,
    paid: bool | None = None,
) -> Response:
    one = next((each for each in list_runs(store, caller.bureau) if each.run.run_id == run_id), None)
    if one is None:
        raise NotThere
    with store.reading() as session:
        content = session.runs.receipt(caller.bureau, run_id)
        events = session.runs.events(caller.bureau, run_id)
        is_enacted = session.rule_sets.is_enacted(caller.bureau, one.run.rule_set)
        objections = session.objections.find(caller.bureau, run_id=run_id)
    names = {item.number: item.name for item in one.receipt.items} if one.receipt else {}
    return page(
        "run.html",
        caller,
        status,
        one=one,
        digest=sha256(content) if content else "",
        events=events,
        is_enacted=is_enacted,
        objections=len(objections),
        days=(WORKING_DAYS, ANSWER_DAYS),
        names=names,
        mistakes=mistakes or [],
        replayed=replayed,
        paid=paid,
    )
