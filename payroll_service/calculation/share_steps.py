"""A share (分配) by the column: members, weights, vetoes, and where a pool goes that nobody has a claim on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from payroll_service.calculation.applicability import applicable, flagged
from payroll_service.calculation.arithmetic import conformed
from payroll_service.calculation.groups import Receivers, received
from payroll_service.calculation.limits import affordable, clamp, limits
from payroll_service.calculation.outcome import Pools, Withheld
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.shares import Rank, shares
from payroll_service.calculation.sheets import Fault
from payroll_service.calculation.statuses import MISSING, OK, REPORTED, flags, kept, merged, only
from payroll_service.calculation.ties import rank
from payroll_service.calculation.tracing import array_of, filled, operation, perhaps_any
from payroll_service.calculation.vectors import Vector, cleared, fits, narrow, spread, wide
from payroll_service.calculation.vetoes import Hit, to_pool, withheld_by
from rules.language.program import FEN, Share

NEGATIVE_WEIGHT = Fault("分配的权重为负数", "请核对算出权重的数据")
NEGATIVE_POOL = Fault("要分配的总额为负数", "请核对汇入这笔总额的数据")
NOBODY = Fault("总额不为 0，却没有可以平均分给的人", "请核对名单与否决；或把 无权重 写成 退回 某资金")


@dataclass(frozen=True)
class Shared:
    """A share's column (before vetoes that send money to a fund), its pools, and what pool vetoes took."""

    column: Vector
    pools: Pools
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True)
class Claims:
    """`data` × `scale`: the weight of every row, 0 for those without a claim; `members`, `claiming`, `vetoed` by row."""

    data: np.ndarray
    scale: Fraction
    high: int
    members: np.ndarray
    claiming: np.ndarray
    vetoed: np.ndarray | None
    status: np.ndarray | None  # of the finished column: missing, or an error already reported
    lifted: np.ndarray | None  # the weights vetoed rows would have had


def share(scope: Scope, step: Share, found: list[Hit]) -> Shared:
    grouping = scope.sheet.grouping(step.table, step.path)
    pool, present = _pool(scope, step)
    claims = _claims(scope, step, grouping, present, to_pool(found, scope.size))
    weights, _, _ = grouping.sums(claims.data, 0, claims.high)
    handed, high = claims.data, claims.high
    if step.fallback is None and (weights == 0).any():
        handed, high = _equal(scope, step, grouping, claims, pool.data, weights), max(high, 1)
    if step.lower is None and step.upper is None:
        data = shares(pool.data, handed, grouping, (pool.high, high), _ties(scope, step))
        nobody = weights == 0 if step.fallback is not None else filled(grouping.size, False)
        returned = kept(pool.data, nobody)
    else:
        data, returned = _within_limits(scope, step, grouping, claims.claiming, pool, (handed, high))
    column = Vector(data, pool.scale, 0, max(pool.high, 0), claims.status, clean=True)
    members = grouping.count(claims.members)
    total, _, _ = grouping.sums(data, 0, max(pool.high, 0))
    pools = Pools(
        step.table, step.name, step.pool_table, step.pool.column,
        pool.data, total, returned, members, weights, claims.scale, step.fallback,
        present == OK, step.excess, step.trial,
    )  # fmt: skip
    return Shared(column, pools, _withheld(found, claims, grouping, pool.data, weights))


def _within_limits(
    scope: Scope,
    step: Share,
    grouping: Receivers,
    claiming: np.ndarray,
    pool: Vector,
    weights: tuple[np.ndarray, int],
) -> tuple[np.ndarray, np.ndarray]:
    """What every row gets, and what is left of every pool. `weights`: by row, with their bound."""
    bounds = pool.high, weights[1]
    given = affordable(scope, step, pool.data, limits(scope, step, pool.scale, claiming), grouping)
    clamped = clamp(pool.data, weights[0], bounds, given, grouping)
    taking, _, _ = grouping.sums(clamped.free, 0, bounds[1])
    left = kept(clamped.rest, taking == 0)
    data = clamped.fixed + shares(clamped.rest - left, clamped.free, grouping, bounds, _ties(scope, step))
    return narrow(data, 0, bounds[0]), narrow(left, 0, bounds[0])


