"""Ask for an import or a run: it is put down, and a worker takes it up."""

from __future__ import annotations

from datetime import datetime

from payroll_service.access.tokens import new_id
from payroll_service.errors import TooManyOpen
from payroll_service.store.jobs import Job
from payroll_service.store.store import Session, Store
from payroll_service.workflow.calculate_run import find_snapshot
from payroll_service.workflow.choose_rules import choose_rules
from payroll_service.workflow.import_workbook import ReceivedFile
from payroll_service.workflow.jobs.kinds import (
    ASSEMBLY,
    IMPORT,
    IMPORTS,
    PART,
    RUN,
    UPLOAD,
    AskedImport,
    AskedRun,
    written,
)

MOST_OPEN = 20  # imports of one sender that are not examined yet


def ask_import(
    store: Store,
    bureau: str,
    file: ReceivedFile,
    rule_set: str,
    is_part: bool,
    unit: str,
    by: str,
    now: datetime,
    most_open: int = MOST_OPEN,
) -> Job:
    """Have a file examined: a whole workbook, some tables (`is_part`), or one unit's part.

    `rule_set`: a fingerprint, or "" for the one in force. Raises UnknownRuleSet, TooManyOpen.
    """
    kind = PART if is_part or unit else IMPORT
    with store.writing() as session:
        _refuse_more(session, bureau, by, most_open)
        chosen = choose_rules(session, bureau, rule_set, now.date()).fingerprint
        asked = written(AskedImport(chosen, file.name))
        job = Job(bureau, new_id(), kind, asked, by, unit, now)
        session.jobs.add(job)
        session.jobs.keep(job, UPLOAD, file.content)
    return job


def ask_assembly(
    store: Store, bureau: str, rule_set: str, by: str, now: datetime, most_open: int = MOST_OPEN
) -> Job:
    """Have the newest part of every table and unit put together and examined. Raises UnknownRuleSet, TooManyOpen."""
    with store.writing() as session:
        _refuse_more(session, bureau, by, most_open)
        chosen = choose_rules(session, bureau, rule_set, now.date()).fingerprint
        job = Job(bureau, new_id(), ASSEMBLY, written(AskedImport(chosen)), by, "", now)
        session.jobs.add(job)
    return job


def _refuse_more(session: Session, bureau: str, by: str, most_open: int) -> None:
    if (found := session.jobs.open_of(bureau, IMPORTS, by)) >= most_open:
        raise TooManyOpen(
            f"您上传的还有 {found} 份没有检查完，最多 {most_open} 份，这一份没有收下。",
            "请等检查完几份，再上传。",
        )


def ask_run(
    store: Store, bureau: str, snapshot: str, period: str, rule_set: str, by: str, now: datetime
) -> Job:
    """Have a snapshot calculated. `rule_set` "" is the one it was checked under. Raises UnknownRun, UnknownRuleSet."""
    with store.writing() as session:
        chosen = choose_rules(session, bureau, rule_set, now.date()) if rule_set else None
        found = find_snapshot(session, bureau, snapshot, chosen.name if chosen else "")
        job = Job(
            bureau,
            new_id(),
            RUN,
            written(AskedRun(found, period, chosen.fingerprint if chosen else "")),
            by,
            "",
            now,
        )
        session.jobs.add(job)
    return job
