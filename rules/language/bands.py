"""Bands in the words of statutes: 以上, 以下, 满 and 至 include, 不满 and 超过 exclude. Gaps and overlaps are mistakes."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from rules.language.formula import half_width
from rules.language.mistakes import Mistake, Place
from rules.language.program import Band, Type
from rules.language.render import decimal_text

_N = r"(-?[0-9]+(?:\.[0-9]+)?%?)"
_FORMS = (
    (re.compile(rf"不满{_N}|不足{_N}|低于{_N}"), "under"),
    (re.compile(rf"{_N}及?以下|不超过{_N}|至多{_N}"), "to"),
    (re.compile(rf"超过{_N}|高于{_N}"), "over"),
    (re.compile(rf"{_N}及?以上|满{_N}|至少{_N}|不低于{_N}"), "from"),
    (re.compile(rf"(?:满)?{_N}(?:以上)?(?:不满|不足){_N}"), "from under"),
    (re.compile(rf"(?:满)?{_N}(?:至|到){_N}"), "from to"),
    (re.compile(rf"超过{_N}(?:不满|不足){_N}"), "over under"),
    (re.compile(rf"超过{_N}(?:至|到|不超过){_N}"), "over to"),
    (re.compile(_N), "just"),
)


def _with_percent(band: str) -> str:
    """The cure for a band of a percentage that is not written in percent."""
    written = re.sub(r"([0-9.]+)%?", r"\1%", band)
    return f"这一列是百分比，请写 {written}"


def read_band(text: str, place: Place, percent: bool = False) -> Band:
    """`满5不满10`, `超过3至9`, `20以上`, `不满5`, `3`; with `percent`, `60%以上`."""
    squeezed = re.sub(r"\s", "", half_width(text))
    for pattern, form in _FORMS:
        match = pattern.fullmatch(squeezed)
        if match:
            numbers = [found for found in match.groups() if found is not None]
            if any(number.endswith("%") != percent for number in numbers):
                cure = _with_percent(squeezed) if percent else "这一列不是百分比，请去掉 %"
                raise Mistake(place, f"档次「{text}」的百分号不对", cure)
            values = [Fraction(number.rstrip("%")) / (100 if percent else 1) for number in numbers]
            return _band(form, values, text, place)
    raise Mistake(place, f"看不懂档次「{text}」", "写法：不满5、满5不满10、超过3至9、10至20、20以上、5以下")


def _band(form: str, numbers: list[Fraction], text: str, place: Place) -> Band:
    low, high = numbers[0], numbers[-1]
    if form == "just":
        return Band(low, False, low, False, text)
    if form in ("under", "to"):
        return Band(None, False, high, form == "under", text)
    if form in ("from", "over"):
        return Band(low, form == "over", None, False, text)
    start, end = form.split()
    if low > high or (low == high and (start, end) != ("from", "to")):
        raise Mistake(place, f"档次「{text}」前大后小，是空的", "请检查两个数字")
    return Band(low, start == "over", high, end == "under", text)


def order_bands(bands: list[tuple[Band, Place]], key: str, key_type: Type) -> list[Band]:
    """The bands in ascending order. Raises Mistake at the first gap or overlap, shown with its numbers.

    Numbers of a known step (whole years, scores of two places) close the gaps between their values. A declared range
    must be covered wholly; without one, the ends may stay open.
    """
    first = bands[0][1]
    step = key_type.step
    spans = sorted(
        ((*_span(band, step), band, place) for band, place in bands), key=lambda span: (span[0], span[1])
    )
    for start, end, band, place in spans:
        if start >= end:
            raise Mistake(place, f"「{key}」没有落在档次「{band.text}」里的值", "请删去这一档，或改数字")
    for (_, end, before, _), (start, _, after, place) in pairwise(spans):
        if start < end:
            raise Mistake(
                place,
                f"「{key}」的档次「{before.text}」与「{after.text}」重叠",
                "请改用 不满 / 超过 分清边界属于哪一档",
            )
        if start > end:
            gap = f"{_number(end[0], key_type)}到{_number(start[0], key_type)}之间"
            raise Mistake(
                place,
                f"「{key}」的档次「{before.text}」与「{after.text}」之间有空档（{gap}）",
                "请把空档并入相邻的一档，或另写一档",
            )
    lowest, highest = spans[0][0], max(span[1] for span in spans)
    if key_type.low is not None and lowest > (key_type.low, 0):
        raise Mistake(
            first,
            f"「{key}」最低可到 {_number(key_type.low, key_type)}，最低一档从 {_number(lowest[0], key_type)} 开始",
            "请补上最低的一档，或改列的范围",
        )
    if key_type.high is not None and highest < _after(key_type.high, step):
        raise Mistake(
            first,
            f"「{key}」最高可到 {_number(key_type.high, key_type)}，最高一档到 {_number(highest[0], key_type)} 为止",
            "请补上最高的一档，或改列的范围",
        )
    return [band for _, _, band, _ in spans]


# An edge lies just before (n, 0) or just after (n, 1) a number.
_Edge = tuple[Fraction, int]
_FAR = Fraction(10**60)


def _after(value: Fraction, step: Fraction | None) -> _Edge:
    return ((value // step + 1) * step, 0) if step else (value, 1)


def _from(value: Fraction, step: Fraction | None) -> _Edge:
    return (-((-value) // step) * step, 0) if step else (value, 0)


def _span(band: Band, step: Fraction | None) -> tuple[_Edge, _Edge]:
    start: _Edge = (-_FAR, 0)
    end: _Edge = (_FAR, 0)
    if band.low is not None:
        start = _after(band.low, step) if band.low_open else _from(band.low, step)
    if band.high is not None:
        end = _from(band.high, step) if band.high_open else _after(band.high, step)
    return start, end


def _number(value: Fraction, type_: Type) -> str:
    return f"{decimal_text(value * 100)}%" if type_.percent else decimal_text(value)
