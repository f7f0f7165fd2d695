"""Asking for a run, and watching it come: a page that loads itself again, without script."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Form, Response

from api.models.imports import JobId
from api.pages.render import FormToken, check_form, go, page
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.store.jobs import DONE
from payroll_service.workflow.jobs.ask_job import ask_run
from payroll_service.workflow.jobs.kinds import RUN, AskedRun
from payroll_service.workflow.jobs.read_job import read_job

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
    job = ask_run(store, caller.bureau, snapshot, period.strip(), rule_set, caller.name, now)
    return go(f"/jobs/{job.job_id}")


@router.get("/jobs/{job_id}")
def job(job_id: JobId, store: TheStore, caller: Caller = allow(*OFFICE)) -> Response:
    """A run that is done is shown instead."""
    found = read_job(store, caller.bureau, job_id, kinds=(RUN,))
    run = json.loads(found.result)["run"] if found.result else ""
    if found.state == DONE:
        return go(f"/runs/{run}")
    return page("job.html", caller, job=found, asked=AskedRun(**json.loads(found.request)), run=run)
