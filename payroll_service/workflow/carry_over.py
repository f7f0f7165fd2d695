"""上期: what the last approved run left over is put into the next run's snapshot, sealed with all other tables.

A run is then calculated, replayed and proved from its own snapshot as any other; its receipt names the run that the
values come from, and a replay shows that they are that run's closing values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from payroll_service.audit.evidence import AuditCheck
from payroll_service.book.receipt import NettedRun
from payroll_service.book.records import RunApproval, RunRecord, StoredSnapshot
from payroll_service.calculation.closing_rows import closing_rows
from payroll_service.calculation.columns import calculate
from payroll_service.errors import UnknownRun
from payroll_service.snapshot.canonical import raw_tables, to_bytes
from payroll_service.snapshot.sealing import check_and_seal, from_bytes
from payroll_service.snapshot.tables import RawTable
from payroll_service.store.store import Session
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.load_rules import rules_from
from rules.language.openings import find_wrong_openings
from rules.language.period import Period
from rules.language.program import Program, Table


@dataclass(frozen=True)
class Carried:
    """A snapshot with what was carried over, and the run it comes from; as it was where there is nothing to carry."""

    snapshot: StoredSnapshot
    source: tuple[NettedRun, ...] = ()


def opening_tables(program: Program) -> list[Table]:
    """The 上期 tables of a rule set."""
    return [table for table in program.input_tables() if table.carries]


def carry_over(
    session: Session, bureau: str, program: Program, snapshot: StoredSnapshot, period: Period
) -> Carried:
    """The snapshot to calculate on. Raises UnknownRun where the workbook fills a table that the book carries over."""
    tables = opening_tables(program)
    last = last_before(session, bureau, program, period) if tables else None
    if last is None:
        return Carried(snapshot)
    given = raw_tables(snapshot.content)
    for table in tables:
        if any(one.table == table.name and len(one.rows) for one in given):
            raise UnknownRun(
                f"工作簿填了“{table.name}”，而它应由已审批的批次 {last.run_id} 带入。",
                f"请清空“{table.name}”这张表，重新导入，再核算。",
            )
    closing = closing_tables(session, bureau, last, tables)
    names = {table.name for table in tables}
    sealed, problems = check_and_seal(
        program, [*(one for one in given if one.table not in names), *closing], strict_ids=False
    )
    if sealed is None:
        raise UnknownRun(
            f"批次 {last.run_id} 的期末结果带不进来：{problems[0].message}。",
            "请核对规则集里上期表各列的类型和范围。",
        )
    content = to_bytes(program, sealed)
    carried = replace(snapshot, fingerprint=sealed.fingerprint, rule_set=program.fingerprint, content=content)
    return Carried(carried, (NettedRun(last.run_id, last.receipt),))


def last_before(session: Session, bureau: str, program: Program, period: Period) -> RunApproval | None:
    """The approved run of the same kind of period under this county's rules that ended last before this one begins.

    Of several of one period the one approved last counts. Runs under versions that knew nothing of what is to be carried
    over do not.
    """
    found = []
    for approval in session.runs.approved(bureau):
        run = session.runs.get(bureau, approval.run_id)
        before = approval.last_day < date.fromordinal(period.first_day)
        if before and run.kind == period.kind and can_carry(session, run, program):
            found.append(approval)
    return max(found, key=lambda one: (one.last_day, one.number), default=None)


def closing_tables(
    session: Session, bureau: str, approval: RunApproval, tables: Sequence[Table]
) -> list[RawTable]:
    """The closing rows of an approved run, calculated again from what it was calculated from."""
    run = session.runs.get(bureau, approval.run_id)
    stored, snapshot = (
        session.rule_sets.get(bureau, run.rule_set),
        session.snapshots.get(bureau, run.snapshot),
    )
    program = rules_from(stored.document, stored.name).program
    outcome = calculate(program, from_bytes(program, snapshot.content), governed_period(program, run.period))
    return [closing_rows(program, outcome, table) for table in tables]


def check_carried(session: Session, run: RunRecord, program: Program, source: NettedRun) -> AuditCheck:
    """What a run's snapshot begins with is what the run named in its receipt ended with."""
    name = f"上期：带入的数与批次 {source.run} 的期末结果相符"
    approval = next((one for one in session.runs.approved(run.bureau) if one.run_id == source.run), None)
    if approval is None or approval.receipt != source.receipt:
        return AuditCheck(name, False, "凭据写的批次没有审批，或审批的是另一份凭据")
    tables = opening_tables(program)
    snapshot = session.snapshots.get(run.bureau, run.snapshot)
    given = [one for one in raw_tables(snapshot.content) if one.table not in {table.name for table in tables}]
    again, _ = check_and_seal(
        program, [*given, *closing_tables(session, run.bureau, approval, tables)], strict_ids=False
    )
    same = again is not None and again.fingerprint == snapshot.fingerprint
    return AuditCheck(name, same, "逐字节相符" if same else "重算的期末结果与封存的不同")


def can_carry(session: Session, run: RunRecord, program: Program) -> bool:
    """Whether a run was calculated under rules of this name that have all that is to be carried over."""
    stored = session.rule_sets.get(run.bureau, run.rule_set)
    if stored.name != program.name:
        return False
    if run.rule_set == program.fingerprint:
        return True
    earlier = rules_from(stored.document, stored.name).program
    wanted = {table.name: table for table in opening_tables(program)}
    return not find_wrong_openings(replace(earlier, tables=earlier.tables | wanted), {})
