"""A workbook as bytes: sheets of headings and rows, texts never formulas, the same bytes each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

import xlsxwriter

from payroll_service.book.money import grouped

CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # a fixed moment: a clock would change the bytes


@dataclass(frozen=True)
class Fen:
    """Money in a cell: a number with two decimals and thousands.

    A workbook keeps numbers as doubles, so here, on its way out, money becomes one; 16 digits are written, the fen among
    them up to a hundred trillion yuan.
    """

    fen: int


Cell = str | int | Fen


@dataclass(frozen=True)
class Sheet:
    """Rows under headings; `bold_last` marks a row of sums."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    bold_last: bool = False


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The .xlsx file."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": CREATED})
        styles = _Styles(workbook)
        for sheet in sheets:
            _write(workbook.add_worksheet(sheet.name), sheet, styles)
    return buffer.getvalue()


class _Styles:
    """The formats of a workbook: (text, count, money), plain and bold."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self.heading = workbook.add_format(
            {"bold": True, "bg_color": "#DDE6F0", "text_wrap": True, "valign": "top"}
        )
        self.plain, self.bold = (
            {
                str: workbook.add_format({"bold": bold, "valign": "top"}),
                int: workbook.add_format({"bold": bold, "num_format": "#,##0"}),
                Fen: workbook.add_format({"bold": bold, "num_format": "#,##0.00"}),
            }
            for bold in (False, True)
        )


def _write(page: xlsxwriter.workbook.Worksheet, sheet: Sheet, styles: _Styles) -> None:
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, heading, styles.heading)
        page.set_column(column, column, _width(sheet, column))
    for number, row in enumerate(sheet.rows, start=1):
        formats = styles.bold if sheet.bold_last and number == len(sheet.rows) else styles.plain
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(number, column, cell, formats[str])
            elif isinstance(cell, Fen):
                page.write_number(number, column, cell.fen / 100, formats[Fen])
            else:
                page.write_number(number, column, cell, formats[int])
    page.freeze_panes(1, 0)


def _width(sheet: Sheet, column: int) -> int:
    """Wide enough for the heading and the first rows; a Chinese character counts as two."""
    shown = [sheet.headings[column], *(_shown(row[column]) for row in sheet.rows[:200])]
    return min(60, 2 + max(sum(2 if ord(mark) > 255 else 1 for mark in text) for text in shown))


def _shown(cell: Cell) -> str:
    return grouped(cell.fen) if isinstance(cell, Fen) else str(cell)
