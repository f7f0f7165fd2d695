"""Finance's and the auditor's pages: runs, what one comes to, submitting, approving, withdrawing, replaying."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response

from api.models.base import RunId
from api.pages.render import FormToken, check_form, go, page
from api.rights import Caller, NotThere, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.book.records import sha256
from payroll_service.errors import Refused
from payroll_service.store.store import Store
from payroll_service.workflow.approve_run import approve_run, withdraw_run
from payroll_service.workflow.choose_rules import list_choices
from payroll_service.workflow.list_runs import list_runs
from payroll_service.workflow.list_snapshots import list_snapshots
from payroll_service.workflow.replay_run import Replay, replay_run
from payroll_service.workflow.submit_run import submit_run

router = APIRouter(prefix="/runs", include_in_schema=False)
OFFICE = (Role.CLERK, Role.APPROVER, Role.AUDITOR)


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
    run_id: RunId, store: TheStore, replay: Annotated[bool, Query()] = False, caller: Caller = allow(*OFFICE)
) -> Response:
    return _page(store, caller, run_id, replayed=replay_run(store, caller.bureau, run_id) if replay else None)


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
) -> Response:
    one = next((each for each in list_runs(store, caller.bureau) if each.run.run_id == run_id), None)
    if one is None:
        raise NotThere
    with store.reading() as session:
        content = session.runs.receipt(caller.bureau, run_id)
        events = session.runs.events(caller.bureau, run_id)
    names = {item.number: item.name for item in one.receipt.items} if one.receipt else {}
    return page(
        "run.html",
        caller,
        status,
        one=one,
        digest=sha256(content) if content else "",
        events=events,
        names=names,
        mistakes=mistakes or [],
        replayed=replayed,
    )
