"""Read one cell by the type of its column, exactly: what a cell says is never guessed and never rounded.

`reader` gives the function for a column; it returns the value as `Values` counts it (whole steps, day ordinal, 0 or 1)
or as text (choices, periods, texts), None for an empty cell, and raises `BadCell` otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from math import ceil, floor, isfinite

from payroll_service.snapshot import identifiers, spelling
from payroll_service.snapshot.faults import BadCell, quoted
from payroll_service.snapshot.tables import Cell
from rules.language.period import MONTH, YEAR, Calendar
from rules.language.program import ACCOUNT, BOOL, CHOICE, CODE, DATE, ID_NUMBER, NUMBER, PERIOD, Type

Reader = Callable[[Cell], int | str | None]

_NUMBER = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?", re.ASCII)
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d?)-(\d\d?)|/(\d\d?)/(\d\d?)|\.(\d\d?)\.(\d\d?)|年(\d\d?)月(\d\d?)日)", re.ASCII
)
_LONGEST_NUMBER = 40
_INT64 = 2**63 - 1
_YES_NO = {"是": 1, "否": 0, "TRUE": 1, "FALSE": 0}


def reader(kind: Type, calendar: Calendar, strict_ids: bool = True) -> Reader:
    """The function that reads the cells of a column of this type."""
    if kind.kind == NUMBER:
        return number_reader(kind)
    if kind.kind == DATE:
        return _unless_empty(read_date)
    if kind.kind == BOOL:
        return _unless_empty(read_yes_no)
    if kind.kind == CHOICE:
        return choice_reader(kind)
    if kind.kind == PERIOD:
        return period_reader(kind, calendar)
    forms: dict[str, Callable[[Cell], str | None]] = {
        ID_NUMBER: identifiers.read_id_number if strict_ids else identifiers.read_any_id,
        ACCOUNT: identifiers.read_account if strict_ids else identifiers.read_any_id,
        CODE: identifiers.read_code,
    }
    return _unless_empty(forms.get(kind.text_form, read_text))


def read_cell(cell: Cell, kind: Type, calendar: Calendar, strict_ids: bool = True) -> int | str | None:
    """Read a single cell; for a whole column take `reader` once."""
    return reader(kind, calendar, strict_ids)(cell)


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not spelling.trim(cell))


def _unless_empty(read: Callable[[Cell], int | str | None]) -> Reader:
    def read_filled(cell: Cell) -> int | str | None:
        if is_empty(cell):
            return None
        if isinstance(cell, str) and cell.startswith("#"):
            _refuse_excel_error(cell)
        return read(cell)

    return read_filled


def _refuse_excel_error(text: str) -> None:
    if text in {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"}:
        raise BadCell("公式错误", "单元格的公式出错，或没有算出结果", "请改正公式，或直接填写数值")


# Numbers ---------------------------------------------------------------------------------------------------------


def number_reader(kind: Type) -> Reader:
    """Numbers as whole multiples of the type's step, within its range; percent columns also take `85%`."""
    step = kind.step
    assert step is not None, "an input column of numbers always declares its places"
    low = -_INT64 if kind.low is None else max(-_INT64, ceil(kind.low / step))
    high = _INT64 if kind.high is None else min(_INT64, floor(kind.high / step))

    def read(cell: Cell) -> int | None:
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

    return _unless_empty(read)


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


# Dates, yes/no, choices, periods, texts --------------------------------------------------------------------------


def read_date(cell: Cell) -> int:
    """Day ordinal of a date cell or of 2020-09-01, 2020/9/1, 2020.9.1, 2020年9月1日."""
    if isinstance(cell, datetime):
        if cell.time() != time(0):
            raise BadCell("日期", "日期带有钟点", "请只填年月日")
        cell = cell.date()
    if isinstance(cell, str):
        match = _DATE.fullmatch(spelling.drop_spaces(spelling.half_width(cell)))
        if match:
            year, month, day = (int(part) for part in match.groups() if part is not None)
            try:
                cell = date(year, month, day)
            except ValueError:
                raise BadCell("日期", "没有这一天", "请核对年月日") from None
    if isinstance(cell, date):
        if not 1900 <= cell.year <= 2200:
            raise BadCell("日期", "年份应在 1900 至 2200 之间", "请核对年份；没有截止日期的请留空")
        return cell.toordinal()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        raise BadCell("日期", "是数字，不是日期", "请把单元格格式设为日期，或填写 2020-09-01 这样的文字")
    raise BadCell("日期", "不是日期", "请填写 2020-09-01、2020/9/1、2020.9.1 或 2020年9月1日")


def read_yes_no(cell: Cell) -> int:
    if isinstance(cell, bool):
        return int(cell)
    value = _YES_NO.get(spelling.folded(cell).upper()) if isinstance(cell, str) else None
    if value is None:
        raise BadCell("类型", "应为 是 或 否", "请填 是 或 否")
    return value


def choice_reader(kind: Type) -> Reader:
    """One of the declared options, compared after NFKC and trimming; a near miss is suggested."""
    spelled = {spelling.folded(option): option for option in kind.options}

    def read(cell: Cell) -> str:
        text = spelling.folded(_as_text(cell))
        if text in spelled:
            return spelled[text]
        near = get_close_matches(text, spelled, n=1, cutoff=0.5)
        listed = "、".join(kind.options[:20])
        remedy = f"是否应为“{spelled[near[0]]}”？可填：{listed}" if near else f"请填其中之一：{listed}"
        raise BadCell("选项", f"{quoted(text)}不是可选的值", remedy)

    return _unless_empty(read)


def period_reader(kind: Type, calendar: Calendar) -> Reader:
    """A period by the rule set's calendar, of the declared kind. A first-of-month date cell is a month."""
    sample = {MONTH: "2020-09", "学期": "2020-2021-1", "学年": "2020-2021", YEAR: "2020"}
    wanted = (
        f"{kind.period_kind}，如 {sample[kind.period_kind]}" if kind.period_kind else "期间，如 2020-2021-1"
    )

    def read(cell: Cell) -> str:
        if isinstance(cell, date) and cell.day == 1 and kind.period_kind == MONTH:
            return f"{cell:%Y-%m}"
        text = "" if isinstance(cell, date) else spelling.folded(_as_text(cell))
        period = calendar.parse(text) if text.isascii() else None
        if period is None or kind.period_kind not in ("", period.kind):
            raise BadCell("期间", f"应为{wanted}", f"请按文字填写{wanted}")
        return period.text

    return _unless_empty(read)


def read_text(cell: Cell) -> str:
    """A text as it is kept. A number cell counts as its digits; a date or 是/否 cell is refused."""
    text = spelling.plain(_as_text(cell))
    if spelling.has_unusable(text):
        raise BadCell("字符", "含有乱码或控制字符", "请重新输入这个单元格的文字")
    return text


def _as_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and isfinite(cell):
        digits, places = exact_decimal(cell)
        return format(Decimal(digits).scaleb(-places), "f")
    raise BadCell("类型", "应为文字", "请把单元格格式设为文本后重新填写")
