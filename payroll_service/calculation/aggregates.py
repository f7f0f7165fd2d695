"""合计, 平均, 最小, 最大, 计数, 任一, 最高n项, 去极端平均 over the rows that lead to a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np

from payroll_service.calculation.arithmetic import choose
from payroll_service.calculation.groups import Receivers, received
from payroll_service.calculation.places import places_from_top
from payroll_service.calculation.row_expressions import of_nothing
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.sheets import Fault
from payroll_service.calculation.statuses import MISSING, OK, flags, kept, merged, only, picked
from payroll_service.calculation.tracing import array_of, filled
from payroll_service.calculation.vectors import Vector, cleared, spread, yes_no
from rules.language.program import Aggregate

Included = np.ndarray | None  # bool by row, None: all


def aggregate(scope: Scope, node: Aggregate) -> Vector:
    """One value per row of the scope; skipped are rows where the condition does not hold or the value is missing."""
    inner = scope.on(node.table)
    grouping = scope.sheet.grouping(node.table, node.path)
    included, status = _included(inner, node)
    value = None
    if node.value is not None:
        value = spread(cleared(inner.vector(node.value)), inner.size)
        included, status = _with_value(included, status, value)
    result = AGGREGATES[node.op](node, grouping, value, included)
    nothing = result.status  # flagged where there was nothing to average, or to choose from
    if nothing is not None and node.if_none is not None:
        result = choose(yes_no(nothing != OK), scope.vector(node.if_none), replace(result, status=None))
    elif nothing is not None:
        result = result.with_status(flags(nothing != OK, scope.sheet.fault(Fault(*of_nothing(node)))))
    return result.with_status(merged(grouping.statuses(status), result.status))


def _included(inner: Scope, node: Aggregate) -> tuple[Included, np.ndarray | None]:
    """Where the condition holds; and its errors."""
    condition = inner.holds(node.where)
    return (None, None) if condition is None else (condition[0], condition[1].status)


def _with_value(
    included: Included, status: np.ndarray | None, value: Vector
) -> tuple[Included, np.ndarray | None]:
    """Where there is a value too; its errors count only where the condition holds."""
    if value.status is None:
        return included, status
    seen = value.status if included is None else only(value.status, included)
    present = value.status == OK
    return (present if included is None else included & present), merged(status, seen)


def _sum(node: Aggregate, grouping: Receivers, value: Vector | None, included: Included) -> Vector:
    assert value is not None, "a sum is of something"
    data = value.data if _sums_as_it_is(node, value, included) else kept(value.data, array_of(included))
    sums, low, high = grouping.sums(data, min(value.low, 0), max(value.high, 0))
    return Vector(sums, value.scale, low, high)


def _sums_as_it_is(node: Aggregate, value: Vector, included: Included) -> bool:
    """Nothing is left out, or only what counts 0 anyway."""
    return included is None or (node.where is None and value.clean)


def _count(node: Aggregate, grouping: Receivers, value: Vector | None, included: Included) -> Vector:
    return Vector(grouping.count(included), low=0, high=grouping.largest)


def _average(node: Aggregate, grouping: Receivers, value: Vector | None, included: Included) -> Vector:
    total, count = _sum(node, grouping, value, included), grouping.count(included)
    status = _nothing(count)
    return replace(total, status=status, over=np.maximum(count, 1), over_high=max(grouping.largest, 1))


def _extreme(node: Aggregate, grouping: Receivers, value: Vector | None, included: Included) -> Vector:
    assert value is not None, "an extreme is of something"
    data = value.data
    if included is not None:
        data = picked(included, data, np.array(value.high if node.op == "最小" else value.low))
    found = grouping.extremes(node.op, data, value.low, value.high)
    return replace(value, data=found, status=_nothing(grouping.count(included)))


def _any(node: Aggregate, grouping: Receivers, value: Vector | None, included: Included) -> Vector:
    assert value is not None, "任一 asks something"
    true = value.data if included is None else value.data & included
    return yes_no(grouping.count(true) > 0)


def _highest(node: Aggregate, grouping: Receivers, value: Vector | None, included: Included) -> Vector:
    assert value is not None, "the highest of something"
    assert node.extent is not None, "the name says how many"
    place = places_from_top(grouping, value.data, included)
    some = replace(value, clean=False)  # what is left out is not 0
    return _sum(node, grouping, some, (place >= 0) & (place < int(node.extent.value)))


def _trimmed(node: Aggregate, grouping: Receivers, value: Vector | None, included: Included) -> Vector:
    assert value is not None, "an average is of something"
    assert node.extent is not None, "the parser asks how many"
    extent, count = Fraction(node.extent.value), grouping.count(included)
    off = filled(grouping.size, int(extent))
    if node.extent.type.percent:
        off = count * extent.numerator // extent.denominator
    place = places_from_top(grouping, value.data, included)
    inside = (place >= received(off, grouping)) & (place < received(count - off, grouping))
    return _average(node, grouping, replace(value, clean=False), inside)


def _nothing(count: np.ndarray) -> np.ndarray | None:
    nothing = count == 0
    return flags(nothing, MISSING) if nothing.any() else None


AGGREGATES: dict[str, Callable[[Aggregate, Receivers, Vector | None, Included], Vector]] = {
    "合计": _sum,
    "计数": _count,
    "平均": _average,
    "最小": _extreme,
    "最大": _extreme,
    "任一": _any,
    "最高": _highest,
    "去极端平均": _trimmed,
}
