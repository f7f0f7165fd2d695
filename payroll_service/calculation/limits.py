"""Floors and ceilings of a share by the column: 至少, 至多, and the one factor that makes the pool come out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from payroll_service.calculation.applicability import flagged
from payroll_service.calculation.arithmetic import conformed
from payroll_service.calculation.groups import Receivers, received
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.sheets import Fault
from payroll_service.calculation.statuses import OK, kept, only
from payroll_service.calculation.vectors import Vector, cleared, fits, spread, wide
from rules.language.program import Node, Share

NEGATIVE_LIMIT = Fault("分配的至少或至多为负数", "请核对算出它的数据")
CROSSED = Fault("分配的至少高于至多", "请核对这一行的两个数")
FLOORS = Fault("总额不够各行的至少之和", "请核对总额，或降低规则里的 至少")


@dataclass(frozen=True)
class Limits:
    """By row, in whole units of the pool; without claim 0. `upper` None: no ceiling. `high`: a bound of all."""

    lower: np.ndarray
    upper: np.ndarray | None
    high: int


@dataclass(frozen=True)
class Clamped:
    """What rows get that stay at a limit, and for the others their weights; `rest` by pool is for these to share."""

    fixed: np.ndarray
    free: np.ndarray
    rest: np.ndarray


def limits(scope: Scope, step: Share, unit: Fraction, claiming: np.ndarray) -> Limits:
    """The limits of all rows with a claim; what is wrong with them is reported."""
    lower = _limit(scope, step, step.lower, unit, claiming)
    if step.upper is None:
        return Limits(lower.data, None, lower.high)
    upper = _limit(scope, step, step.upper, unit, claiming)
    crossed = np.flatnonzero(lower.data > upper.data)
    scope.sheet.report(step.table, step.name, crossed, CROSSED)
    return Limits(np.minimum(lower.data, upper.data), upper.data, max(lower.high, upper.high))


def _limit(scope: Scope, step: Share, node: Node | None, unit: Fraction, claiming: np.ndarray) -> Vector:
    if node is None:
        return Vector(np.zeros(scope.size, np.int64), unit, 0, 0)
    v = conformed(spread(cleared(scope.vector(node)), scope.size), unit)
    assert v.scale == unit, "limits are whole: the checker lets nothing else be one"
    if v.low < 0:
        v = flagged(v, v.data < 0, scope.sheet.fault(NEGATIVE_LIMIT))
    seen = None if v.status is None else only(v.status, claiming)
    v = scope.sheet.settled(step.table, step.name, v.with_status(seen))
    sound = claiming if v.status is None else claiming & (v.status == OK)
    return Vector(np.maximum(kept(v.data, sound), 0), unit, 0, max(v.high, 0))


def affordable(scope: Scope, step: Share, pools: np.ndarray, given: Limits, grouping: Receivers) -> Limits:
    """The limits; floors that a pool cannot pay are reported, and then none counts: the run is refused."""
    floors, _, _ = grouping.sums(given.lower, 0, given.high)
    short = floors > pools
    scope.sheet.report(step.pool_table, step.name, np.flatnonzero(short), FLOORS)
    if not short.any():
        return given
    return Limits(np.zeros_like(given.lower), given.upper, given.high)


def clamp(
    pools: np.ndarray, weights: np.ndarray, bounds: tuple[int, int], given: Limits, grouping: Receivers
) -> Clamped:
    """Each row's due is factor × weight, but within its limits: find the rows at a limit, pool by pool.

    With the factor of those still free, rows below their floor and rows above their ceiling are counted against each
    other: if the floors weigh more, the factor will only fall, and the rows below stay at their floor; and the other
    way round. Ends when no row is beyond a limit. `bounds`: of pools and weights; floors never exceed a pool.
    """
    upper = given.upper
    _, _, most = grouping.sums(weights, 0, bounds[1])
    _, _, crossed = grouping.sums(weights, 0, (bounds[0] + given.high) * max(most, 1))
    if not fits(crossed):
        pools, weights, lower = wide(pools), wide(weights), wide(given.lower)
        upper = None if upper is None else wide(upper)
    else:
        lower = given.lower
    free = weights > 0
    fixed = kept(lower, ~free)
    while True:
        given_out, _, _ = grouping.sums(fixed, 0, given.high)
        rest = pools - given_out
        free_weights = kept(weights, free)
        total, _, _ = grouping.sums(free_weights, 0, bounds[1])
        due, by = received(rest, grouping) * free_weights, received(total, grouping)
        short = kept(np.maximum(lower * by - due, 0), free)
        over = np.zeros_like(short) if upper is None else kept(np.maximum(due - upper * by, 0), free)
        below, above = short > 0, over > 0
        if not (below.any() or above.any()):
            return Clamped(fixed, free_weights, rest)
        lifted, _, _ = grouping.sums(short, 0, crossed)
        lowered, _, _ = grouping.sums(over, 0, crossed)
        below &= received(lifted >= lowered, grouping)
        above &= received(lowered >= lifted, grouping)
        fixed = np.asarray(fixed + kept(lower, below))
        if upper is not None:
            fixed = np.asarray(fixed + kept(upper, above))
        free &= ~(below | above)
