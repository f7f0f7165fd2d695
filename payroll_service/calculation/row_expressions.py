"""Expressions on one row: a function per kind of node, with Python numbers and fractions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from payroll_service.calculation.exact import added, rounded
from rules.language.period import Period, first_day
from rules.language.program import (
    Aggregate,
    Among,
    Arithmetic,
    Band,
    Choose,
    Compare,
    Const,
    Extreme,
    Logic,
    Negate,
    Not,
    Otherwise,
    Ranking,
    Rate,
    RateRead,
    RateVersion,
    Read,
    Round,
)
from rules.language.render import Value, render, value_text

if TYPE_CHECKING:
    from payroll_service.calculation.rows import RowEvaluator

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "≠": operator.ne,
    "<": operator.lt,
    "≤": operator.le,
    ">": operator.gt,
    "≥": operator.ge,
}


class RowFault(Exception):
    """A value that cannot be calculated on a row: what is wrong, and what to do; `column` if not the one asked for."""

    def __init__(self, message: str, remedy: str, column: str = "") -> None:
        self.message, self.remedy, self.column = message, remedy, column
        super().__init__(message)


def const(rows: RowEvaluator, node: Const, table: str, row: int) -> Value:
    return node.value


def read(rows: RowEvaluator, node: Read, table: str, row: int) -> Value:
    end = rows.follow(table, node.path, row)
    if end >= 0:
        return rows.value(node.table, node.column, end)
    asking = rows.follow(table, node.path[:-1], row)
    return None if node.opening is None or asking < 0 else rows.evaluate(node.opening, node.table, asking)


def arithmetic(rows: RowEvaluator, node: Arithmetic, table: str, row: int) -> Value:
    left = number(rows.evaluate(node.left, table, row))
    if left is None:
        return None
    right = number(rows.evaluate(node.right, table, row))
    if right is None:
        return None
    if node.op == "÷" and right == 0:
        raise RowFault("除数为零", "请核对作除数的数据，或在规则中写明除数为零时的取值")
    if node.op == "+":
        return left + right
    if node.op == "-":
        return left - right
    return left * right if node.op == "×" else left / right


def negate(rows: RowEvaluator, node: Negate, table: str, row: int) -> Value:
    value = number(rows.evaluate(node.operand, table, row))
    return None if value is None else -value


def compare(rows: RowEvaluator, node: Compare, table: str, row: int) -> Value:
    left = rows.evaluate(node.left, table, row)
    if left is None:
        return None
    right = rows.evaluate(node.right, table, row)
    if right is None:
        return None
    if node.op in "=≠" or not isinstance(left, Period) or not isinstance(right, Period):
        return COMPARISONS[node.op](left, right)
    return COMPARISONS[node.op](left.start, right.start)


def logic(rows: RowEvaluator, node: Logic, table: str, row: int) -> Value:
    left = rows.evaluate(node.left, table, row)
    decided = left is (node.op == "或")
    return left if left is None or decided else rows.evaluate(node.right, table, row)


def negation(rows: RowEvaluator, node: Not, table: str, row: int) -> Value:
    value = rows.evaluate(node.operand, table, row)
    return None if value is None else not value


def among(rows: RowEvaluator, node: Among, table: str, row: int) -> Value:
    value = rows.evaluate(node.operand, table, row)
    return None if value is None else any(value == option.value for option in node.options)


def choose(rows: RowEvaluator, node: Choose, table: str, row: int) -> Value:
    condition = rows.evaluate(node.condition, table, row)
    if condition is None:
        return None
    return rows.evaluate(node.then if condition else node.other, table, row)


def extreme(rows: RowEvaluator, node: Extreme, table: str, row: int) -> Value:
    best: Any = None
    for operand in node.operands:
        value: Any = rows.evaluate(operand, table, row)
        if value is None:
            return None
        if best is None or (value < best if node.op == "取小" else value > best):
            best = value
    found: Value = best
    return found


def round_(rows: RowEvaluator, node: Round, table: str, row: int) -> Value:
    value = number(rows.evaluate(node.operand, table, row))
    return None if value is None else rounded(value, node.rounding.step, node.rounding.mode)


def otherwise(rows: RowEvaluator, node: Otherwise, table: str, row: int) -> Value:
    value = rows.evaluate(node.operand, table, row)
    return rows.evaluate(node.fallback, table, row) if value is None else value


def aggregate(rows: RowEvaluator, node: Aggregate, table: str, row: int) -> Value:
    found: list[Any] = []
    members = rows.members(node.table, node.path, row)
    rows.foresee(node.table, members, node.where, node.value)
    for member in members:
        if rows.holds(node.where, node.table, member):
            value = True if node.value is None else rows.evaluate(node.value, node.table, member)
            if value is not None:
                found.append(value)
    result = AGGREGATES[node.op](node, found)
    if result is not None:
        return result
    if node.if_none is None:
        raise RowFault(*of_nothing(node))
    return rows.evaluate(node.if_none, table, row)


def of_nothing(node: Aggregate) -> tuple[str, str]:
    """(message, remedy) where an average or an extreme has no row to go by."""
    told = f"「{render(node)}」没有可以算的行"
    return told, f"请核对「{node.table}」表；确实可以没有的，在括号里写「无则 …」，如 {node.op}(… 无则 0)"


def _average(found: list[Any]) -> Value:
    return added(found) / len(found) if found else None


def _trimmed(node: Aggregate, found: list[Any]) -> Value:
    """Without so many, or that part, of the lowest and of the highest."""
    assert node.extent is not None, "the parser asks how many"
    extent = Fraction(node.extent.value)
    off = int(extent * len(found) if node.extent.type.percent else extent)
    return _average(sorted(found)[off : max(len(found) - off, 0)])


def _highest(node: Aggregate, found: list[Any]) -> Value:
    assert node.extent is not None, "the name says how many"
    return added(sorted(found, reverse=True)[: int(node.extent.value)])


AGGREGATES: dict[str, Callable[[Aggregate, list[Any]], Value]] = {
    "合计": lambda node, found: added(found),
    "计数": lambda node, found: Fraction(len(found)),
    "平均": lambda node, found: _average(found),
    "最小": lambda node, found: min(found, default=None),
    "最大": lambda node, found: max(found, default=None),
    "任一": lambda node, found: any(found),
    "最高": _highest,
    "去极端平均": _trimmed,
}


def ranking(rows: RowEvaluator, node: Ranking, table: str, row: int) -> Value:
    end = rows.follow(table, node.path, row)
    if end < 0 or not rows.holds(node.where, table, row):
        return None
    own: Any = rows.evaluate(node.value, table, row)
    if own is None:
        return None
    ahead = [value for value in ranked(rows, node, end) if (value > own if node.descending else value < own)]
    return Fraction(1 + len(set(ahead) if node.dense else ahead))


def ranked(rows: RowEvaluator, node: Ranking, end: int) -> list[Any]:
    """The values of all rows that are ranked together."""
    members = rows.members(node.table, node.path, end)
    rows.foresee(node.table, members, node.where, node.value)
    taking_part = (row for row in members if rows.holds(node.where, node.table, row))
    values = (rows.evaluate(node.value, node.table, row) for row in taking_part)
    return [value for value in values if value is not None]


def rate_read(rows: RowEvaluator, node: RateRead, table: str, row: int) -> Value:
    case = rate_case(rows, node, table, row)
    return None if case is None else case[1]


def rate_case(
    rows: RowEvaluator, node: RateRead, table: str, row: int
) -> tuple[tuple[str | bool | Band, ...], Fraction] | None:
    """The line of the rate that the row's keys hit, or None where a key is missing."""
    rate = rows.program.rates[node.rate]
    keys: list[Value] = []
    for key in node.keys:
        keys.append(rows.evaluate(key, table, row))
        if keys[-1] is None:
            return None
    month = None if node.month is None else number(rows.evaluate(node.month, table, row))
    assert month is not None or node.month is None, "every month row has its month"
    version = rate_version(rows, rate, node.at, month)
    for case, value in version.values.items():
        if all(_hits(part, key) for part, key in zip(case, keys, strict=True)):
            return case, value
    said = "、".join(
        f"{name}为{value_text(key, part.type)}"
        for name, key, part in zip(rate.keys, keys, node.keys, strict=True)
    )
    raise RowFault(f"标准「{rate.name}」没有这一档：{said}", "请核对数据，或在规则文件中补上这一档")


def _hits(part: str | bool | Band, key: Value) -> bool:
    if isinstance(part, Band):
        assert isinstance(key, Fraction), "bands are of numbers"
        return part.holds(key)
    return part == key


def rate_version(rows: RowEvaluator, rate: Rate, at: str, month: Fraction | None) -> RateVersion:
    """The version in force on the day that counts."""
    start, end = rows.period.first_day, rows.period.last_day
    if month is not None:
        day = first_day(int(month))
    else:
        day = end if at == "期末" else start
        if at == "" and any(v.start is not None and start < v.start <= end for v in rate.versions):
            raise RowFault(
                f"标准「{rate.name}」在{rows.period}期间有变动",
                f"请在规则中写明 {rate.name}@期初 或 {rate.name}@期末",
            )
    found = [version for version in rate.versions if version.start is None or version.start <= day]
    if not found:
        raise RowFault(f"标准「{rate.name}」没有这一天的数", "请在规则文件中补上更早的标准")
    return found[-1]


def number(value: Value) -> Fraction | None:
    """A value that the checker has proved to be a number."""
    assert value is None or isinstance(value, Fraction), "the checker lets only numbers calculate"
    return value
