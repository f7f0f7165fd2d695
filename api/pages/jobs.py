"""Asking for a run or a proof, and watching it come: a page that loads itself again, without script."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.job_rights import kinds_for
from api.models.base import RunId
from api.models.jobs import JobId
from api.pages.once import FormKey, go_once
from api.pages.render import FormToken, check_form, go, page
from api.pages.runs import runs_page
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.errors import UnknownPeriod
from payroll_service.store.jobs import DONE
from payroll_service.workflow.jobs.ask_job import ask_replay, ask_run, ask_verification
from payroll_service.workflow.jobs.kinds import PROOFS, RUN, AskedRun
from payroll_service.workflow.jobs.read_job import read_job
from payroll_service.workflow.jobs.read_proof import proof_of

router = APIRouter(include_in_schema=False)
Fingerprint = Annotated[str, Form(pattern="^[0-9a-f]{64}$")]


@router.post("/runs")
def ask(
    snapshot: Fingerprint,
    period: Annotated[str, Form(max_length=20)],
    form_token: FormToken,
    store: TheStore,
    now: Now,
    rule_set: Annotated[str, Form(pattern="^([0-9a-f]{64})?$")] = "",
    caller: Caller = allow(Role.CLERK),
) -> Response:
    check_form(caller, form_token)
    try:
        job = ask_run(store, caller.bureau, snapshot, period.strip(), rule_set, caller.name, now)
    except UnknownPeriod as refused:
        given = {"snapshot": snapshot, "period": period, "rule_set": rule_set}
        return runs_page(store, caller, now, refused=refused, given=given)
    return go(f"/jobs/{job.job_id}")


@router.post("/runs/{run_id}/replays")
def replay(
    run_id: RunId,
    form_token: FormToken,
    key: FormKey,
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(*OFFICE),
) -> Response:
    check_form(caller, form_token)

    def act() -> str:
        return f"/jobs/{ask_replay(store, caller.bureau, run_id, caller.name, now).job_id}"

    return go_once(request, caller, key, run_id, act)


@router.post("/payments/verifications")
def verification(
    form_token: FormToken,
    key: FormKey,
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.AUDITOR),
) -> Response:
    check_form(caller, form_token)

    def act() -> str:
        return f"/jobs/{ask_verification(store, caller.bureau, caller.name, now).job_id}"

    return go_once(request, caller, key, "", act)


@router.get("/jobs/{job_id}")
def job(job_id: JobId, store: TheStore, caller: Caller = allow(*OFFICE)) -> Response:
    """A run that is done is shown instead."""
    seen = [kind for kind in kinds_for(caller) if kind in (RUN, *PROOFS)]
    found = read_job(store, caller.bureau, job_id, kinds=seen)
    if found.kind in PROOFS:
        return page("proof.html", caller, proof=proof_of(found), asked=json.loads(found.request))
    run = json.loads(found.result)["run"] if found.result else ""
    if found.state == DONE:
        return go(f"/runs/{run}")
    return page("job.html", caller, job=found, asked=AskedRun(**json.loads(found.request)), run=run)
