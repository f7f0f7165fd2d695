"""The work of a run job: one run, stored together with the job's end."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from payroll_service.book.records import RunRecord
from payroll_service.calculation.outcome import CalculationError, RowProblem
from payroll_service.store.jobs import DONE, FAILED
from payroll_service.store.store import Session
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.jobs.hold import Hold
from payroll_service.workflow.jobs.kinds import AskedRun, RunResult, written
from payroll_service.workflow.load_rules import rules_from
from payroll_service.workflow.masking import masked

SHOWN = 20
REMEDY = "请在工作簿里补齐或改正这些行，重新导入，再核算。"


def calculate_job(hold: Hold, asked: AskedRun) -> None:
    """Ends the job `done` with its run, which may be on record as failed. Raises UnknownSnapshot, Overtaken … and LostLease."""
    job, rules = hold.job, None
    if asked.rule_set:
        with hold.store.reading() as session:
            stored = session.rule_sets.get(job.bureau, asked.rule_set)
        rules = rules_from(stored.document, stored.name)

    def alongside(session: Session, run: RunRecord, problems: Sequence[RowProblem]) -> None:
        result = written(RunResult(run.run_id))
        if problems:
            hold.end(session, FAILED, result, told(problems), REMEDY)
        else:
            hold.end(session, DONE, result)

    with suppress(CalculationError):  # the run is on record as failed, and the job has ended with it
        calculate_run(
            hold.store, job.bureau, asked.snapshot, asked.period, job.asked_by, hold.clock(), rules,
            hold.progress, alongside,
        )  # fmt: skip


def told(problems: Sequence[RowProblem]) -> str:
    """The first rows that cannot be calculated."""
    first = [f"{one.table} {'、'.join(one.key)} 的{one.column}：{one.message}" for one in problems[:SHOWN]]
    more = "……" if len(problems) > SHOWN else "。"
    return masked(f"{len(problems)} 行无法计算。{'；'.join(first)}{more}")
