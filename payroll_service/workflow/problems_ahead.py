"""What a run of a period would refuse, told beforehand in the clerk's own cells: rows that lack, checks that must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from payroll_service.calculation.outcome import CalculationError, RowProblem
from payroll_service.errors import UnsoundInput
from payroll_service.snapshot.places import Places
from payroll_service.snapshot.tables import Problem
from payroll_service.workflow.calculate_period import Calculation, calculate_period
from payroll_service.workflow.checks_ahead import MUST, checks_ahead, unmet
from payroll_service.workflow.lacking_rows import SoundPart, lacking_rows, sound_part
from payroll_service.workflow.read_input import SoundInput, read_input
from payroll_service.workflow.rows_wanted import rows_wanted
from rules.language.period import Period
from rules.language.program import Program


def read_for_periods(program: Program, source: Path | bytes, periods: Sequence[Period]) -> SoundInput:
    """As `read_input`; UnsoundInput is raised, too, with what a run of these periods would refuse, each told once."""
    return foreseen(program, lambda: read_input(program, source), periods)


def foreseen(program: Program, read: Callable[[], SoundInput], periods: Sequence[Period]) -> SoundInput:
    """What `read` gives. Raises UnsoundInput where it does, and where a run of one of these periods would be refused."""
    try:
        sound = read()
    except UnsoundInput as unsound:
        ahead = [each for period in periods for each in problems_ahead(program, unsound, period)]
        raise UnsoundInput([*unsound.problems, *dict.fromkeys(ahead)], unsound.tables) from None
    ahead = [each for period in periods for each in _refused(program, sound, period)]
    if ahead:
        raise UnsoundInput([*sound.hints, *dict.fromkeys(ahead)], sound.tables)
    return sound


def problems_ahead(program: Program, unsound: UnsoundInput, period: Period) -> list[Problem]:
    """What a run of the period would refuse next, beside the errors: rows that lack, checks that do not hold."""
    part = sound_part(program, unsound.tables, unsound.problems)
    lacking = lacking_rows(program, part, period)
    places = Places(program, unsound.tables)
    told = [as_problem(each, places) for each in lacking]
    told += rows_wanted(program, part, unsound.problems, period)
    return told + checks_ahead(program, part, unsound.problems, lacking, period)


def problems_refused(
    program: Program, sound: SoundInput, error: CalculationError, period: Period
) -> list[Problem]:
    """Why a period cannot be calculated though every cell is sound; and checks that do not hold, whatever is added."""
    places = Places(program, sound.tables)
    told = [as_problem(each, places) for each in error.problems]
    part = SoundPart(sound.tables, sound.tables, sound.snapshot)
    return told + checks_ahead(program, part, (), error.problems, period)


def _refused(program: Program, sound: SoundInput, period: Period) -> list[Problem]:
    try:
        calculation = calculate_period(program, sound.snapshot, period)
    except CalculationError as error:
        return problems_refused(program, sound, error, period)
    return list(problems_stopping(calculation, sound))


def problems_stopping(calculation: Calculation, sound: SoundInput) -> Iterator[Problem]:
    """Why a calculation may not be paid: checks that must hold, row by row; then the other laws."""
    places = Places(calculation.program, sound.tables)
    for finding in calculation.outcome.findings:
        if finding.level == MUST:
            yield unmet(calculation.program, finding, places)
    for check in calculation.broken:
        if not check.name.startswith(MUST):
            told = f"期间 {calculation.outcome.period}，{check.name}：应为 {check.expected}，实为 {check.actual}。{check.detail}"
            yield Problem("", "", "", "平衡", told, "请按说明核对数据")


def as_problem(each: RowProblem, places: Places | None = None) -> Problem:
    """A row that could not be calculated, in the form of a problem of the workbook, in its cell if that is known."""
    sheet, cell = places.cell(each.table, each.key, each.column) if places else ("", "")
    message = f"{'、'.join(each.key)}：{each.message}"
    return Problem(sheet or each.table, cell, each.column, "无法计算", message, each.remedy)
