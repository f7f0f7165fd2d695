"""Pools handed out on single rows: who takes part, with what weight, and who is in line for the last fen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor
from typing import TYPE_CHECKING, Any

from payroll_service.calculation.exact import added, cut_dues, largest_remainder
from payroll_service.calculation.outcome import CalculationError, RowProblem
from payroll_service.calculation.row_expressions import RowFault, number
from payroll_service.calculation.row_limits import Limit, dues_within, limits
from rules.language.period import Period
from rules.language.program import CHOICE, FEN, Share, Tie
from rules.language.render import Value, value_text

if TYPE_CHECKING:
    from payroll_service.calculation.rows import RowEvaluator


@dataclass(frozen=True)
class SharedPool:
    """One pool handed out, in 元. `weights` by member; `line`: members in the order in which the `left` last fen go round."""

    amount: Fraction
    weights: dict[int, Fraction]
    amounts: dict[int, Fraction]
    line: tuple[int, ...] = ()
    left: int = 0
    returned: Fraction = Fraction(0)
    equally: bool = False
    dues: Mapping[int, Fraction] | None = None  # of a share with limits
    limits: Mapping[int, Limit] | None = None

    @cached_property
    def counted(self) -> dict[int, Fraction]:
        """The weights that counted: those of the line; one each where the pool was shared equally."""
        return {row: Fraction(1) if self.equally else self.weights[row] for row in self.line}

    @cached_property
    def total(self) -> Fraction:
        """The sum of the weights that counted."""
        return added(self.counted.values())

    @cached_property
    def weight(self) -> Fraction:
        """All weights together."""
        return added(self.weights.values())

    def claims(self, row: int) -> tuple[Fraction | None, ...]:
        """What decides a member's part: its weight, and its limits as far as there are any."""
        limit = None if self.limits is None else self.limits[row]
        return (self.weights[row], *((None, None) if limit is None else (limit.lower, limit.upper)))

    def due(self, row: int) -> Fraction:
        """The exact share of a member before it is cut to whole fen."""
        if self.dues is not None:
            return self.dues.get(row, Fraction(0))
        return self.amount * self.counted[row] / self.total if row in self.counted else Fraction(0)


def share(rows: RowEvaluator, step: Share, name: str, row: int) -> Value:
    pool_row = rows.follow(step.table, step.path, row)
    if pool_row < 0:
        return None
    return rows.shared_pool(step, pool_row).amounts.get(row)


def hand_out(rows: RowEvaluator, step: Share, pool_row: int) -> SharedPool:
    """Share the pool of one row of its table; without members if there is no pool, or it is not this share's."""
    if not rows.holds(step.pool_where, step.pool_table, pool_row):
        return SharedPool(Fraction(0), {}, {})
    amount = number(rows.evaluate(step.pool, step.pool_table, pool_row))
    if amount is None:
        return SharedPool(Fraction(0), {}, {})
    if amount < 0:
        raise RowFault(f"要分配的「{step.pool.column}」为负", "请核对汇集到这里的金额")
    below = rows.members(step.table, step.path, pool_row)
    rows.foresee(step.table, below, step.where, step.weight, *rows.veto_conditions(step))
    members = [row for row in below if rows.holds(step.where, step.table, row)]
    vetoed = {row for row in members if rows.barred(step, row)}
    weights = _weights(rows, step, members, vetoed)
    equally = not any(weights.values())
    if step.lower is not None or step.upper is not None:
        served = [row for row in members if row not in vetoed]
        return _within_limits(rows, step, amount, weights, served)
    if equally and step.fallback is not None:
        nothing = dict.fromkeys(members, Fraction(0))
        return SharedPool(amount, weights, nothing, returned=amount)
    served = (
        [row for row in members if row not in vetoed] if equally else [row for row in members if weights[row]]
    )
    if not served:
        if amount:
            raise RowFault(
                f"「{step.pool.column}」{value_text(amount, step.pool.type)}没有可以分配的对象", "请核对数据"
            )
        return SharedPool(amount, weights, dict.fromkeys(members, Fraction(0)))
    counted = {row: Fraction(1) if equally else weights[row] for row in served}
    cut = largest_remainder(int(amount / FEN), counted, _in_line(rows, step, served))
    amounts = {row: cut.units.get(row, 0) * FEN for row in members}
    return SharedPool(amount, weights, amounts, cut.line, cut.left, equally=equally)


