"""Templates: a sheet per input table with its headings, notes, formats and drop-downs; empty, or filled with rows.

The same program and rows give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from payroll_service.snapshot.numbers import decimal_places
from payroll_service.snapshot.tables import Cell, RawTable
from payroll_service.workbook.headings import column_note, type_text
from rules.language.program import BOOL, CHOICE, DATE, NUMBER, Program, Table, Type

GUIDE_SHEET = "说明"
LIST_SHEET = "选项清单"  # hidden, the last: options that are too long for a cell's own rule
PROBLEM_SHEET = "问题清单"  # stands first in a workbook that goes back to the clerk; never read
MADE = datetime(2020, 1, 1)  # noqa: DTZ001  (a fixed stamp; the format knows no zones)
LAST_ROW = 1_048_575
_LONGEST_LIST = 255  # characters of a drop-down that stands in the cell's own rule; Excel allows no more


def own_sheets(program: Program) -> tuple[str, str]:
    """What a template's guide and its hidden lists are called: no table's name. Neither is ever read."""
    guide, lists = (name + "页" * (name in program.tables) for name in (GUIDE_SHEET, LIST_SHEET))
    return guide, lists


def write_template(program: Program) -> bytes:
    """An empty workbook for a rule set."""
    return write_tables(program, [])


def write_tables(program: Program, raw_tables: Iterable[RawTable]) -> bytes:
    """The template with rows in it, cells as given. Columns that the rule set does not declare are left out."""
    rows = {table.table: table for table in raw_tables}
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": MADE, "title": f"{program.name} {program.version}"})
    formats = _Formats(book)
    guide, lists = own_sheets(program)
    _write_guide(book.add_worksheet(guide), formats, program)
    drop_downs = _DropDowns(lists)
    for table in program.input_tables():
        _write_table(book, formats, drop_downs, table, rows.get(table.name))
    drop_downs.write_lists(book)
    book.close()
    return out.getvalue()


class _Formats:
    """The few formats of a workbook, made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        self.heading = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
        self.optional = book.add_format({"bg_color": "#F2F2F2", "border": 1, "text_wrap": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})

    def of(self, kind: Type) -> Any:
        """Text for texts, so that no number is destroyed; dates and numbers as declared."""
        code = _format_code(kind)
        if code not in self._made:
            self._made[code] = self._book.add_format({"num_format": code})
        return self._made[code]


class _DropDowns:
    """Drop-downs of choices: short lists stand in the cells' own rule, the others in columns of a hidden sheet."""

    def __init__(self, sheet: str) -> None:
        self._sheet = sheet
        self._lists: dict[tuple[str, ...], int] = {}  # options -> column

    def add(self, sheet: Any, number: int, kind: Type) -> None:
        """To the cells of a column, if it is one of choices."""
        options = {CHOICE: kind.options, BOOL: ("是", "否")}.get(kind.kind, ())
        if options:
            sheet.data_validation(
                1, number, LAST_ROW, number,
                {"validate": "list", "source": self._source(options), "error_title": "请选择", "error_message": "请从下拉列表中选择"},
            )  # fmt: skip

    def _source(self, options: tuple[str, ...]) -> list[str] | str:
        if len(",".join(options)) <= _LONGEST_LIST and not any("," in option for option in options):
            return list(options)
        column = self._lists.setdefault(options, len(self._lists))
        return f"='{self._sheet}'!{xl_range_abs(0, column, len(options) - 1, column)}"

    def write_lists(self, book: Any) -> None:
        """The hidden sheet, if any list is long."""
        if self._lists:
            sheet = book.add_worksheet(self._sheet)
            sheet.hide()
            for options, column in self._lists.items():
                for row, option in enumerate(options):
                    sheet.write_string(row, column, option)


def _format_code(kind: Type) -> str:
    if kind.kind == DATE:
        return "yyyy-mm-dd"
    if kind.kind != NUMBER:
        return "@"
    assert kind.step is not None, "an input column of numbers always declares its places"
    places = max(0, decimal_places(kind.step) - (2 if kind.percent else 0))
    return ("0." + "0" * places if places else "0") + "%" * kind.percent


def _write_guide(sheet: Any, formats: _Formats, program: Program) -> None:
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 2, 42, formats.wrapped)
    sheet.set_column(3, 4, 30, formats.wrapped)
    sheet.write_string(0, 0, f"{program.name} {program.version} 数据模板", formats.title)
    sheet.write_string(
        1, 0, "每张表的第一行是列名，从第二行起逐行填写；蓝色的列必填。鼠标停在列名上可看到填写要求。"
    )
    for number, heading in enumerate(("表", "列", "类型", "要求", "说明")):
        sheet.write_string(3, number, heading, formats.heading)
    row = 4
    for table in program.input_tables():
        for column in table.columns.values():
            demands = column_note(table, column).split("\n")[1:]
            note = column.note or (table.note if column.name == next(iter(table.columns)) else "")
            cells = (table.name, column.name, type_text(column.type), "；".join(demands), note)
            for number, text in enumerate(cells):
                sheet.write_string(row, number, text)
            row += 1
    sheet.freeze_panes(4, 0)


def _write_table(
    book: Any, formats: _Formats, drop_downs: _DropDowns, table: Table, rows: RawTable | None
) -> None:
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(table.columns.values()):
        needed = not column.optional and column.default is None
        sheet.set_column(number, number, _width(column.name, column.type), formats.of(column.type))
        sheet.write_string(0, number, column.name, formats.heading if needed else formats.optional)
        sheet.write_comment(
            0, number, column_note(table, column), {"x_scale": 2, "y_scale": 1.6, "author": ""}
        )
        drop_downs.add(sheet, number, column.type)
        if rows is not None:
            cells = _given(rows.columns, column.name)
            form = formats.of(column.type)
            for row, cell in enumerate(cells, start=1):
                _write_cell(sheet, row, number, cell, form)


def _given(columns: Mapping[str, Sequence[Cell]], name: str) -> Sequence[Cell]:
    return columns.get(name, ())


def _width(heading: str, kind: Type) -> int:
    return max(20 if kind.kind not in (NUMBER, BOOL, CHOICE, DATE) else 12, 2 * len(heading) + 2)


def _write_cell(sheet: Any, row: int, number: int, cell: Cell, form: Any) -> None:
    """A cell of the kind that was given; a text is never taken for a formula."""
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, number, cell, form)
    elif isinstance(cell, str):
        sheet.write_string(row, number, cell, form)
    elif isinstance(cell, date):
        moment = cell if isinstance(cell, datetime) else datetime.combine(cell, time())
        sheet.write_datetime(row, number, moment, form)
    else:
        sheet.write_number(row, number, cell, form)
