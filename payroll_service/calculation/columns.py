"""The column evaluator: a program, a snapshot and a period give an outcome, whole columns at a time.

Exact to the last fen at every size: integers with static scales, as wide as their bounds ask. `COLUMN_PRIMITIVES`
lists what it can do; a test holds it against the language and against the second opinion in `rows`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from payroll_service.calculation.aggregates import AGGREGATES
from payroll_service.calculation.expressions import EXPRESSIONS, evaluate
from payroll_service.calculation.findings import find_violations
from payroll_service.calculation.frames import build_frames
from payroll_service.calculation.labels import key_texts
from payroll_service.calculation.outcome import (
    Accrual,
    CalculationError,
    Computed,
    Outcome,
    Pools,
    Returned,
    RosterMark,
    RowProblem,
    Withheld,
)
from payroll_service.calculation.rounding import ROUNDINGS
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.share_steps import share
from payroll_service.calculation.sheets import ColumnId, Sheet
from payroll_service.calculation.steps import formula, gather, split
from payroll_service.calculation.vectors import OK, Vector, fits, narrow, wide
from payroll_service.calculation.vetoes import fen_of, hits, to_funds
from payroll_service.snapshot.tables import Snapshot
from rules.language.period import Period
from rules.language.plan import Plan, emptied_by, plan
from rules.language.program import Formula, Gather, Program, Return, Share, Split, Step

MOST_PROBLEMS = 300  # named one by one; of the others only the number is told
SIMPLE_STEPS: dict[type, Callable[[Scope, Any], dict[str, Vector]]] = {
    Formula: formula,
    Split: split,
    Gather: gather,
}
COLUMN_PRIMITIVES: dict[type | str, Callable[..., Any]] = dict(
    [*EXPRESSIONS.items(), *SIMPLE_STEPS.items(), (Share, share), *AGGREGATES.items(), *ROUNDINGS.items()]
)


def calculate(program: Program, snapshot: Snapshot, period: Period) -> Outcome:
    """Everything a run of this period calculates. Same inputs, same outcome.

    Raises CalculationError naming every row (at most some hundreds) that cannot be calculated.
    """
    due = plan(program, period.kind)
    sheet = Sheet(program, build_frames(program, snapshot, period), period)
    made = run_steps(sheet, due)
    findings = tuple(
        finding for check in due.checks for finding in find_violations(made.on(check.table), check)
    )
    roster = tuple(_marks(made, program, due))
    if sheet.flaws:
        raise CalculationError(_problems(sheet))
    return Outcome(
        period=period,
        frames=sheet.frames,
        columns={name: _computed(sheet.columns[name]) for name in made.names},
        pools=tuple(made.pools),
        withheld=tuple(made.withheld),
        returned=tuple(_returned(made, back) for back in due.returns),
        accruals=tuple(_accruals(made, due)),
        findings=findings,
        roster=roster,
    )


@dataclass
class Made:
    """What the steps have made so far."""

    sheet: Sheet
    root: Scope | None = None
    names: list[ColumnId] = field(default_factory=list)
    pools: list[Pools] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)

    def on(self, table: str) -> Scope:
        if self.root is None:
            self.root = Scope(self.sheet, table, evaluate)
        return self.root.on(table)


def run_steps(sheet: Sheet, due: Plan) -> Made:
    """Every step in its order; vetoes take effect before anything reads what they hit."""
    made = Made(sheet)
    for step in due.steps:
        _run_step(made, step)
    return made


def _run_step(made: Made, step: Step) -> None:
    scope = made.on(step.table)
    if isinstance(step, Share):
        found = hits(scope, step.name)
        shared = share(scope, step, found)
        made.pools.append(shared.pools)
        made.withheld += shared.withheld
        columns = {step.name: shared.column}
    else:
        columns = SIMPLE_STEPS[type(step)](scope, step)
    for name, v in columns.items():
        v, taken = to_funds(found if isinstance(step, Share) else hits(scope, name), v)
        made.withheld += taken
        made.sheet.columns[step.table, name] = v
        made.names.append((step.table, name))


def _computed(v: Vector) -> Computed:
    data = v.data.astype(np.int64) if v.data.dtype == bool else narrow(v.data, v.low, v.high)
    if v.status is None or not v.status.any():
        return Computed(data, v.scale)
    missing = v.status != OK
    return Computed(np.where(missing, 0, data), v.scale, missing)


def _returned(made: Made, back: Return) -> Returned:
    v = made.on(back.table).full(back.source)
    amount = fen_of(v) if v.status is None else np.where(v.status == OK, fen_of(v), 0)
    return Returned(back.table, back.source.column, back.fund, amount)


def _accruals(made: Made, due: Plan) -> list[Accrual]:
    """What is in each pocket that a longer run will empty, less what this run's steps have taken out of it."""
    found: list[Accrual] = []
    for (table, name), when in due.accruals:
        left = _total(made.sheet.column(table, name))
        for thing in (*due.steps, *due.returns, *due.payments):
            if emptied_by(thing) == (table, name):
                left -= _gathered(made, thing) if isinstance(thing, Gather) else left
        if left:
            found.append(Accrual(table, name, when, left))
    return found


def _gathered(made: Made, step: Gather) -> int:
    return _total(made.sheet.column(step.table, step.name))


def _total(v: Vector) -> int:
    """The sum of a money column in fen."""
    data = fen_of(v) if v.status is None else np.where(v.status == OK, fen_of(v), 0)
    return int((data if fits(v.low * len(data), v.high * len(data)) else wide(data)).sum())


def _marks(made: Made, program: Program, due: Plan) -> list[RosterMark]:
    marks: list[RosterMark] = []
    for rule in due.roster:
        assert program.roster is not None, "only a roster has rules"
        scope = made.on(program.roster.table)
        condition = scope.holds(rule.condition)
        assert condition is not None, "a rule of the roster has a condition"
        made.sheet.settled(scope.table, rule.name, condition[1], needed=False)
        marks.append(RosterMark(rule.name, rule.kind, condition[0]))
    return marks


def _problems(sheet: Sheet) -> list[RowProblem]:
    named = [
        RowProblem(
            flaw.table,
            key_texts(sheet.program, sheet.frames, flaw.table, flaw.row),
            flaw.column,
            flaw.fault.message,
            flaw.fault.remedy,
        )
        for flaw in sheet.flaws[:MOST_PROBLEMS]
    ]
    more = len(sheet.flaws) - len(named)
    if more:
        named.append(
            RowProblem(
                "", (), "", f"另有 {more} 处同样不能计算，未逐一列出", "请先改正已列出的各行，再算一次"
            )
        )
    return named
