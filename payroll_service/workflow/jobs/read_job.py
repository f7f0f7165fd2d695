"""What became of a job; and of an import its problems, the differences, and the workbook with its problems marked."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from payroll_service.errors import NotExamined
from payroll_service.snapshot.differences import RowDifference
from payroll_service.snapshot.tables import Problem
from payroll_service.store.errors import NotStored
from payroll_service.store.jobs import Job
from payroll_service.store.paging import Page
from payroll_service.store.store import Session, Store
from payroll_service.workbook.marking import problems_xlsx
from payroll_service.workflow.jobs.kinds import (
    DIFFERENCES,
    IMPORTS,
    KINDS,
    PROBLEMS,
    UPLOAD,
    AskedImport,
    ImportProblem,
    read_differences,
)
from payroll_service.workflow.load_rules import rules_from
from payroll_service.workflow.log_read import log_read

DROPPED = NotExamined("这份文件和它的问题清单已经不再保留。", "请重新上传。")


def find_job(
    session: Session, bureau: str, job_id: str, unit: str = "", kinds: Collection[str] = KINDS.keys()
) -> Job:
    """The job, if it is one of `unit` ("" sees all) and of these kinds. Raises NotStored, whatever the reason."""
    found = session.jobs.find(bureau, job_id)
    if found is None or unit not in ("", found.unit) or found.kind not in kinds:
        raise NotStored("任务", job_id)
    return found


def read_job(
    store: Store, bureau: str, job_id: str, unit: str = "", kinds: Collection[str] = KINDS.keys()
) -> Job:
    with store.reading() as session:
        return find_job(session, bureau, job_id, unit, kinds)


def page_imports(store: Store, bureau: str, unit: str, after: str, limit: int) -> Page[Job]:
    """Imports, the last asked for first, from the one before the job `after`. Raises UnknownPlace."""
    with store.reading() as session:
        return session.jobs.page(bureau, IMPORTS, unit, after, limit)


def read_findings(
    store: Store, bureau: str, job_id: str, unit: str, by: str, now: datetime
) -> tuple[list[ImportProblem], dict[str, list[RowDifference]]]:
    """Every problem found; and by table some of the rows that differ from what was accepted last.

    Empty while there are none, and once they are dropped. Both show people's cells: that `by` read them is put down.
    """
    with store.reading() as session:
        job = find_job(session, bureau, job_id, unit, IMPORTS)
        problems, differences = (session.jobs.content(job, name) for name in (PROBLEMS, DIFFERENCES))
    found = [ImportProblem(**one) for one in json.loads(problems)] if problems else []
    rows = read_differences(differences) if differences else {}
    if found or any(rows.values()):
        log_read(store, bureau, f"import {job_id}", by, now)
    return found, rows


def marked_workbook(
    store: Store, bureau: str, job_id: str, unit: str, by: str, now: datetime
) -> tuple[str, bytes]:
    """File name and bytes of the copy with its problems marked; that `by` took it is put down. Raises NotExamined."""
    with store.writing() as session:
        job = find_job(session, bureau, job_id, unit, IMPORTS)
        asked = AskedImport(**json.loads(job.request))
        upload, found = session.jobs.content(job, UPLOAD), session.jobs.content(job, PROBLEMS)
        if found is None:
            raise DROPPED if job.ended_at else NotExamined("还没有检查完。", "请等检查完再下载。")
        stored = session.rule_sets.get(bureau, asked.rule_set)
        session.access.log_read(bureau, now, by, f"import {job_id}", "")
    listed = [ImportProblem(**one) for one in json.loads(found)]
    problems = [
        Problem(one.sheet, one.cell, one.column, one.kind, one.message, one.remedy, one.level)
        for one in listed
    ]
    program = rules_from(stored.document, stored.name).program
    stem = asked.file_name.rpartition(".")[0] or asked.file_name or "合并"
    return f"{stem}-检查.xlsx", problems_xlsx(upload, program, problems)
