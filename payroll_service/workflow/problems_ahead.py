"""What a run of a period would refuse, told beforehand in the clerk's own cells: rows that lack, checks that must hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from payroll_service.calculation.outcome import CalculationError, Finding, RowProblem
from payroll_service.errors import UnsoundInput
from payroll_service.snapshot.places import Places
from payroll_service.snapshot.tables import Problem
from payroll_service.workflow.calculate_period import Calculation, calculate_period
from payroll_service.workflow.lacking_rows import lacking_rows
from payroll_service.workflow.read_input import SoundInput, read_input
from rules.language.period import Period
from rules.language.program import Program, Read
from rules.language.walking import walk

MUST = "必须"


def read_for_periods(program: Program, source: Path | bytes, periods: Sequence[Period]) -> SoundInput:
    """As `read_input`; UnsoundInput is raised, too, with what a run of these periods would refuse, each told once."""
    try:
        sound = read_input(program, source)
    except UnsoundInput as unsound:
        ahead = [each for period in periods for each in problems_lacking(program, unsound, period)]
        raise UnsoundInput([*unsound.problems, *dict.fromkeys(ahead)], unsound.tables) from None
    ahead = [each for period in periods for each in _refused(program, sound, period)]
    if ahead:
        raise UnsoundInput([*sound.hints, *dict.fromkeys(ahead)], sound.tables)
    return sound


def problems_lacking(program: Program, unsound: UnsoundInput, period: Period) -> list[Problem]:
    """Rows that rules of the period do not find among those that are sound."""
    places = Places(program, unsound.tables)
    lacking = lacking_rows(program, unsound.tables, unsound.problems, period)
    return [as_problem(each, places) for each in lacking]


def _refused(program: Program, sound: SoundInput, period: Period) -> list[Problem]:
    try:
        calculation = calculate_period(program, sound.snapshot, period)
    except CalculationError as error:
        places = Places(program, sound.tables)
        return [as_problem(each, places) for each in error.problems]
    return list(problems_stopping(calculation, sound))


def problems_stopping(calculation: Calculation, sound: SoundInput) -> Iterator[Problem]:
    """Why a calculation may not be paid: checks that must hold, row by row; then the other laws."""
    places = Places(calculation.program, sound.tables)
    for finding in calculation.outcome.findings:
        if finding.level == MUST:
            yield _unmet(calculation.program, finding, places)
    for check in calculation.broken:
        if not check.name.startswith(MUST):
            told = f"期间 {calculation.outcome.period}，{check.name}：应为 {check.expected}，实为 {check.actual}。{check.detail}"
            yield Problem("", "", "", "平衡", told, "请按说明核对数据")


def as_problem(each: RowProblem, places: Places | None = None) -> Problem:
    """A row that could not be calculated, in the form of a problem of the workbook, in its cell if that is known."""
    sheet, cell = places.cell(each.table, each.key, each.column) if places else ("", "")
    message = f"{'、'.join(each.key)}：{each.message}"
    return Problem(sheet or each.table, cell, each.column, "无法计算", message, each.remedy)


def _unmet(program: Program, finding: Finding, places: Places) -> Problem:
    """In the first column of the row that the check looks at, else in the row's key."""
    check = next(one for one in program.checks if one.name == finding.check)
    read = (
        node for _, node in walk(check.condition, check.table) if isinstance(node, Read) and not node.path
    )
    column = next((node.column for node in read), "")
    sheet, cell = places.cell(finding.table, finding.key, column)
    message, remedy = f"{finding.check}：{finding.sentence}", f"请核对这一行，改到“{finding.check}”成立"
    if finding.basis:
        remedy += f"（{finding.basis}）"
    return Problem(sheet or finding.table, cell, column, MUST, message, remedy)
