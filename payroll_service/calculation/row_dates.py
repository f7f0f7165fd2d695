"""Functions on dates for one row, by the calendar of the standard library."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from payroll_service.calculation.row_expressions import RowFault, number
from rules.language.program import DateFunction, PeriodDay
from rules.language.render import Value

if TYPE_CHECKING:
    from payroll_service.calculation.rows import RowEvaluator


def period_day(rows: RowEvaluator, node: PeriodDay, table: str, row: int) -> Value:
    return rows.period.first_day if node.end == "期初" else rows.period.last_day


def date_function(rows: RowEvaluator, node: DateFunction, table: str, row: int) -> Value:
    values: list[Value] = []
    for operand in node.operands:
        values.append(rows.evaluate(operand, table, row))
        if values[-1] is None:
            return None
    first = _day(values[0])
    if node.op == "月初":
        return first.replace(day=1).toordinal()
    if node.op == "月末":
        return first.replace(day=monthrange(first.year, first.month)[1]).toordinal()
    if node.op == "年初":
        return first.replace(month=1, day=1).toordinal()
    if node.op == "加月":
        return _shifted(first, values[1]).toordinal()
    return _span(node.op, first, _day(values[1]))


def _span(op: str, first: date, last: date) -> Value:
    if last < first:
        raise RowFault(f"止日 {last} 早于起日 {first}", "请核对两个日期")
    if op == "天数":
        return Fraction((last - first + timedelta(days=1)).days)
    years = last.year - first.year
    if op == "满年":
        return Fraction(years - (_same_day(first, last.year, first.month) > last))
    months = 12 * years + last.month - first.month
    return Fraction(months - (_same_day(first, last.year, last.month) > last))


def _same_day(day: date, year: int, month: int) -> date:
    """The same day of another month; its last, if it has no such day."""
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _shifted(day: date, months: Value) -> date:
    count = number(months)
    assert count is not None, "a missing operand has been seen to"
    place = day.year * 12 + day.month - 1 + int(count)
    if not 12 <= place < 12 * 10_000:
        raise RowFault(f"{day} 加 {count} 个月，超出了日历", "请核对月数")
    return _same_day(day, place // 12, place % 12 + 1)


def _day(value: Value) -> date:
    assert isinstance(value, int | Fraction), "the checker lets only dates be counted from"
    return date.fromordinal(int(value))
