"""Runs: list, read, submit, approve, publish, close, withdraw, replay; what happened to them."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from api.files import LINE_BY_LINE, LINES
from api.models.base import RunId
from api.models.objections import Closed, Publication, Publish
from api.models.payees import PayeeId
from api.models.runs import (
    Approve,
    Approved,
    Event,
    Events,
    Payment,
    ReplayAnswer,
    RunAnswer,
    Runs,
    Submitted,
    Total,
    Totals,
    Withdraw,
    Withdrawn,
)
from api.once import Doing
from api.paging import USUAL, AfterNumber, AfterRun, Limit
from api.rights import OFFICE, Caller, NotThere, allow
from api.state import Now, TheStore
from api.versions import IfMatch, IfNoneMatch, refuse_changed, tagged
from payroll_service.access.roles import Role, Scope
from payroll_service.store.store import Store
from payroll_service.workflow.approve_run import ProvedRun, approve_proved, prove_run, withdraw_run
from payroll_service.workflow.list_runs import page_runs, paid_runs, read_run
from payroll_service.workflow.publish_run import PublishRequest, close_run, publish_run
from payroll_service.workflow.read_payouts import approved_payouts, read_payout, run_totals
from payroll_service.workflow.replay_run import replay_run
from payroll_service.workflow.submit_run import submit_run

router = APIRouter(prefix="/v1/runs", tags=["runs"])


@router.get("", operation_id="listRuns", summary="Runs, the last begun first")
def list_(
    store: TheStore,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_PAYOUTS, Scope.READ_AUDIT]),
    after: AfterRun = "",
    limit: Limit = USUAL,
) -> Runs:
    page = page_runs(store, caller.bureau, after, limit)
    return Runs(runs=[RunAnswer.of(one) for one in page.items], next=page.next)


@router.get("/{run_id}", operation_id="readRun", summary="One run", response_model=RunAnswer)
def read(
    run_id: RunId,
    store: TheStore,
    known: IfNoneMatch = None,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_PAYOUTS, Scope.READ_AUDIT]),
) -> Response:
    """The `ETag` changes with the run's state; an act that names it in `If-Match` is refused if it is another by then."""
    return tagged(answer(store, caller, run_id), known)


@router.get("/{run_id}/totals", operation_id="readRunTotals", summary="Sums by unit, item and fund")
def totals(
    run_id: RunId,
    store: TheStore,
    caller: Caller = allow(*OFFICE, Role.SCHOOL_CLERK, scopes=[Scope.READ_PAYOUTS]),
) -> Totals:
    """A school's clerk sees that school."""
    return Totals(totals=[Total.of(one) for one in run_totals(store, caller.bureau, run_id, caller.unit)])


