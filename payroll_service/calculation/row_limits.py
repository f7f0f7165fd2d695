"""Floors and ceilings of a share on single rows: the one factor, found between the points where rows meet a limit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from payroll_service.calculation.exact import added
from payroll_service.calculation.outcome import CalculationError, RowProblem
from payroll_service.calculation.row_expressions import RowFault, number
from rules.language.program import Node, Share
from rules.language.render import value_text

if TYPE_CHECKING:
    from payroll_service.calculation.rows import RowEvaluator


@dataclass(frozen=True)
class Limit:
    """What a row gets at least, and at most (None: without end), in 元."""

    lower: Fraction
    upper: Fraction | None

    def hold(self, due: Fraction) -> Fraction:
        due = max(due, self.lower)
        return due if self.upper is None else min(due, self.upper)


def limits(rows: RowEvaluator, step: Share, members: list[int]) -> dict[int, Limit]:
    """The limits of every member; every row whose limits are wrong is named."""
    found: dict[int, Limit] = {}
    problems: list[RowProblem] = []
    rows.foresee(step.table, members, step.lower, step.upper)
    for row in members:
        try:
            found[row] = _limit(rows, step, row)
        except RowFault as fault:
            problems.append(rows.problem(fault, step.table, step.name, row))
    if problems:
        raise CalculationError(problems)
    return found


def _limit(rows: RowEvaluator, step: Share, row: int) -> Limit:
    lower = _amount(rows, step, step.lower, row)
    upper = _amount(rows, step, step.upper, row)
    if lower is not None and upper is not None and lower > upper:
        told = f"{value_text(lower, step.type)}高于至多 {value_text(upper, step.type)}"
        raise RowFault(f"分配的至少 {told}", "请核对这一行的两个数")
    return Limit(lower or Fraction(0), upper)


def _amount(rows: RowEvaluator, step: Share, node: Node | None, row: int) -> Fraction | None:
    if node is None:
        return None
    amount = number(rows.evaluate(node, step.table, row))
    if amount is None:
        raise RowFault("没有分配的至少或至多：有空缺的数据", "请补齐计算它所用的数据")
    if amount < 0:
        raise RowFault(f"分配的至少或至多为负：{value_text(amount, node.type)}", "请核对计算它所用的数据")
    return amount


def dues_within(
    amount: Fraction, weights: Mapping[int, Fraction], given: Mapping[int, Limit]
) -> dict[int, Fraction]:
    """factor × weight, held within each row's limits, adding up to the amount; or to all ceilings if that is less.

    The floors add up to no more than the amount.
    """
    weighing = {row: weight for row, weight in weights.items() if weight}
    limits = {Fraction(0)}
    for row, weight in weighing.items():
        upper = given[row].upper
        limits |= {given[row].lower / weight} | (set() if upper is None else {upper / weight})
    points = sorted(limits)

    def at(factor: Fraction) -> Fraction:
        return added(given[row].hold(factor * weight) for row, weight in weights.items())

    place = bisect_left(points, amount, key=at)
    factor = points[min(place, len(points) - 1)]
    got = at(factor)
    if got < amount:
        endless = added(weight for row, weight in weighing.items() if given[row].upper is None)
        factor += (amount - got) / endless if endless else 0
    elif got > amount:
        low = points[place - 1]
        less = at(low)
        factor = low + (factor - low) * (amount - less) / (got - less)
    return {row: given[row].hold(factor * weight) for row, weight in weights.items()}
