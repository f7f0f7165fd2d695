"""Functions on dates by the column: day numbers to months and back."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from payroll_service.calculation.applicability import flagged
from payroll_service.calculation.arithmetic import conformed
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.sheets import Fault
from payroll_service.calculation.statuses import merged
from payroll_service.calculation.vectors import Vector, bounds_of, cleared
from rules.language.program import DateFunction, PeriodDay

ONE = Fraction(1)
EPOCH = 719_163  # the day number of 1970-01-01, numpy's day 0
EPOCH_MONTH = 1970 * 12
FARTHEST = 120_000  # months; more lead out of the calendar from anywhere
BACKWARDS = Fault("止日早于起日", "请核对两个日期；本来会有的，用 如果(起 ≤ 止, …) 或「限于」把那些行分开")
BEYOND = Fault("加月的结果超出了日历", "请核对月数")


def period_day(scope: Scope, node: PeriodDay) -> Vector:
    period = scope.sheet.period
    day = period.first_day if node.end == "期初" else period.last_day
    return Vector(np.array(day), low=day, high=day)


def date_function(scope: Scope, node: DateFunction) -> Vector:
    operands = [conformed(cleared(scope.vector(operand)), ONE) for operand in node.operands]
    status = merged(*(operand.status for operand in operands))
    first = operands[0].data
    if node.op == "月初":
        return _vector(_first_of(_months(first)), status)
    if node.op == "月末":
        month = _months(first)
        return _vector(_first_of(month) + _length(month) - 1, status)
    if node.op == "年初":
        return _vector(_first_of(_months(first) // 12 * 12), status)
    second = operands[1].data
    if node.op == "加月":
        return _shifted(scope, first, second, status)
    counted = second - first + 1 if node.op == "天数" else _whole_months(first, second)
    if node.op == "满年":
        counted = counted // 12
    v = _vector(np.maximum(counted, 0), status)
    return flagged(v, second < first, scope.sheet.fault(BACKWARDS))


def _vector(data: np.ndarray, status: np.ndarray | None) -> Vector:
    data = np.asarray(data)
    return Vector(data, ONE, *bounds_of(data), status)


def _shifted(scope: Scope, first: np.ndarray, count: np.ndarray, status: np.ndarray | None) -> Vector:
    steps = np.asarray(np.clip(count, -FARTHEST, FARTHEST)).astype(np.int64)
    month = _months(first)
    wanted = month + steps
    beyond = (wanted < 12) | (wanted >= 120_000)
    there = np.where(beyond, month, wanted)
    days = _first_of(there) + np.minimum(first - _first_of(month), _length(there) - 1)
    return flagged(_vector(days, status), beyond, scope.sheet.fault(BEYOND))


def _whole_months(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """A month is full on the day that the first has; or on the last of a shorter month."""
    start, end = _months(first), _months(last)
    due = np.minimum(first - _first_of(start), _length(end) - 1)
    return np.asarray(end - start - (last - _first_of(end) < due))


def _months(days: np.ndarray) -> np.ndarray:
    """Months counted from year 0."""
    dates = np.asarray(days - EPOCH).astype("datetime64[D]")
    return np.asarray(dates.astype("datetime64[M]").astype(np.int64) + EPOCH_MONTH)


def _first_of(months: np.ndarray) -> np.ndarray:
    dates = np.asarray(months - EPOCH_MONTH).astype("datetime64[M]")
    return np.asarray(dates.astype("datetime64[D]").astype(np.int64) + EPOCH)


def _length(months: np.ndarray) -> np.ndarray:
    return np.asarray(_first_of(months + 1) - _first_of(months))