@router.post(
    "/{run_id}/submission",
    operation_id="submitRun",
    summary="Hand a calculated run to whoever approves",
    status_code=201,
    response_model=Submitted,
)
def submit(
    run_id: RunId,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> Submitted:
        refuse_changed(seen, lambda: answer(store, caller, run_id))
        done = submit_run(store, caller.bureau, run_id, caller.name, now)
        return Submitted(run=run_id, submitted_by=done.actor, submitted_at=done.at)

    return doing.once(caller, act)


@router.post(
    "/{run_id}/approval",
    operation_id="approveRun",
    summary="Approve what was looked at; it grants what is due",
    status_code=201,
    response_model=Approved,
)
def approve(
    run_id: RunId,
    asked: Approve,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(Role.APPROVER),
) -> Response:
    def prove() -> ProvedRun:
        refuse_changed(seen, lambda: answer(store, caller, run_id))
        return prove_run(store, caller.bureau, run_id, caller.name, asked.receipt)

    def act(proved: ProvedRun) -> Approved:
        refuse_changed(seen, lambda: answer(store, caller, run_id))
        done = approve_proved(store, proved, now)
        return Approved(run=run_id, approved_by=done.approved_by, approved_at=done.at, receipt=done.receipt)

    return doing.once_proved(caller, prove, act)


@router.post(
    "/{run_id}/publication",
    operation_id="publishRun",
    summary="Put an approved run on public view for some working days",
    status_code=201,
    response_model=Publication,
)
def publish(
    run_id: RunId,
    asked: Publish,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(Role.CLERK, Role.APPROVER),
) -> Response:
    def act() -> Publication:
        refuse_changed(seen, lambda: answer(store, caller, run_id))
        wanted = PublishRequest(**asked.model_dump())
        return Publication.of(publish_run(store, caller.bureau, run_id, caller.name, now, wanted))

    return doing.once(caller, act)


@router.post(
    "/{run_id}/closing",
    operation_id="closeRun",
    summary="End the public view after its last day, once every objection is answered",
    status_code=201,
    response_model=Closed,
)
def close(
    run_id: RunId,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(Role.CLERK, Role.APPROVER),
) -> Response:
    def act() -> Closed:
        refuse_changed(seen, lambda: answer(store, caller, run_id))
        done = close_run(store, caller.bureau, run_id, caller.name, now)
        return Closed(run=run_id, closed_by=done.actor, closed_at=done.at)

    return doing.once(caller, act)


@router.post(
    "/{run_id}/withdrawal",
    operation_id="withdrawRun",
    summary="Take back a run before it is approved, with a reason",
    status_code=201,
    response_model=Withdrawn,
)
def withdraw(
    run_id: RunId,
    asked: Withdraw,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(Role.CLERK, Role.APPROVER),
) -> Response:
    def act() -> Withdrawn:
        refuse_changed(seen, lambda: answer(store, caller, run_id))
        withdraw_run(store, caller.bureau, run_id, caller.name, asked.reason, now)
        return Withdrawn(run=run_id, reason=asked.reason)

    return doing.once(caller, act)


@router.get("/{run_id}/replay", operation_id="replayRun", summary="Calculate again and compare, to the byte")
def replay(
    run_id: RunId,
    store: TheStore,
    caller: Caller = allow(Role.AUDITOR, Role.CLERK, Role.APPROVER, scopes=[Scope.READ_AUDIT]),
) -> ReplayAnswer:
    """While the caller waits, and kept nowhere: for small runs. Ask for others by `askReplay`, which is a job."""
    return ReplayAnswer.of(replay_run(store, caller.bureau, run_id))


@router.get(
    "/{run_id}/payment",
    operation_id="readRunPayment",
    summary="Whether all that the run granted is settled in the ledger",
)
def payment(
    run_id: RunId, store: TheStore, caller: Caller = allow(*OFFICE, scopes=[Scope.READ_LEDGER])
) -> Payment:
    """It is derived from the whole book, and stored nowhere."""
    with store.reading() as session:
        session.runs.get(caller.bureau, run_id)
        return Payment(run=run_id, paid=run_id in paid_runs(store, caller.bureau))


@router.get("/{run_id}/events", operation_id="readRunEvents", summary="Who did what to a run, oldest first")
def events(
    run_id: RunId,
    store: TheStore,
    after: AfterNumber = 0,
    limit: Limit = USUAL,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_AUDIT]),
) -> Events:
    with store.reading() as session:
        session.runs.get(caller.bureau, run_id)
        page = session.runs.page_of_events(caller.bureau, run_id, after, limit)
    return Events(
        events=[
            Event(
                number=one.number,
                run=one.run_id,
                state=one.state,
                at=one.at,
                actor=one.actor,
                detail=one.detail,
            )
            for one in page.items
        ],
        next=page.next,
    )


@router.get(
    "/{run_id}/payouts",
    operation_id="readRunPayouts",
    summary="Everybody's lines of an approved run, a JSON object a line",
    response_class=StreamingResponse,
    responses=LINE_BY_LINE,
)
def payouts(
    run_id: RunId, store: TheStore, now: Now, caller: Caller = allow(scopes=[Scope.READ_PAYOUTS])
) -> StreamingResponse:
    """Reading it is put down in the bureau's log."""
    lines = approved_payouts(store, caller.bureau, run_id, caller.name, now)
    return StreamingResponse(lines, media_type=LINES)


@router.get(
    "/{run_id}/payees/{payee}",
    operation_id="readPayout",
    summary="One payee's lines in a run",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
def payee(
    run_id: RunId, payee: PayeeId, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)
) -> Response:
    """Reading another person's pay is put down in the bureau's log."""
    content = read_payout(store, caller.bureau, run_id, payee, caller.name, now)
    return Response(content, media_type="application/json")


def answer(store: Store, caller: Caller, run_id: str) -> RunAnswer:
    """Raises NotThere."""
    found = read_run(store, caller.bureau, run_id)
    if found is None:
        raise NotThere
    return RunAnswer.of(found)
