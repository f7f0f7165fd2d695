"""Long work: runs and proofs are asked for, and jobs tell how far they are, and what came of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.job_rights import READERS, kinds_for
from api.models.base import RunId
from api.models.jobs import AskRun, JobAnswer, JobId, Replays, Verifications
from api.once import Doing
from api.paging import USUAL, AfterId, Limit
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role, Scope
from payroll_service.store.jobs import Job
from payroll_service.store.store import Store
from payroll_service.workflow.jobs.ask_job import ask_replay, ask_run, ask_verification
from payroll_service.workflow.jobs.read_job import read_job
from payroll_service.workflow.jobs.read_proof import page_replays, page_verifications

router = APIRouter(prefix="/v1", tags=["jobs"])
LOOKS_EVERY, SIGN_OF_LIFE = 0.5, 30  # seconds; looks without news
LOOKS = 600  # then whoever still wants to know comes back, and is asked again who they are
EVENTS = {
    "type": "string",
    "contentMediaType": "text/event-stream",
    "contentSchema": {"$ref": "#/components/schemas/JobAnswer"},  # of each event's data
}
Last = Annotated[str, Header(alias="Last-Event-ID", max_length=64)]


@router.post(
    "/runs",
    operation_id="askRun",
    summary="Have a snapshot calculated for a period; the job tells which run it made",
    status_code=202,
    response_model=JobAnswer,
)
def run(
    asked: AskRun,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> JobAnswer:
        job = ask_run(store, caller.bureau, asked.snapshot, asked.period, asked.rule_set, caller.name, now)
        return JobAnswer.of(job)

    return doing.once(caller, act, 202)


@router.post(
    "/runs/{run_id}/replays",
    operation_id="askReplay",
    summary="Have a run verified and calculated again; the job keeps what was found",
    status_code=202,
    response_model=JobAnswer,
)
def replay(
    run_id: RunId,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_AUDIT]),
) -> Response:
    def act() -> JobAnswer:
        return JobAnswer.of(ask_replay(store, caller.bureau, run_id, caller.name, now))

    return doing.once(caller, act, 202)


@router.get(
    "/runs/{run_id}/replays",
    operation_id="listReplays",
    summary="Who had a run replayed, when, and what came of it; the last asked for first",
)
def replays(
    run_id: RunId,
    store: TheStore,
    after: AfterId = "",
    limit: Limit = USUAL,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_AUDIT]),
) -> Replays:
    page = page_replays(store, caller.bureau, run_id, after, limit)
    return Replays(replays=[JobAnswer.of(one.job) for one in page.items], next=page.next)


@router.post(
    "/audit/book/verifications",
    operation_id="askVerification",
    summary="Have the whole ledger replayed and compared; the job keeps what was found",
    status_code=202,
    response_model=JobAnswer,
)
def verification(
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.AUDITOR, scopes=[Scope.READ_AUDIT]),
) -> Response:
    def act() -> JobAnswer:
        return JobAnswer.of(ask_verification(store, caller.bureau, caller.name, now))

    return doing.once(caller, act, 202)


@router.get(
    "/audit/book/verifications",
    operation_id="listVerifications",
    summary="Who had the book proved, when, and what came of it; the last asked for first",
)
def verifications(
    store: TheStore,
    after: AfterId = "",
    limit: Limit = USUAL,
    caller: Caller = allow(Role.AUDITOR, scopes=[Scope.READ_AUDIT]),
) -> Verifications:
    page = page_verifications(store, caller.bureau, after, limit)
    return Verifications(verifications=[JobAnswer.of(one.job) for one in page.items], next=page.next)


@router.get("/jobs/{job_id}", operation_id="readJob", summary="How far a job is, and what came of it")
def read(
    job_id: JobId, store: TheStore, caller: Caller = allow(*READERS, scopes=[Scope.READ_AUDIT])
) -> JobAnswer:
    """With `audit:read`: replays and proofs of the book."""
    return JobAnswer.of(read_job(store, caller.bureau, job_id, caller.unit, kinds_for(caller)))


@router.get(
    "/jobs/{job_id}/events",
    operation_id="followJob",
    summary="The job as server-sent events, one at each change, until its end",
    response_class=Response,
    responses={
        200: {
            "description": "Events `progress`, and `end` at last; the data of each is the job.",
            "content": {"text/event-stream": {"schema": EVENTS}},
        },
        204: {"description": "It ended, and the caller knows."},
    },
)
async def events(
    job_id: JobId,
    store: TheStore,
    last: Last = "",
    caller: Caller = allow(*READERS, scopes=[Scope.READ_AUDIT]),
) -> Response:
    """Each event's data is the job as JSON. Who comes back with the `Last-Event-ID` gets what is new since."""
    job = await run_in_threadpool(read_job, store, caller.bureau, job_id, caller.unit, kinds_for(caller))
    if not job.is_open and _event(job)[0] == last:
        return Response(status_code=204)  # tells a browser not to come back
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_follow(store, job, last), media_type="text/event-stream", headers=headers)


async def _follow(store: Store, job: Job, known: str) -> AsyncIterator[str]:
    quiet = 0
    for _ in range(LOOKS):
        number, data = _event(job)
        quiet += 1
        if number != known:
            yield f"id: {number}\nevent: {'progress' if job.is_open else 'end'}\ndata: {data}\n\n"
            known, quiet = number, 0
        elif quiet >= SIGN_OF_LIFE:
            yield ": \n\n"
            quiet = 0
        if not job.is_open:
            return
        await asyncio.sleep(LOOKS_EVERY)
        job = await run_in_threadpool(read_job, store, job.bureau, job.job_id)


def _event(job: Job) -> tuple[str, str]:
    """The event's id, the same for the same state of the job, and its data."""
    data = JobAnswer.of(job).model_dump_json()
    return hashlib.sha256(data.encode()).hexdigest()[:16], data
