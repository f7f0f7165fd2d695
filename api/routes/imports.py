"""Imports: a file is sent, examined by a job, looked at, accepted. A school's clerk sends and sees that school's parts."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.files import XLSX, answers_with, download
from api.models.imports import (
    Assemble,
    Differences,
    FoundProblem,
    FoundProblems,
    ImportAnswer,
    Imports,
)
from api.models.jobs import JobId
from api.once import Doing, Key, once
from api.paging import USUAL, AfterId, AfterNumber, Limit
from api.rights import Caller, allow
from api.state import Now, OpenImports, TheStore
from api.upload import UPLOAD, Upload, described
from api.versions import IfMatch, IfNoneMatch, refuse_changed, tagged
from payroll_service.access.roles import Role
from payroll_service.store.store import Store
from payroll_service.workflow.jobs.accept_import import accept_import
from payroll_service.workflow.jobs.ask_job import ask_assembly, ask_import
from payroll_service.workflow.jobs.kinds import IMPORTS
from payroll_service.workflow.jobs.read_job import (
    marked_workbook,
    page_imports,
    read_findings,
    read_job,
)

router = APIRouter(prefix="/v1/imports", tags=["imports"])
SENDERS = (Role.CLERK, Role.SCHOOL_CLERK)
READERS = (*SENDERS, Role.APPROVER, Role.AUDITOR)


@router.post(
    "",
    operation_id="sendImport",
    summary="Send a workbook to be examined; nothing is stored for good before it is accepted",
    status_code=202,
    response_model=ImportAnswer,
    openapi_extra=described(
        "独山.xlsx",
        rule_set="规则集的指纹；不写为施行中的那一份",
        part="true：只是一部分表；收齐后合并",
        unit="单位代码：这一份全是这个单位的（报账员不用写）",
        period="按这些期间试算：缺的行、不成立的必须检查也列出；几个期间用逗号隔开；只用于完整的数据",
    ),
)
def send(
    request: Request,
    key: Key,
    store: TheStore,
    now: Now,
    most: OpenImports,
    caller: Caller = allow(*SENDERS),
    upload: Upload = UPLOAD,
) -> Response:
    def act() -> ImportAnswer:
        fields = upload.fields
        is_part, unit = fields.get("part") == "true", caller.unit or fields.get("unit", "").strip()
        rule_set = fields.get("rule_set", "")
        job = ask_import(
            store, caller.bureau, upload.file, rule_set, is_part, unit, caller.name, now, most, upload.periods
        )
        return ImportAnswer.of(job)

    return once(request, upload.told, caller, key, act, 202)


@router.post(
    "/assembly",
    operation_id="assembleParts",
    summary="Have the newest part of every table and school put together and examined",
    status_code=202,
    response_model=ImportAnswer,
)
def assemble(
    asked: Assemble,
    doing: Doing,
    store: TheStore,
    now: Now,
    most: OpenImports,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> ImportAnswer:
        job = ask_assembly(store, caller.bureau, asked.rule_set, caller.name, now, most, asked.periods)
        return ImportAnswer.of(job)

    return doing.once(caller, act, 202)


@router.get("", operation_id="listImports", summary="Imports, the last sent first")
def list_(
    store: TheStore,
    caller: Caller = allow(*READERS),
    after: AfterId = "",
    limit: Limit = USUAL,
) -> Imports:
    page = page_imports(store, caller.bureau, caller.unit, after, limit)
    return Imports(imports=[ImportAnswer.of(job) for job in page.items], next=page.next)


@router.get(
    "/{import_id}",
    operation_id="readImport",
    summary="One import, and what examining it found",
    response_model=ImportAnswer,
)
def read(
    import_id: JobId, store: TheStore, known: IfNoneMatch = None, caller: Caller = allow(*READERS)
) -> Response:
    """The `ETag` changes with how far it has come; accepting may name it in `If-Match`."""
    return tagged(answer(store, caller, import_id), known)


@router.get(
    "/{import_id}/problems",
    operation_id="readImportProblems",
    summary="What is wrong in the file, cell by cell, and how to mend it",
)
def problems(
    import_id: JobId,
    store: TheStore,
    now: Now,
    caller: Caller = allow(*READERS),
    after: AfterNumber = 0,
    limit: Limit = USUAL,
) -> FoundProblems:
    """Reading it is put down in the bureau's log."""
    found, _ = read_findings(store, caller.bureau, import_id, caller.unit, caller.name, now)
    page = [FoundProblem.of(after + place, one) for place, one in enumerate(found[after:][:limit], 1)]
    more = len(found) > after + limit
    return FoundProblems(total=len(found), problems=page, next=after + limit if more else None)


@router.get(
    "/{import_id}/workbook",
    operation_id="readMarkedWorkbook",
    summary="A copy of the workbook with every problem marked in its cell",
    response_class=Response,
    responses=answers_with(XLSX),
)
def workbook(import_id: JobId, store: TheStore, now: Now, caller: Caller = allow(*READERS)) -> Response:
    """Reading it is put down in the bureau's log."""
    return download(*marked_workbook(store, caller.bureau, import_id, caller.unit, caller.name, now))


@router.get(
    "/{import_id}/differences",
    operation_id="readImportDifferences",
    summary="Rows that differ from what was accepted last",
)
def differences(import_id: JobId, store: TheStore, now: Now, caller: Caller = allow(*READERS)) -> Differences:
    """Reading it is put down in the bureau's log."""
    return Differences.of(read_findings(store, caller.bureau, import_id, caller.unit, caller.name, now)[1])


@router.post(
    "/{import_id}/acceptance",
    operation_id="acceptImport",
    summary="Store what was examined; fails if something else was stored since",
    status_code=201,
    response_model=ImportAnswer,
)
def accept(
    import_id: JobId,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(*SENDERS),
) -> Response:
    """What was examined is what is stored, whether or not `If-Match` says so: it never changes."""

    def act() -> ImportAnswer:
        refuse_changed(seen, lambda: answer(store, caller, import_id))
        return ImportAnswer.of(accept_import(store, caller.bureau, import_id, caller.unit, caller.name, now))

    return doing.once(caller, act)


def answer(store: Store, caller: Caller, import_id: str) -> ImportAnswer:
    """Raises NotStored."""
    return ImportAnswer.of(read_job(store, caller.bureau, import_id, caller.unit, IMPORTS))
