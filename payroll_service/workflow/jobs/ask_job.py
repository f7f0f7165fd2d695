"""Ask for an import, a run, or a proof of what is stored: it is put down, and a worker takes it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from payroll_service.access.tokens import new_id
from payroll_service.book.records import StoredRuleSet
from payroll_service.errors import NotAcceptable, TooManyOpen
from payroll_service.store.jobs import Job
from payroll_service.store.store import Session, Store
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.calculate_run import find_snapshot
from payroll_service.workflow.choose_rules import choose_rules
from payroll_service.workflow.import_workbook import ReceivedFile
from payroll_service.workflow.jobs.kinds import (
    ASSEMBLY,
    IMPORT,
    IMPORTS,
    PART,
    PROOFS,
    REPLAY,
    RUN,
    UPLOAD,
    VERIFICATION,
    AskedImport,
    AskedReplay,
    AskedRun,
    AskedVerification,
    written,
)
from payroll_service.workflow.load_rules import rules_from
from payroll_service.workflow.stored_runs import find_receipt

MOST_PERIODS = 20  # a year's months and semesters, and more
MOST_OPEN = 20  # imports of one sender that are not examined yet
MOST_PROOFS = 5  # of one person that are not done yet: they take long, and whoever pays waits behind them


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
    periods: Sequence[str] = (),
) -> Job:
    """Have a file examined: a whole workbook, some tables (`is_part`), or one unit's part.

    `rule_set`: a fingerprint, or "" for the one in force. `periods`: what runs of them would refuse is told, too, of a
    whole workbook. Raises UnknownRuleSet, TooManyOpen, UnknownPeriod, NotAcceptable.
    """
    kind = PART if is_part or unit else IMPORT
    if kind == PART and periods:
        raise NotAcceptable(["只收一部分表时不能试算，请不写期间；收齐合并的时候再写"])
    with store.reading() as session:
        chosen = choose_rules(session, bureau, rule_set, now.date())
    asked = written(AskedImport(chosen.fingerprint, file.name, _periods(chosen, periods)))
    with store.writing() as session:
        _refuse_more(session, bureau, by, most_open)
        job = Job(bureau, new_id(), kind, asked, by, unit, now)
        session.jobs.add(job)
        session.jobs.keep(job, UPLOAD, file.content)
    return job


def ask_assembly(
    store: Store,
    bureau: str,
    rule_set: str,
    by: str,
    now: datetime,
    most_open: int = MOST_OPEN,
    periods: Sequence[str] = (),
) -> Job:
    """Have the newest part of every table and unit put together and examined; `periods` as of `ask_import`.

    Raises UnknownRuleSet, TooManyOpen, UnknownPeriod, NotAcceptable.
    """
    with store.reading() as session:
        chosen = choose_rules(session, bureau, rule_set, now.date())
    asked = AskedImport(chosen.fingerprint, periods=_periods(chosen, periods))
    with store.writing() as session:
        _refuse_more(session, bureau, by, most_open)
        job = Job(bureau, new_id(), ASSEMBLY, written(asked), by, "", now)
        session.jobs.add(job)
    return job


def _refuse_more(session: Session, bureau: str, by: str, most_open: int) -> None:
    if (found := session.jobs.open_of(bureau, IMPORTS, by)) >= most_open:
        raise TooManyOpen(
            f"您上传的还有 {found} 份没有检查完，最多 {most_open} 份，这一份没有收下。",
            "请等检查完几份，再上传。",
        )


def _periods(rule_set: StoredRuleSet, asked: Sequence[str]) -> tuple[str, ...]:
    """The periods, each once, if this rule set governs them."""
    if not asked:
        return ()
    if len(asked) > MOST_PERIODS:
        raise NotAcceptable([f"一次最多试算 {MOST_PERIODS} 个期间"])
    program = rules_from(rule_set.document, rule_set.name).program
    return tuple(dict.fromkeys(governed_period(program, text).text for text in asked))


def ask_run(
    store: Store, bureau: str, snapshot: str, period: str, rule_set: str, by: str, now: datetime
) -> Job:
    """Have a snapshot calculated. `rule_set` "" is the one it was checked under.

    Raises UnknownSnapshot, UnknownRuleSet, UnknownPeriod.
    """
    with store.reading() as session:
        chosen = choose_rules(session, bureau, rule_set, now.date()) if rule_set else None
        found = find_snapshot(session, bureau, snapshot, chosen.name if chosen else "")
        rules = chosen or session.rule_sets.get(bureau, session.snapshots.checked_under(bureau, found))
    (when,) = _periods(rules, [period])
    asked = AskedRun(found, when, chosen.fingerprint if chosen else "")
    with store.writing() as session:
        job = Job(bureau, new_id(), RUN, written(asked), by, "", now)
        session.jobs.add(job)
    return job


def ask_replay(store: Store, bureau: str, run_id: str, by: str, now: datetime) -> Job:
    """Have a run verified and calculated again. Raises UnknownRun, TooManyOpen."""
    with store.writing() as session:
        find_receipt(session, bureau, run_id)
        return _ask_proof(session, Job(bureau, new_id(), REPLAY, written(AskedReplay(run_id)), by, "", now))


def ask_verification(store: Store, bureau: str, by: str, now: datetime) -> Job:
    """Have the whole ledger replayed and compared. Raises TooManyOpen."""
    with store.writing() as session:
        asked = written(AskedVerification())
        return _ask_proof(session, Job(bureau, new_id(), VERIFICATION, asked, by, "", now))


def _ask_proof(session: Session, job: Job) -> Job:
    if session.jobs.open_of(job.bureau, PROOFS, job.asked_by) >= MOST_PROOFS:
        raise TooManyOpen(
            f"您要的复算和查账还有 {MOST_PROOFS} 件没有做完，这一件没有收下。", "请等做完几件，再提交。"
        )
    session.jobs.add(job)
    return job
