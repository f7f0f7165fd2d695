"""Calculate a stored snapshot under a stored rule set for one period, and put the outcome in the book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import rfc8785

from payroll_service.book.payee_records import records_fingerprint, records_of
from payroll_service.book.receipt import receipt_bytes
from payroll_service.book.records import RunOutcome, RunRecord, sha256
from payroll_service.calculation.outcome import CalculationError
from payroll_service.errors import UnknownRun
from payroll_service.snapshot.sealing import from_bytes
from payroll_service.store.store import Session, Store
from payroll_service.workflow.calculate_period import Calculation, calculate_period, governed_period
from payroll_service.workflow.load_rules import rules_from
from rules.language.program import Program

PREPARED, CALCULATED, FAILED = "prepared", "calculated", "failed"


@dataclass(frozen=True)
class FinishedRun:
    """A run with what it calculated; one that does not balance has state `failed` and no outcome in the book."""

    run: RunRecord
    state: str
    calculation: Calculation


def calculate_run(
    store: Store, bureau: str, snapshot: str, period: str, by: str, now: datetime, rule_set: str = ""
) -> FinishedRun:
    """Calculate and store in one transaction. `snapshot` may be the beginning of a fingerprint.

    `rule_set` defaults to the one that the snapshot was checked under. A run that does not balance, or cannot be
    calculated, is on record as failed, with the reason; CalculationError is raised on.
    """
    with store.reading() as session:
        stored = session.snapshots.get(bureau, find_snapshot(session, bureau, snapshot))
        rules = session.rule_sets.get(bureau, rule_set or stored.rule_set)
    program = rules_from(rules.document, rules.name).program
    when = governed_period(program, period)
    try:
        calculation = calculate_period(program, from_bytes(program, stored.content), when)
    except CalculationError as error:
        with store.writing() as session:
            run = _prepare(session, bureau, program, stored.fingerprint, when.text, when.kind, by, now)
            session.runs.append(bureau, run.run_id, FAILED, now, by, f"{len(error.problems)} 行无法计算")
        raise
    with store.writing() as session:
        run = _prepare(session, bureau, program, stored.fingerprint, when.text, when.kind, by, now)
        if calculation.broken:
            reasons = "；".join(check.name for check in calculation.broken)
            session.runs.append(bureau, run.run_id, FAILED, now, by, reasons)
            return FinishedRun(run, FAILED, calculation)
        _save(session, run, calculation, by, now)
    return FinishedRun(run, CALCULATED, calculation)


def find_snapshot(session: Session, bureau: str, begins: str) -> str:
    """The fingerprint of the one stored snapshot that begins so; "" the last accepted. Raises UnknownRun."""
    accepted = [event.detail for event in session.imports.log(bureau) if event.state == "accepted"]
    found = sorted({fingerprint for fingerprint in accepted if fingerprint.startswith(begins)})
    if not accepted:
        raise UnknownRun("还没有导入任何工作簿。", "请先用 payroll import 导入。")
    if not begins:
        return accepted[-1]
    if len(found) != 1:
        what = "没有" if not found else "不止一份"
        raise UnknownRun(f"{what}以“{begins}”开头的数据快照。", "请用导入时显示的数据指纹（前 12 位即可）。")
    return found[0]


def find_run(session: Session, bureau: str, run_id: str) -> RunRecord:
    """The run of that id. Raises UnknownRun with the ids there are."""
    runs = {run.run_id: run for run in session.runs.all(bureau)}
    if run_id not in runs:
        known = "、".join(list(runs)[-10:]) or "还没有"
        raise UnknownRun(f"没有编号为“{run_id}”的核算批次。", f"已有的批次：{known}。用 payroll runs 查看。")
    return runs[run_id]


def _prepare(
    session: Session,
    bureau: str,
    program: Program,
    snapshot: str,
    period: str,
    kind: str,
    by: str,
    now: datetime,
) -> RunRecord:
    """The record of a new run; runs of one period are numbered from 1."""
    number = 1 + sum(run.period == period for run in session.runs.all(bureau))
    run = RunRecord(bureau, f"{period}-r{number}", program.fingerprint, snapshot, period, kind, now, by)
    session.runs.create(run)
    session.runs.append(bureau, run.run_id, PREPARED, now, by)
    return run


def _save(session: Session, run: RunRecord, calculation: Calculation, by: str, now: datetime) -> None:
    payouts = calculation.payouts
    ids = {kind: session.payees.enrol(run.bureau, kind, labels) for kind, labels in payouts.payees().items()}
    records = list(records_of(payouts, ids))
    total = sum(record.amount_fen for record in records)
    assert total == calculation.receipt.amount_fen, "the records add up to the run's total"
    receipt = receipt_bytes(calculation.receipt)
    outcome = RunOutcome(calculation.pools, calculation.totals, receipt)
    session.runs.save_outcome(run.bureau, run.run_id, records, outcome)
    noted = {"receipt": sha256(receipt), "records": records_fingerprint(records)}
    session.runs.append(run.bureau, run.run_id, CALCULATED, now, by, rfc8785.dumps(noted).decode())
