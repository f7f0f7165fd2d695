"""Everything a run calculates, by the row interpreter: to be compared with the columns' outcome fen by fen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TypeVar

from payroll_service.calculation.frames import build_frames, extend_frames
from payroll_service.calculation.made_values import values_from
from payroll_service.calculation.outcome import CalculationError, RowProblem
from payroll_service.calculation.row_shares import SharedPool, spared
from payroll_service.calculation.row_steps import stranded
from payroll_service.calculation.rows import RowEvaluator
from payroll_service.snapshot.tables import Snapshot
from rules.language.needs import Needs, stages
from rules.language.period import Period
from rules.language.plan import ColumnId, Plan, emptied_by, made_by, plan
from rules.language.program import Check, Gather, Payment, Program, Return, Share, Split, Step, VetoEffect
from rules.language.render import Value

T = TypeVar("T")


@dataclass(frozen=True)
class SecondOpinion:
    """Values by row, money in 元."""

    columns: dict[ColumnId, list[Value]]
    pools: dict[ColumnId, list[SharedPool]]
    returned: dict[tuple[str, str, str], list[Fraction]]  # table, column, fund
    withheld: dict[tuple[str, str, str], list[Fraction]]  # veto, table, column
    accruals: dict[ColumnId, Fraction]
    failures: dict[str, list[int]]  # check -> rows where it does not hold
    roster: dict[str, list[int]]  # roster rule -> rows where it holds


def second_opinion(program: Program, snapshot: Snapshot, period: Period) -> SecondOpinion:
    """Calculate one run row by row. Raises CalculationError with every row of the first step that fails."""
    frames = build_frames(program, snapshot, period)
    rows = RowEvaluator(program, frames, period)
    due = plan(program, period.kind)
    columns: dict[ColumnId, list[Value]] = {}
    pools: dict[ColumnId, list[SharedPool]] = {}
    for steps in stages(program, due.steps):
        for step in steps:
            _take(rows, step, columns, pools)
        if Needs(program).any:
            made = {name: partial(values_from, found, program.types[name]) for name, found in columns.items()}
            extend_frames(program, snapshot, period, frames, made)
    return SecondOpinion(
        columns,
        pools,
        returned={
            (back.table, back.source.column, back.fund): _money(rows, back.table, back.source.column)
            for back in due.returns
        },
        withheld=_withheld(rows, due),
        accruals={column: _accrued(rows, due, column) for column, _ in due.accruals},
        failures={check.name: _failures(rows, check) for check in due.checks},
        roster=_roster(rows, due),
    )


def _take(
    rows: RowEvaluator,
    step: Step,
    columns: dict[ColumnId, list[Value]],
    pools: dict[ColumnId, list[SharedPool]],
) -> None:
    """One step on every row."""
    if isinstance(step, Gather) and (problems := stranded(rows, step)):
        raise CalculationError(problems)
    if isinstance(step, Share):
        every = range(rows.frames[step.pool_table].size)
        pools[step.table, step.name] = _each(every, partial(rows.shared_pool, step))
    for table, column in made_by(step):
        every = range(rows.frames[table].size)
        columns[table, column] = _each(every, partial(rows.value, table, column))


def _each(rows: Iterable[int], act: Callable[[int], T]) -> list[T]:
    """The value of every row, or the problems of all rows."""
    values: list[T] = []
    problems: set[RowProblem] = set()
    for row in rows:
        try:
            values.append(act(row))
        except CalculationError as error:
            problems.update(error.problems)
    if problems:
        raise CalculationError(sorted(problems, key=lambda problem: (problem.table, problem.key)))
    return values


def _money(rows: RowEvaluator, table: str, column: str) -> list[Fraction]:
    values = (rows.value(table, column, row) for row in range(rows.frames[table].size))
    return [value if isinstance(value, Fraction) else Fraction(0) for value in values]


def _accrued(rows: RowEvaluator, due: Plan, pocket: ColumnId) -> Fraction:
    """What this run leaves in a pocket: the rows that none of its steps, returns and payments empties."""
    things = [thing for thing in (*due.steps, *due.returns, *due.payments) if emptied_by(thing) == pocket]
    amounts = _money(rows, *pocket)
    return sum((amount for row, amount in enumerate(amounts) if not _emptied(rows, things, row)), Fraction(0))


def _emptied(rows: RowEvaluator, things: Sequence[Step | Return | Payment], row: int) -> bool:
    for thing in things:
        if isinstance(thing, Split | Share):
            where = thing.where if isinstance(thing, Split) else thing.pool_where
            if rows.holds(where, emptied_by(thing)[0], row):  # type: ignore[index]
                return True
            continue
        if not isinstance(thing, Gather):
            return True
        end = rows.follow(thing.source_table, thing.path, row)
        if end >= 0 and rows.holds(thing.where, thing.table, end):
            return True
    return False


def _withheld(rows: RowEvaluator, due: Plan) -> dict[tuple[str, str, str], list[Fraction]]:
    made = {column: step for step in due.steps for column in made_by(step)}
    return {
        (veto.name, veto.table, veto.column): [
            _taken(rows, made[veto.table, veto.column], veto, row)
            for row in range(rows.frames[veto.table].size)
        ]
        for veto in rows.program.vetoes
        if (veto.table, veto.column) in made
    }


def _taken(rows: RowEvaluator, step: Step, veto: VetoEffect, row: int) -> Fraction:
    """What a veto took from a row: the amount that went to its fund, or what the row would have got of its pool."""
    before = rows.before_vetoes(veto.table, veto.column, row)
    if not isinstance(before, Fraction) or rows.veto_on(veto.table, veto.column, row) is not veto:
        return Fraction(0)
    if veto.fund:
        return before
    assert isinstance(step, Share), "only shares have a pool to go back to"
    return spared(rows, step, row)


def _failures(rows: RowEvaluator, check: Check) -> list[int]:
    """The rows in the check's reach on which its condition is not true."""
    return [
        row
        for row in range(rows.frames[check.table].size)
        if rows.holds(check.where, check.table, row) and not rows.holds(check.condition, check.table, row)
    ]


def _roster(rows: RowEvaluator, due: Plan) -> dict[str, list[int]]:
    if rows.program.roster is None:
        return {}
    table = rows.program.roster.table
    every = range(rows.frames[table].size)
    return {
        rule.name: [row for row in every if rows.holds(rule.condition, table, row)] for rule in due.roster
    }
