"""Finance's and the auditor's pages: runs, what one comes to, how it differs from the last; and everything done to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Response
from markupsafe import Markup

from api.models.base import RunId
from api.pages.render import FormToken, check_form, go, page
from api.paging import LISTED, AfterRun
from api.rights import OFFICE, Caller, NotThere, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.book.run_change import Thresholds
from payroll_service.book.run_states import CALCULATED, SUBMITTED
from payroll_service.errors import NotPublishable, Refused
from payroll_service.export.spread import spread_svg
from payroll_service.store.store import Store
from payroll_service.workflow.approve_run import approve_run, withdraw_run
from payroll_service.workflow.choose_rules import list_choices
from payroll_service.workflow.compare_runs import EXAMPLES
from payroll_service.workflow.jobs.read_proof import page_replays
from payroll_service.workflow.list_runs import page_runs, paid_runs, read_run
from payroll_service.workflow.list_snapshots import page_snapshots
from payroll_service.workflow.preview_run import Preview, preview_run
from payroll_service.workflow.publish_run import (
    ANSWER_DAYS,
    WORKING_DAYS,
    PublishRequest,
    close_run,
    publish_run,
)
from payroll_service.workflow.submit_run import submit_run

router = APIRouter(prefix="/runs", include_in_schema=False)
UNITS_SHOWN = 200


@dataclass(frozen=True)
class Beside:
    """What a page is asked to compare the run with, and from where on a change is worth a second look."""

    asked: bool
    other: str
    thresholds: Thresholds


def beside(
    compare: Annotated[bool, Query()] = False,
    other: Annotated[RunId | Literal[""], Query()] = "",
    person: Annotated[int, Query(ge=0, le=1000)] = EXAMPLES.person_percent,
    least: Annotated[int, Query(ge=0, le=1_000_000, description="元")] = EXAMPLES.person_fen // 100,
    school: Annotated[int, Query(ge=0, le=1000)] = EXAMPLES.unit_percent,
) -> Beside:
    return Beside(compare, other, Thresholds(person, least * 100, school))


AS_USUAL = Beside(False, "", EXAMPLES)


@router.get("")
def runs(store: TheStore, now: Now, after: AfterRun = "", caller: Caller = allow(*OFFICE)) -> Response:
    return runs_page(store, caller, now, after)


def runs_page(
    store: Store,
    caller: Caller,
    now: datetime,
    after: str = "",
    refused: Refused | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    """The list and the form above it; `given`: what was filled in when it was refused, and is not lost."""
    newest = page_snapshots(store, caller.bureau, "", LISTED).items
    return page(
        "runs.html",
        caller,
        422 if refused else 200,
        mistakes=[refused.message, refused.remedy] if refused else [],
        given=given or {},
        runs=page_runs(store, caller.bureau, after, LISTED),
        after=after,
        snapshots=sorted(newest, key=lambda one: -one.number),
        choices=list_choices(store, caller.bureau, now.date()),
    )


@router.get("/{run_id}")
def run(
    run_id: RunId,
    store: TheStore,
    now: Now,
    wanted: Annotated[Beside, Depends(beside)],
    payment: Annotated[bool, Query()] = False,
    caller: Caller = allow(*OFFICE),
) -> Response:
    return _page(
        store,
        caller,
        run_id,
        now,
        wanted=wanted,
        paid=run_id in paid_runs(store, caller.bureau) if payment else None,
    )


@router.post("/{run_id}/submit")
def submit(
    run_id: RunId, form_token: FormToken, store: TheStore, now: Now, caller: Caller = allow(Role.CLERK)
) -> Response:
    check_form(caller, form_token)
    return _act(
        store, caller, run_id, now, lambda: submit_run(store, caller.bureau, run_id, caller.name, now)
    )


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
        store,
        caller,
        run_id,
        now,
        lambda: approve_run(store, caller.bureau, run_id, caller.name, now, receipt),
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

    return _act(store, caller, run_id, now, act)


@router.post("/{run_id}/close")
def close(
    run_id: RunId,
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK, Role.APPROVER),
) -> Response:
    check_form(caller, form_token)
    return _act(store, caller, run_id, now, lambda: close_run(store, caller.bureau, run_id, caller.name, now))


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
        store,
        caller,
        run_id,
        now,
        lambda: withdraw_run(store, caller.bureau, run_id, caller.name, reason, now),
    )


def _day(text: str) -> date | None:
    """A day as a form sends it; None for an empty field. Raises NotPublishable."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NotPublishable(f"“{text}”不是日期。", "请写成 2025-09-30 这样。") from None


def _act(store: Store, caller: Caller, run_id: str, now: datetime, act: Callable[[], object]) -> Response:
    """Do it and show the run; what is refused is told on its page."""
    try:
        act()
    except Refused as refused:
        return _page(store, caller, run_id, now, 409, mistakes=[refused.message, refused.remedy])
    return go(f"/runs/{run_id}")


def _page(
    store: Store,
    caller: Caller,
    run_id: str,
    now: datetime,
    status: int = 200,
    wanted: Beside = AS_USUAL,
    mistakes: list[str] | None = None,
    paid: bool | None = None,
) -> Response:
    one = read_run(store, caller.bureau, run_id)
    if one is None:
        raise NotThere
    with store.reading() as session:
        events = session.runs.events(caller.bureau, run_id)
        is_enacted = session.rule_sets.is_enacted(caller.bureau, one.run.rule_set)
        objections = session.objections.count(caller.bureau, run_id)
    names = {item.number: item.name for item in one.receipt.items} if one.receipt else {}
    looks = one.receipt is not None and (wanted.asked or one.last.state in (CALCULATED, SUBMITTED))
    preview = (
        preview_run(store, caller.bureau, run_id, caller.name, now, wanted.other, wanted.thresholds)
        if looks
        else None
    )
    return page(
        "run.html",
        caller,
        status,
        one=one,
        digest=one.digest,
        events=events,
        is_enacted=is_enacted,
        objections=objections,
        days=(WORKING_DAYS, ANSWER_DAYS),
        names=names,
        preview=preview,
        drawn=_drawn(preview),
        units_shown=UNITS_SHOWN,
        mistakes=mistakes or [],
        replays=page_replays(store, caller.bureau, run_id).items,
        paid=paid,
    )


def _drawn(preview: Preview | None) -> Markup:
    """The spread as a picture, where there is one."""
    if preview is None or preview.compared is None:
        return Markup()
    compared = preview.compared
    title = f"{compared.now.run_id} 比 {compared.before.run_id}，多少人多、多少人少"
    return Markup(spread_svg(title, compared.change.heads.spread))
