"""Pages of finance and of schools: upload a workbook, see its problems beside the cells and what changed, accept it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Response

from api.models.jobs import JobId
from api.pages.render import FormToken, check_form, go, page
from api.paging import LISTED, AfterDigest, AfterId
from api.rights import Caller, allow
from api.state import Now, OpenImports, TheStore
from api.upload import MOST_BYTES, UPLOAD, Upload, periods_in
from payroll_service.access.roles import Role
from payroll_service.errors import NotAcceptable, Refused, UnknownPeriod
from payroll_service.store.paging import Page
from payroll_service.store.store import Store
from payroll_service.workflow.choose_rules import list_choices
from payroll_service.workflow.jobs.accept_import import accept_import
from payroll_service.workflow.jobs.ask_job import ask_assembly, ask_import
from payroll_service.workflow.jobs.kinds import IMPORTS, KINDS, AskedImport, import_result
from payroll_service.workflow.jobs.read_job import (
    page_imports,
    read_findings,
    read_job,
)
from payroll_service.workflow.list_snapshots import page_snapshots

router = APIRouter(prefix="/imports", include_in_schema=False)
SENDERS = (Role.CLERK, Role.SCHOOL_CLERK)
READERS = (*SENDERS, Role.APPROVER, Role.AUDITOR)
SHOWN = 200
STATES = {
    "waiting": "排队中",
    "running": "正在检查",
    "examined": "已检查，等确认",
    "unsound": "有错误",
    "done": "已入库",
    "failed": "没有成功",
    "expired": "已过期",
}


@router.get("")
def imports(
    store: TheStore,
    now: Now,
    after: AfterId = "",
    snapshots: AfterDigest = "",
    caller: Caller = allow(*READERS),
) -> Response:
    return _start(store, caller, now, after=after, snapshots=snapshots)


def _start(
    store: Store,
    caller: Caller,
    now: datetime,
    refused: Refused | None = None,
    given: Mapping[str, Mapping[str, str]] | None = None,
    after: str = "",
    snapshots: str = "",
) -> Response:
    """`given`: what was filled in, by the form, and is not lost."""
    jobs = page_imports(store, caller.bureau, caller.unit, after, LISTED)
    listed = [
        (job, AskedImport(**json.loads(job.request)), import_result(job.result) if job.result else None)
        for job in jobs.items
    ]
    sees_all = caller.has(Role.CLERK, Role.APPROVER, Role.AUDITOR)
    return page(
        "imports.html",
        caller,
        422 if refused else 200,
        mistakes=[refused.message, refused.remedy] if refused else [],
        given=given or {},
        imports=jobs.of(listed),
        snapshots=page_snapshots(store, caller.bureau, snapshots, LISTED) if sees_all else Page(()),
        after=after,
        snapshots_after=snapshots,
        choices=list_choices(store, caller.bureau, now.date()),
        states=STATES,
        kinds=KINDS,
        most=MOST_BYTES // 2**20,
    )


@router.post("")
def send(
    store: TheStore,
    now: Now,
    most: OpenImports,
    caller: Caller = allow(*SENDERS),
    upload: Upload = UPLOAD,
) -> Response:
    check_form(caller, upload.fields.get("form_token", ""))
    is_part, unit = upload.fields.get("part") == "true", caller.unit or upload.fields.get("unit", "").strip()
    rule_set = upload.fields.get("rule_set", "")
    try:
        job = ask_import(
            store, caller.bureau, upload.file, rule_set, is_part, unit, caller.name, now, most, upload.periods
        )
    except (UnknownPeriod, NotAcceptable) as refused:
        return _start(store, caller, now, refused, {"send": upload.fields})
    return go(f"/imports/{job.job_id}")


@router.post("/assembly")
def assemble(
    rule_set: Annotated[str, Form(pattern="^[0-9a-f]{64}$")],
    form_token: FormToken,
    store: TheStore,
    now: Now,
    most: OpenImports,
    period: Annotated[str, Form(max_length=500)] = "",
    caller: Caller = allow(Role.CLERK),
) -> Response:
    check_form(caller, form_token)
    try:
        job = ask_assembly(store, caller.bureau, rule_set, caller.name, now, most, periods_in(period))
    except (UnknownPeriod, NotAcceptable) as refused:
        asked = {"rule_set": rule_set, "period": period}
        return _start(store, caller, now, refused, {"assembly": asked})
    return go(f"/imports/{job.job_id}")


@router.get("/{import_id}")
def one(import_id: JobId, store: TheStore, now: Now, caller: Caller = allow(*READERS)) -> Response:
    return _page(store, caller, import_id, now)


@router.post("/{import_id}/accept")
def accept(
    import_id: JobId,
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(*SENDERS),
) -> Response:
    check_form(caller, form_token)
    try:
        accept_import(store, caller.bureau, import_id, caller.unit, caller.name, now)
    except Refused as refused:
        return _page(store, caller, import_id, now, 409, [refused.message, refused.remedy])
    return go(f"/imports/{import_id}")


def _page(
    store: Store,
    caller: Caller,
    import_id: str,
    now: datetime,
    status: int = 200,
    mistakes: list[str] | None = None,
) -> Response:
    job = read_job(store, caller.bureau, import_id, caller.unit, IMPORTS)
    found, rows = read_findings(store, caller.bureau, import_id, caller.unit, caller.name, now)
    asked = AskedImport(**json.loads(job.request))
    with store.reading() as session:
        rule_set = session.rule_sets.get(caller.bureau, asked.rule_set)
    return page(
        "import.html",
        caller,
        status,
        job=job,
        asked=asked,
        rule_set=rule_set,
        result=import_result(job.result) if job.result else None,
        problems=sorted(found, key=lambda each: each.level != "错误")[:SHOWN],
        more=max(0, len(found) - SHOWN),
        rows=rows,
        states=STATES,
        kinds=KINDS,
        mistakes=mistakes or [],
    )
