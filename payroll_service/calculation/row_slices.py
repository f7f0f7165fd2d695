"""分段计 for one row: how many units lie in each band of the rate, each band at its own value."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from payroll_service.calculation.row_expressions import RowFault, number, rate_version
from rules.language.program import Band, Slices
from rules.language.render import Value, value_text

if TYPE_CHECKING:
    from payroll_service.calculation.rows import RowEvaluator


def slices(rows: RowEvaluator, node: Slices, table: str, row: int) -> Value:
    found = slices_of(rows, node, table, row)
    return None if found is None else sum((units * value for _, units, value in found), Fraction(0))


def slices_of(
    rows: RowEvaluator, node: Slices, table: str, row: int
) -> list[tuple[Band, Fraction, Fraction]] | None:
    """The bands that a row's number reaches into: how much of it lies there, and the band's value."""
    whole = number(rows.evaluate(node.number, table, row))
    if whole is None:
        return None
    month = None if node.month is None else number(rows.evaluate(node.month, table, row))
    rate = rows.program.rates[node.rate]
    version = rate_version(rows, rate, node.at, month)
    if whole < 0:
        raise RowFault(f"分段计的数为负：{value_text(whole, node.number.type)}", "请核对算出它的数据")
    found: list[tuple[Band, Fraction, Fraction]] = []
    for (band,), value in version.values.items():
        assert isinstance(band, Band), "slices are made by bands"
        upto = _below(band.high, not band.high_open, whole, node.step)
        units = upto - (0 if band.low is None else _below(band.low, band.low_open, whole, node.step))
        if units > 0:
            found.append((band, units * node.step, value))
    if sum(units for _, units, _ in found) != whole:
        told = value_text(whole, node.number.type)
        raise RowFault(
            f"标准「{rate.name}」没有这一档：{told} 有一部分不在任何档里",
            "请核对数据，或在规则文件中补上这一档",
        )
    return found


def _below(edge: Fraction | None, included: bool, whole: Fraction, step: Fraction) -> int:
    """How many multiples of the step lie above 0, at most at `whole`, and below the edge, or at it."""
    if edge is None or edge > whole:
        edge, included = whole, True
    return max(floor(edge / step) if included else ceil(edge / step) - 1, 0)