def spared(rows: RowEvaluator, step: Share, row: int) -> Fraction:
    """What a vetoed member would have got had it alone been spared, cut to the fen; 0 where its weight is not sound."""
    pool = rows.shared_pool(step, rows.follow(step.table, step.path, row))
    try:
        weight = _weight(rows, step, row)
    except RowFault:
        return Fraction(0)
    together = pool.weight + weight
    return floor(pool.amount * weight / together / FEN) * FEN if together else Fraction(0)


def _within_limits(
    rows: RowEvaluator, step: Share, amount: Fraction, weights: dict[int, Fraction], served: list[int]
) -> SharedPool:
    """Share between floors and ceilings; `served` are the members without a veto."""
    given = limits(rows, step, served)
    equally = step.fallback is None and not any(weights.values())
    floors = added(given[row].lower for row in served)
    if floors > amount or (amount and equally and not served):
        told = f"不够各行的至少之和 {value_text(floors, step.type)}" if served else "没有可以分配的对象"
        raise RowFault(
            f"「{step.pool.column}」{value_text(amount, step.pool.type)}{told}", "请核对总额和规则里的 至少"
        )
    dues = dues_within(amount, {row: Fraction(1) if equally else weights[row] for row in served}, given)
    cut = cut_dues({row: due / FEN for row, due in dues.items()}, _in_line(rows, step, served))
    amounts = {row: cut.units.get(row, 0) * FEN for row in weights}
    rest = amount - added(amounts.values())
    return SharedPool(amount, weights, amounts, cut.line, cut.left, rest, equally, dues, given)


def _weights(
    rows: RowEvaluator, step: Share, members: Sequence[int], vetoed: set[int]
) -> dict[int, Fraction]:
    """The weight of every member; every row whose weight is wrong is named."""
    weights: dict[int, Fraction] = {}
    problems: list[RowProblem] = []
    for row in members:
        try:
            weights[row] = Fraction(0) if row in vetoed else _weight(rows, step, row)
        except RowFault as fault:
            problems.append(rows.problem(fault, step.table, step.name, row))
    if problems:
        raise CalculationError(problems)
    return weights


def _weight(rows: RowEvaluator, step: Share, row: int) -> Fraction:
    weight = number(rows.evaluate(step.weight, step.table, row))
    if weight is None:
        raise RowFault("没有分配的权重：有空缺的数据", "请补齐计算权重所用的数据")
    if weight < 0:
        raise RowFault(f"权重为负：{value_text(weight, step.weight.type)}", "请核对计算权重所用的数据")
    return weight


def _in_line(rows: RowEvaluator, step: Share, served: list[int]) -> list[int]:
    """The order in which equal remainders are served: ties from the first, then the key. Missing values come last."""
    line = sorted(served)
    rows.foresee(step.table, line, *(tie.node for tie in step.ties))
    for tie in reversed(step.ties):
        values = {row: rows.evaluate(tie.node, step.table, row) for row in line}
        known = [row for row in line if values[row] is not None]
        known.sort(key=lambda row: _rank(tie, values[row]), reverse=tie.descending)
        line = known + [row for row in line if values[row] is None]
    return line


def _rank(tie: Tie, value: Value) -> Any:
    """What orders a tie's values: choices as declared, periods by their first month, others by value."""
    if isinstance(value, Period):
        return value.start
    return tie.node.type.options.index(str(value)) if tie.node.type.kind == CHOICE else value