def _pool(scope: Scope, step: Share) -> tuple[Vector, np.ndarray]:
    """The pools in whole units, 0 where there is none; and the status of every pool."""
    pools = scope.on(step.pool_table)
    v = pools.full(step.pool)
    v = v.with_status(merged(applicable(pools, step.pool_where, step.name).status, v.status))
    unit = FEN if step.pool.type.unit.is_money else (step.pool.type.step or FEN)
    v = conformed(cleared(v), unit)
    assert v.scale == unit, "a pool is whole: the checker lets nothing else be shared"
    if v.low < 0:
        v = flagged(v, v.data < 0, scope.sheet.fault(NEGATIVE_POOL))
    v = scope.sheet.settled(step.pool_table, step.name, v, needed=False)
    if v.status is None:
        return v, array_of(v.data != v.data).astype(np.int8)
    data = kept(v.data, v.status == OK)
    return replace(v, data=data, status=None, low=0, high=max(v.high, 0)), v.status


def _claims(
    scope: Scope, step: Share, grouping: Receivers, pool_status: np.ndarray, vetoed: np.ndarray | None
) -> Claims:
    where = applicable(scope, step.where, step.name)
    status = _row_status(grouping, pool_status, where.status)
    members = filled(scope.size, True) if status is None else status == OK
    weight = spread(cleared(scope.vector(step.weight)), scope.size)
    if weight.low < 0:
        weight = flagged(weight, weight.data < 0, scope.sheet.fault(NEGATIVE_WEIGHT))
    claiming = members if vetoed is None else members & ~vetoed
    seen = None if weight.status is None else only(weight.status, claiming)
    settled = scope.sheet.settled(step.table, step.name, weight.with_status(seen))
    if settled.status is not None and settled.status.any():
        claiming = claiming & (settled.status == OK)
        status = merged(flags(settled.status != OK, REPORTED), status)
    weighing = filled(scope.size, True) if weight.status is None else weight.status == OK
    as_it_is = weight.clean and (claiming is weighing or not perhaps_any(weighing & ~claiming))
    data = weight.data if as_it_is else kept(weight.data, claiming)
    lifted = None
    if vetoed is not None:
        known = members & vetoed if weight.status is None else members & vetoed & (weight.status == OK)
        lifted = kept(weight.data, known)
    return Claims(data, weight.scale, max(weight.high, 0), members, claiming, vetoed, status, lifted)


def _row_status(grouping: Receivers, pool_status: np.ndarray, where: np.ndarray | None) -> np.ndarray | None:
    """What a row is by its pool and the share's condition: OK for members (None: all are)."""
    status: np.ndarray | None = None
    if grouping.nowhere or pool_status.any():
        status = merged(flags(grouping.rows < 0, MISSING), received(pool_status, grouping))
    return merged(status, where)


def _equal(
    scope: Scope, step: Share, grouping: Receivers, claims: Claims, pool: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """平均: where all weights of a pool are zero, one for every member without a veto."""
    able = claims.members if claims.vetoed is None else claims.members & ~claims.vetoed
    nobody = np.flatnonzero((weights == 0) & (pool != 0) & (grouping.count(able) == 0))
    scope.sheet.report(step.pool_table, step.name, nobody, NOBODY)
    equal = able & received(weights == 0, grouping)
    return array_of(claims.data + equal)


def _ties(scope: Scope, step: Share) -> list[Rank]:
    return [rank(scope, tie) for tie in step.ties]


def _withheld(
    found: list[Hit], claims: Claims, grouping: Receivers, pool: np.ndarray, weights: np.ndarray
) -> tuple[Withheld, ...]:
    """What each vetoed row would have got alone: pool × its weight ÷ (all weights and its own), cut to the unit."""
    taken: list[Withheld] = []
    for hit in found:
        if not hit.effect.fund:
            rows = hit.rows & claims.members
            assert claims.lifted is not None, "a veto that shares on has lifted weights"
            amount = _alone(rows, claims.lifted, grouping.rows, pool, weights, claims.high)
            taken.append(withheld_by(hit.effect, rows, amount))
    return tuple(taken)


@operation
def _alone(
    rows: np.ndarray,
    lifted: np.ndarray,
    pools_of: np.ndarray,
    pool: np.ndarray,
    weights: np.ndarray,
    high: int,
) -> np.ndarray:
    amount = np.zeros(len(rows), np.int64)
    places = np.flatnonzero(rows)
    if not len(places):
        return amount
    own, amounts, others = lifted[places], pool[pools_of[places]], weights[pools_of[places]]
    most = int(pool.max())
    if not fits(most * high):
        amounts, own, others = wide(amounts), wide(own), wide(others)
    amount[places] = narrow(amounts * own // np.maximum(own + others, 1), 0, most)
    return amount
