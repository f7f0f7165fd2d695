"""Calculate a stored snapshot under a stored rule set for one period, net approved runs, and put it all in the book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

import rfc8785

from payroll_service.book.earlier import Earlier
from payroll_service.book.payee_records import records_fingerprint, records_of
from payroll_service.book.receipt import NettedRun, receipt_bytes
from payroll_service.book.records import RunOutcome, RunRecord, StoredSnapshot, sha256
from payroll_service.book.run_states import CALCULATED, FAILED, PREPARED
from payroll_service.calculation.outcome import CalculationError, RowProblem
from payroll_service.errors import Overtaken, UnknownSnapshot
from payroll_service.snapshot.sealing import from_bytes
from payroll_service.snapshot.tables import Snapshot, UnsoundTables
from payroll_service.store.store import Session, Store
from payroll_service.workflow.calculate_period import Calculation, calculate_period, governed_period
from payroll_service.workflow.carry_over import carry_over
from payroll_service.workflow.import_workbook import last_accepted, save_rules
from payroll_service.workflow.load_rules import LoadedRules, rules_from
from payroll_service.workflow.net_run import less_earlier, load_earlier, refuse_corrected, runs_to_net
from payroll_service.workflow.progress import Progress, silent
from rules.language.period import Period

STEPS = 4
Alongside = Callable[[Session, RunRecord, Sequence[RowProblem]], None]


def nothing_else(session: Session, run: RunRecord, problems: Sequence[RowProblem]) -> None:
    """The run is stored alone."""


@dataclass(frozen=True)
class FinishedRun:
    """A run with what it calculated; one that does not balance has state `failed` and no outcome in the book."""

    run: RunRecord
    state: str
    calculation: Calculation


@dataclass(frozen=True)
class _Task:
    """What is to be calculated, and what has to be netted."""

    bureau: str
    rules: LoadedRules
    snapshot: StoredSnapshot
    period: Period
    carried: tuple[NettedRun, ...]
    earlier: Sequence[Earlier]
    by: str
    now: datetime


def calculate_run(
    store: Store,
    bureau: str,
    snapshot: str,
    period: str,
    by: str,
    now: datetime,
    rules: LoadedRules | None = None,
    progress: Progress = silent,
    alongside: Alongside = nothing_else,
) -> FinishedRun:
    """Calculate and store in one transaction. `snapshot` may be the beginning of a fingerprint.

    `rules` default to those that the snapshot was checked under; others are stored with the run. A run that does not
    balance, or cannot be calculated, is on record as failed, with the reason; CalculationError is raised on. Raises
    Overtaken, and stores nothing, if a run that has to be netted is approved meanwhile; VersionsClash if runs were
    approved under a version that corrects the default one. `alongside` is called with the run, and with what could
    not be calculated, in the transaction that stores it: what it raises keeps everything out.
    """
    progress(0, STEPS, "读取数据")
    task = _task(store, bureau, snapshot, period, by, now, rules)
    try:
        sealed = _sealed(task)
        progress(1, STEPS, "核算")
        calculation = calculate_period(task.rules.program, sealed, task.period)
    except CalculationError as error:
        with store.writing() as session:
            run = _prepare(session, task)
            session.runs.append(bureau, run.run_id, FAILED, now, by, f"{len(error.problems)} 行无法计算")
            alongside(session, run, error.problems)
        raise
    progress(2, STEPS, "减去以前已核定的")
    calculation = less_earlier(calculation, task.earlier)
    calculation = replace(calculation, receipt=replace(calculation.receipt, carried=task.carried))
    progress(3, STEPS, "入库")
    with store.writing() as session:
        run = _prepare(session, task)
        if calculation.broken:
            reasons = "；".join(check.name for check in calculation.broken)
            session.runs.append(bureau, run.run_id, FAILED, now, by, reasons)
        else:
            _save(session, run, calculation, by, now)
        alongside(session, run, ())
    return FinishedRun(run, FAILED if calculation.broken else CALCULATED, calculation)


def _task(
    store: Store, bureau: str, snapshot: str, period: str, by: str, now: datetime, rules: LoadedRules | None
) -> _Task:
    with store.reading() as session:
        stored = session.snapshots.get(
            bureau, find_snapshot(session, bureau, snapshot, rules.program.name if rules else "")
        )
        chosen = rules or _checked_under(session, bureau, stored)
        when = governed_period(chosen.program, period)
        carried = carry_over(session, bureau, chosen.program, stored, when)
        netted = runs_to_net(session, bureau, chosen.program, when)
        if rules is None:
            refuse_corrected(session, bureau, chosen.program, netted)
        earlier = load_earlier(session, bureau, netted)
    return _Task(bureau, chosen, carried.snapshot, when, carried.source, earlier, by, now)


def _checked_under(session: Session, bureau: str, stored: StoredSnapshot) -> LoadedRules:
    found = session.rule_sets.get(bureau, stored.rule_set)
    return rules_from(found.document, found.name)


def _sealed(task: _Task) -> Snapshot:
    try:
        return from_bytes(task.rules.program, task.snapshot.content)
    except UnsoundTables as unsound:
        raise UnknownSnapshot(
            f"数据快照 {task.snapshot.fingerprint[:12]} 不合这份规则集：{unsound.problems[0].message}。",
            "请用这份规则集重新导入工作簿，再核算。",
        ) from None


def find_snapshot(session: Session, bureau: str, begins: str, name: str = "") -> str:
    """The fingerprint of the one stored snapshot that begins so; "" the last accepted, under a version of the rule set
    `name` if there is one. Raises UnknownSnapshot."""
    accepted = [event.detail for event in session.imports.log(bureau) if event.state == "accepted"]
    found = sorted({fingerprint for fingerprint in accepted if fingerprint.startswith(begins)})
    if not accepted:
        raise UnknownSnapshot("还没有导入任何工作簿。", "请先用 payroll import 导入。")
    if not begins:
        return last_accepted(session, bureau, name) or accepted[-1]
    if len(found) != 1:
        what = "没有" if not found else "不止一份"
        raise UnknownSnapshot(
            f"{what}以“{begins}”开头的数据快照。", "请用导入时显示的数据指纹（前 12 位即可）。"
        )
    return found[0]


def _prepare(session: Session, task: _Task) -> RunRecord:
    """The record of a new run; runs of one period are numbered from 1. `corrects`: the last approved one of them."""
    program, period = task.rules.program, task.period
    netted = [one.run for one in task.earlier]
    if list(runs_to_net(session, task.bureau, program, period)) != netted:
        raise Overtaken("核算的时候，另有批次审批了，这次的结果没有减去它，所以没有入库。", "请重新核算。")
    save_rules(session, task.bureau, task.rules, task.by, task.now)
    if task.carried:
        session.snapshots.save(task.snapshot)
    same = {run.run_id for run in session.runs.all(task.bureau) if run.period == period.text}
    run = RunRecord(
        bureau=task.bureau,
        run_id=f"{period.text}-r{len(same) + 1}",
        rule_set=program.fingerprint,
        snapshot=task.snapshot.fingerprint,
        period=period.text,
        kind=period.kind,
        created_at=task.now,
        created_by=task.by,
        corrects=next((one.run for one in reversed(netted) if one.run in same), None),
    )
    session.runs.create(run)
    session.runs.append(task.bureau, run.run_id, PREPARED, task.now, task.by)
    return run


def _save(session: Session, run: RunRecord, calculation: Calculation, by: str, now: datetime) -> None:
    payouts = calculation.payouts
    ids = {kind: session.payees.enrol(run.bureau, kind, labels) for kind, labels in payouts.payees().items()}
    # as they are read: neighbours in the index lie side by side in the table
    records = sorted(records_of(payouts, ids), key=attrgetter("payee_id"))
    total = sum(record.amount_fen for record in records)
    assert total == calculation.receipt.amount_fen, "the records add up to the run's total"
    receipt = receipt_bytes(calculation.receipt)
    outcome = RunOutcome(calculation.pools, calculation.totals, receipt)
    session.runs.save_outcome(run.bureau, run.run_id, records, outcome)
    noted = {"receipt": sha256(receipt), "records": records_fingerprint(records)}
    session.runs.append(run.bureau, run.run_id, CALCULATED, now, by, rfc8785.dumps(noted).decode())
