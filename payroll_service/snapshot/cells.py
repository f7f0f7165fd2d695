"""Read one cell by the type of its column, exactly: what a cell says is never guessed and never rounded.

`reader` gives the function for a column; it returns the value as `Values` counts it (whole steps, day ordinal, 0 or 1)
or as text (choices, periods, texts), None for an empty cell, and raises `BadCell` otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import TypeGuard

from payroll_service.snapshot import identifiers, spelling
from payroll_service.snapshot.faults import BadCell, quoted
from payroll_service.snapshot.filled import Reader, unless_empty
from payroll_service.snapshot.numbers import exact_decimal, number_reader
from payroll_service.snapshot.options import surely_meant
from payroll_service.snapshot.tables import Cell
from rules.language.period import MONTH, YEAR, Calendar
from rules.language.program import ACCOUNT, BOOL, CHOICE, CODE, DATE, ID_NUMBER, NUMBER, PERIOD, Type

_DATE = re.compile(
    r"(\d{4})(?:-(\d\d?)-(\d\d?)|/(\d\d?)/(\d\d?)|\.(\d\d?)\.(\d\d?)|年(\d\d?)月(\d\d?)[日号]|(\d\d)(\d\d))",
    re.ASCII,
)
_SERIALS = range(20_000, 110_000)  # day numbers of Excel for 1954 to 2201, which nobody writes on purpose
_YEAR_OR_MONTH = re.compile(r"(19\d\d|20\d\d|2100)(年|[-/.年](0?[1-9]|1[0-2])月?|0[1-9]|1[0-2])?", re.ASCII)
_SPELLINGS = "2020-09-01、2020/9/1、2020.9.1、2020年9月1日 或 20200901"
_MIDNIGHT = re.compile(r"\s+0?0:00(:00)?$", re.ASCII)
EXCEL_DAY_0 = date(1899, 12, 30).toordinal()
_YES_NO = {"是": 1, "否": 0, "TRUE": 1, "FALSE": 0}


def reader(kind: Type, calendar: Calendar, strict_ids: bool = True) -> Reader:
    """The function that reads the cells of a column of this type."""
    if kind.kind == NUMBER:
        return number_reader(kind)
    if kind.kind == DATE:
        return unless_empty(read_date)
    if kind.kind == BOOL:
        return unless_empty(read_yes_no)
    if kind.kind == CHOICE:
        return choice_reader(kind)
    if kind.kind == PERIOD:
        return period_reader(kind, calendar)
    forms: dict[str, Callable[[Cell], str | None]] = {
        ID_NUMBER: identifiers.read_id_number if strict_ids else identifiers.read_any_id,
        ACCOUNT: identifiers.read_account if strict_ids else identifiers.read_any_id,
        CODE: identifiers.read_code,
    }
    return unless_empty(forms.get(kind.text_form, read_text))


def read_cell(cell: Cell, kind: Type, calendar: Calendar, strict_ids: bool = True) -> int | str | None:
    """Read a single cell; for a whole column take `reader` once."""
    return reader(kind, calendar, strict_ids)(cell)


def read_date(cell: Cell) -> int:
    """Day ordinal of a date cell or of 2020-09-01, 2020/9/1, 2020.9.1, 2020年9月1日, 20200901 (text or number)."""
    if isinstance(cell, datetime):
        if cell.time() != time(0):
            raise BadCell("日期", "日期带有钟点", "请只填年月日")
        cell = cell.date()
    if _is_number(cell) and 1e7 < cell < 1e8 and cell == int(cell):
        cell = str(int(cell))
    if isinstance(cell, str):
        text = _MIDNIGHT.sub("", spelling.trim(spelling.half_width(cell)))
        match = _DATE.fullmatch(spelling.drop_spaces(text))
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
    if _is_year_or_month(cell):
        raise BadCell("日期", "像是年份或年月", "请填完整日期，如 2020-09-01")
    if _is_number(cell):
        raise BadCell("日期", "是数字，不是日期", _number_remedy(cell))
    raise BadCell("日期", "不是日期", f"请填写 {_SPELLINGS}")


def _is_number(cell: Cell) -> TypeGuard[int | float]:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _is_year_or_month(cell: Cell) -> bool:
    """2020, 202009, 2020.9 as a number or a text, 2020年9月."""
    if _is_number(cell):
        return 1900 <= cell <= 2100 or _YEAR_OR_MONTH.fullmatch(f"{cell:g}") is not None
    text = spelling.drop_spaces(spelling.half_width(cell)) if isinstance(cell, str) else ""
    return _YEAR_OR_MONTH.fullmatch(text) is not None


def _number_remedy(cell: float) -> str:
    """A day number of Excel is shown as the day that it probably is; whether it is, only the clerk knows."""
    usual = "请把单元格格式设为日期，或填写 2020-09-01 这样的文字"
    if cell not in _SERIALS:
        return usual
    day = date.fromordinal(EXCEL_DAY_0 + int(cell)).isoformat()
    return f"这个数在 Excel 里是 {day} 这一天：如果正是这一天，{usual}；不是的，请填对的日期"


def read_yes_no(cell: Cell) -> int:
    if isinstance(cell, bool):
        return int(cell)
    value = _YES_NO.get(spelling.folded(cell).upper()) if isinstance(cell, str) else None
    if value is None:
        raise BadCell("类型", "应为 是 或 否", "请填 是 或 否")
    return value


def choice_reader(kind: Type) -> Reader:
    """One of the declared options, compared after NFKC and trimming; what is surely meant is suggested."""
    spelled = {spelling.folded(option): option for option in kind.options}

    def read(cell: Cell) -> str:
        text = spelling.folded(_as_text(cell))
        if text in spelled:
            return spelled[text]
        meant = surely_meant(text, kind.options)
        listed = "、".join(kind.options[:20])
        remedy = f"是否应为“{meant}”？可填：{listed}" if meant else f"请填其中之一：{listed}"
        raise BadCell("选项", f"{quoted(text)}不是可选的值", remedy)

    return unless_empty(read)


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
            meant = calendar.meant(text)
            near = f"是否应为“{meant}”？" if meant and kind.period_kind in ("", meant.kind) else ""
            raise BadCell("期间", f"应为{wanted}", f"{near}请按文字填写{wanted}")
        return period.text

    return unless_empty(read)


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
