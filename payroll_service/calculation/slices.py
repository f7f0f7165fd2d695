"""分段计 by the column: for every band the units that lie in it, without a loop over units."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from payroll_service.calculation.applicability import flagged
from payroll_service.calculation.arithmetic import conformed
from payroll_service.calculation.rate_reads import no_case, unknown, version_of
from payroll_service.calculation.rates import whole_bounds
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.sheets import Fault
from payroll_service.calculation.statuses import merged
from payroll_service.calculation.vectors import Vector, cleared, fits, narrow, wide
from rules.language.program import Band, RateVersion, Slices

BELOW_ZERO = Fault("分段计的数为负", "请核对算出它的数据")


def slices(scope: Scope, node: Slices) -> Vector:
    rate = scope.sheet.rate(node.rate)
    number = conformed(cleared(scope.vector(node.number)), node.step)
    assert number.scale == node.step or not number.high, "the step divides the number"
    version, status = version_of(scope, node, rate)
    status = merged(number.status, status)
    if version is None:
        return unknown(status)
    number = flagged(number.with_status(status), number.data < 0, scope.sheet.fault(BELOW_ZERO))
    most = max(number.high, 0)
    low, high = min(rate.low, 0) * most, max(rate.high, 0) * most
    units = np.maximum(number.data, 0)
    units = units if fits(low, high, rate.low, rate.high) else wide(units)
    total, covered = np.zeros_like(units), np.zeros_like(units)
    for place, dated in enumerate(scope.sheet.program.rates[node.rate].versions):
        here = version == place
        if here.any():
            sums, counts = _summed(dated, node, rate.scale, units, most)
            total, covered = np.where(here, sums, total), np.where(here, counts, covered)
    v = Vector(narrow(total, low, high), rate.scale * node.step, low, high, number.status)
    return flagged(v, covered != units, scope.sheet.fault(no_case(scope.sheet.program.rates[node.rate])))


def _summed(
    dated: RateVersion, node: Slices, scale: Fraction, units: np.ndarray, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """By row: the units of every band at its value, in `scale`; and how many units a band holds at all."""
    total, covered = np.zeros_like(units), np.zeros_like(units)
    for (band,), value in dated.values.items():
        assert isinstance(band, Band), "slices are made by bands"
        first, last = whole_bounds(band, node.step, 1, most)
        if first <= last:
            inside = np.minimum(np.maximum(units - (first - 1), 0), last - first + 1)
            total, covered = total + inside * int(value / scale), covered + inside
    return np.asarray(total), np.asarray(covered)
