"""Store for good what an import job examined, once somebody has seen it."""

from __future__ import annotations

import json
from datetime import datetime

from payroll_service.book.records import StoredImport, StoredSnapshot
from payroll_service.errors import NotExamined, Overtaken
from payroll_service.store.jobs import DONE, EXAMINED, EXPIRED, FAILED, UNSOUND, Job
from payroll_service.store.store import Session, Store
from payroll_service.workflow.import_part import Part, newest_parts, save_part
from payroll_service.workflow.import_workbook import refuse_overtaken, save_received, save_snapshot
from payroll_service.workflow.jobs.examine_upload import parts_of
from payroll_service.workflow.jobs.kinds import (
    ASSEMBLY,
    IMPORTS,
    PART,
    SNAPSHOT,
    UPLOAD,
    AskedImport,
    ImportResult,
    import_result,
)
from payroll_service.workflow.jobs.read_job import find_job

WHY_NOT = {
    UNSOUND: ("这份数据有错误，不能入库。", "请在标好问题的工作簿里改正，重新上传。"),
    FAILED: ("这次导入没有成功。", "请看原因，改好以后重新上传。"),
    DONE: ("这份数据已经入库了。", "不用再做什么。"),
    EXPIRED: ("上传已过 30 天，文件不再保留。", "请重新上传。"),
}


def accept_import(store: Store, bureau: str, job_id: str, unit: str, by: str, now: datetime) -> Job:
    """File and snapshot, or file and parts, stored together with the job's end. What was uploaded is dropped from the job.

    Raises NotExamined, and Overtaken if something was stored meanwhile: its differences were not seen.
    """
    with store.writing() as session:
        job = find_job(session, bureau, job_id, unit, IMPORTS)
        if job.state != EXAMINED:
            raise NotExamined(*WHY_NOT.get(job.state, ("还没有检查完。", "请等检查完，看过再确认。")))
        asked, result = AskedImport(**json.loads(job.request)), import_result(job.result)
        if job.kind == PART:
            parts = tuple(Part(one.table, one.unit, one.rows, dict(one.units)) for one in result.parts)
            save_part(session, _file(session, job, asked), parts, asked.rule_set, by, now)
        else:
            _save_snapshot(session, job, asked, result, by, now)
        accepted = session.jobs.change(job, state=DONE, ended_at=now)
        assert accepted is not None, "there is one writer at a time"
        session.jobs.drop(job)
    return accepted


def _save_snapshot(
    session: Session, job: Job, asked: AskedImport, result: ImportResult, by: str, now: datetime
) -> None:
    rule_set = session.rule_sets.get(job.bureau, asked.rule_set)
    refuse_overtaken(session, job.bureau, result.last, rule_set.name)
    imports = tuple(dict.fromkeys(one.content_hash for one in result.parts))
    if job.kind == ASSEMBLY:
        if parts_of(newest_parts(session, job.bureau, asked.rule_set).values()) != result.parts:
            raise Overtaken("刚才又有一份表导入，所以没有入库。", "请重新合并，看过新的差异再确认。")
    else:
        received = _file(session, job, asked)
        imports = (received.content_hash,)
        save_received(session, received, asked.rule_set, by, now)
    content = session.jobs.content(job, SNAPSHOT)
    assert content is not None, "an examined import keeps its snapshot"
    stored = StoredSnapshot(job.bureau, result.snapshot, asked.rule_set, content, imports)
    save_snapshot(session, stored, by, now)


def _file(session: Session, job: Job, asked: AskedImport) -> StoredImport:
    content = session.jobs.content(job, UPLOAD)
    assert content is not None, "an examined import keeps its file"
    return StoredImport.received(job.bureau, asked.file_name, job.asked_by, job.asked_at, content)
