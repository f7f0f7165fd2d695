"""A plain workbook of the rows as they stand, with bad cells coloured and noted: for what is no .xlsx, or too large a one."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any

import xlsxwriter

from payroll_service.snapshot.tables import Cell
from payroll_service.workbook.grid import Grid
from payroll_service.workbook.mark_child import COLOURS, SIGN, WIDTHS
from payroll_service.workbook.sheets import place_of
from payroll_service.workbook.template import MADE, PROBLEM_SHEET

Marks = dict[str, list[list[str]]]  # by sheet: cell, note, level

_SPOILT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_SHEET_NAME, _LONGEST_TEXT = 31, 32_000
_NOTE_SIZE = {"x_scale": 2.5, "y_scale": 2, "author": ""}


@dataclass(frozen=True)
class Listing:
    """What the first sheet says, and what is noted where. `listed`: a link, then the texts of the headings."""

    guide: list[str]
    headings: list[str]
    listed: list[list[str]]
    marks: Marks


def clean_text(text: str) -> str:
    """Without characters that a sheet cannot hold, and not longer than it can."""
    return _SPOILT.sub("�", text)[:_LONGEST_TEXT]


def fresh_copy(grids: Sequence[Grid], listing: Listing) -> bytes:
    """The same grids and listing give the same bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": MADE})
    names = dict(_sheet_names(grids))
    forms = _Forms(book)
    _write_list(book, forms, names, listing)
    for grid in grids:
        marked = {place_of(cell): (note, level) for cell, note, level in listing.marks.get(grid.source, [])}
        _write_grid(book.add_worksheet(names[grid.source]), forms, grid, marked)
    book.close()
    return out.getvalue()


class _Forms:
    """Formats by the kind of cell and the colour, made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Any] = {}
        self.bold = book.add_format({"bold": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def of(self, cell: Cell, level: str = "") -> Any:
        kind = "@" if cell is None or isinstance(cell, str) else "General"
        kind = "yyyy-mm-dd" if isinstance(cell, date) else kind
        if (kind, level) not in self._made:
            colour = {"bg_color": f"#{COLOURS[level][2:]}"} if level else {}
            self._made[kind, level] = self._book.add_format({"num_format": kind, **colour})
        return self._made[kind, level]


def _sheet_names(grids: Sequence[Grid]) -> Iterator[tuple[str, str]]:
    """A sheet's name for every grid: the table's own, or with its folder before it if there are several."""
    taken = {PROBLEM_SHEET}
    for grid in grids:
        name = _NO_SHEET_NAME.sub("_", grid.name)[:_LONGEST_SHEET_NAME]
        number = 1
        while name in taken:
            number += 1
            name = _NO_SHEET_NAME.sub("_", f"{number}_{grid.folder}_{grid.name}")[:_LONGEST_SHEET_NAME]
        taken.add(name)
        yield grid.source, name


def _write_list(book: Any, forms: _Forms, names: Mapping[str, str], listing: Listing) -> None:
    sheet = book.add_worksheet(PROBLEM_SHEET)
    for number, line in enumerate(listing.guide):
        sheet.write_string(number, 0, line, forms.bold if number == 0 else None)
    top = len(listing.guide) + 1
    for column, heading in enumerate(listing.headings):
        sheet.write_string(top, column, heading, forms.bold)
        sheet.set_column(column, column, WIDTHS[column])
    for row, (_, *texts) in enumerate(listing.listed, top + 1):
        source, cell, *_, level = texts
        for column, text in enumerate([str(row - top), *texts]):
            last = column == len(texts)
            sheet.write_string(row, column, text, forms.of(text, level) if last else forms.wrapped)
        if cell and source in names:
            sheet.write_url(row, 2, f"internal:'{names[source]}'!{cell}", string=cell)
    sheet.freeze_panes(top + 1, 0)


def _write_grid(
    sheet: Any, forms: _Forms, grid: Grid, marked: Mapping[tuple[int, int], tuple[str, str]]
) -> None:
    for number, column in enumerate(grid.columns):
        sheet.set_column(number, number, 16, forms.of(None))
        for row, cell in enumerate(column):
            if cell is not None and cell != "":
                _write_cell(sheet, row, number, cell, forms.of(cell))
    for (row, number), (note, level) in marked.items():
        inside = number < len(grid.columns) and row < len(grid.columns[number])
        cell = grid.columns[number][row] if inside else None
        if cell is None or cell == "":
            sheet.write_blank(row, number, None, forms.of(None, level))
        else:
            _write_cell(sheet, row, number, cell, forms.of(cell, level))
        sheet.write_comment(row, number, SIGN + note, _NOTE_SIZE)


def _write_cell(sheet: Any, row: int, number: int, cell: Any, form: Any) -> None:
    """A cell of the kind that was received; a text is never taken for a formula."""
    if isinstance(cell, bool):
        sheet.write_boolean(row, number, cell, form)
    elif isinstance(cell, int | float) and isfinite(cell):
        sheet.write_number(row, number, cell, form)
    elif isinstance(cell, datetime | date | time | timedelta):
        sheet.write_datetime(row, number, cell, form)
    else:
        sheet.write_string(row, number, clean_text(str(cell)), form)
