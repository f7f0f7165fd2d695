"""Numbers of cells, exactly: through their text, never rounded, never guessed."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, isfinite

from payroll_service.snapshot import spelling
from payroll_service.snapshot.faults import BadCell
from payroll_service.snapshot.filled import Reader, unless_empty
from payroll_service.snapshot.tables import Cell
from rules.language.program import Type

_NUMBER = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?", re.ASCII)
_LONGEST_NUMBER = 40
_INT64 = 2**63 - 1
_EXACT = 10**15


def number_reader(kind: Type) -> Reader:
    """Numbers as whole multiples of the type's step, within its range; percent columns also take `85%`."""
    step = kind.step
    assert step is not None, "an input column of numbers always declares its places"
    low = -_INT64 if kind.low is None else max(-_INT64, ceil(kind.low / step))
    high = _INT64 if kind.high is None else min(_INT64, floor(kind.high / step))

    steps = step.denominator if step.numerator == 1 else 0  # 0: no short way

    def read(cell: Cell) -> int | None:
        if steps and type(cell) is float and -_EXACT < cell * steps < _EXACT:
            value = round(cell * steps)
            if value / steps == cell and low <= value <= high:
                return value  # fifteen digits tell two floats apart, so this is the number that the text says
        shift = 0
        if kind.percent and isinstance(cell, str):
            bare = spelling.trim(spelling.half_width(cell))
            if bare.endswith("%"):
                cell, shift = bare[:-1], 2
        digits, places = exact_decimal(cell)
        scale: int = 10 ** (places + shift)
        value, rest = divmod(digits * step.denominator, step.numerator * scale)
        if rest:
            raise _too_fine(kind)
        if not low <= value <= high:
            raise _out_of_range(kind, hint=kind.percent and not shift and value * step > 1)
        return value

    return unless_empty(read)


def exact_decimal(cell: Cell) -> tuple[int, int]:
    """(digits, places) with value = digits / 10**places. A float counts as its shortest text: 4200.75 is exact."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return int(cell), 0
    if isinstance(cell, float) and isfinite(cell):
        text = repr(cell)
        if "e" in text:
            text = format(Decimal(text), "f")
        whole, _, fraction = text.partition(".")
        fraction = "" if fraction == "0" else fraction
        return int(whole + fraction), len(fraction)
    if isinstance(cell, str):
        text = spelling.trim(spelling.half_width(cell))
        match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
        if match:
            fraction = match[3] or ""
            return int(match[1] + match[2].replace(",", "") + fraction), len(fraction)
    raise BadCell("类型", "应为数字", "请只填数字，如 4200.75，不带单位、空格或其他文字")


def _too_fine(kind: Type) -> BadCell:
    step = kind.step if kind.step is not None else Fraction(1)
    if step == 1:
        return BadCell("小数位", "应为整数", "请填整数；由公式算出的，请先用 ROUND(…,0) 再粘贴为数值")
    places = decimal_places(step) - (2 if kind.percent else 0)
    said = f"百分数最多 {places} 位小数" if kind.percent else f"最多 {places} 位小数"
    rounding = decimal_places(step)
    return BadCell(
        "小数位", said, f"请填到 {places} 位小数；由公式算出的，请先用 ROUND(…,{rounding}) 再粘贴为数值"
    )


def _out_of_range(kind: Type, hint: bool) -> BadCell:
    remedy = "百分数请带百分号填写，如 85%，或填小数 0.85" if hint else "请核对数值"
    return BadCell("范围", f"超出允许的范围（{range_text(kind)}）", remedy)


def range_text(kind: Type) -> str:
    """The declared range as clerks read it: `0 至 120`, `不小于 0%`."""
    if kind.low is None and kind.high is None:
        return "数值过大"
    if kind.high is None:
        return f"不小于 {_bound(kind.low, kind)}"
    if kind.low is None:
        return f"不大于 {_bound(kind.high, kind)}"
    return f"{_bound(kind.low, kind)} 至 {_bound(kind.high, kind)}"


def _bound(value: Fraction | None, kind: Type) -> str:
    assert value is not None, "only a bound that is there is shown"
    value = value * 100 if kind.percent else value
    shown = (
        str(value) if value.denominator == 1 else f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
    )
    return shown + "%" * kind.percent


def decimal_places(step: Fraction) -> int:
    """How many places a multiple of `step` needs at most."""
    places = next((n for n in range(19) if (step * 10**n).denominator == 1), None)
    assert places is not None, f"{step} is no decimal step"
    return places
