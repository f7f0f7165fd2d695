"""Runs as a process of its own, with limits on memory and time: mark cells in a copy of one workbook, nothing else.

In: a line of JSON (marks by sheet, the list of problems, its sheet's name, memory, seconds), then the file. Out: the copy.
Marks of an earlier round are taken away first, so that a clerk may go on in the copy that came back.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
from typing import Any

SIGN = "【核算检查】"
COLOURS = {"错误": "FFFFC7CD", "提示": "FFFFEB9B"}
WIDTHS = (6, 18, 10, 16, 14, 46, 60, 8)


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    for which, most in (
        (resource.RLIMIT_AS, order["memory"]),
        (resource.RLIMIT_CPU, order["seconds"]),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(which, (most, resource.getrlimit(which)[1]))
    from openpyxl import load_workbook  # after the limits

    book = load_workbook(io.BytesIO(sys.stdin.buffer.read()), keep_links=False)
    if order["list_sheet"] in book.sheetnames:
        del book[order["list_sheet"]]
    for sheet in book.worksheets:
        _unmark(sheet)
    for name, marks in order["marks"].items():
        if name in book.sheetnames:
            _mark(book[name], marks)
    _write_list(book, order)
    out = io.BytesIO()
    book.save(out)
    sys.stdout.buffer.write(out.getvalue())


def _unmark(sheet: Any) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    noted = [cell for cell in sheet._cells.values() if getattr(cell, "comment", None)]
    for cell in noted:
        own, sign, _ = cell.comment.text.partition(SIGN)
        if sign:
            cell.comment = Comment(own.rstrip(), cell.comment.author) if own.strip() else None
            if cell.fill.fgColor.rgb in COLOURS.values():
                cell.fill = PatternFill()


def _mark(sheet: Any, marks: list[list[str]]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    merged = {
        place: area.coord.split(":")[0] for area in sheet.merged_cells.ranges for place in _few_cells(area)
    }
    for place, text, level in marks:
        cell = sheet[merged.get(place, place)]
        before = f"{cell.comment.text}\n" if cell.comment else ""
        cell.comment = Comment(f"{before}{SIGN}{text}", "payroll", height=160, width=320)
        cell.fill = PatternFill("solid", fgColor=COLOURS[level])


def _few_cells(area: Any) -> list[str]:
    """The cells of a merged range; a hostile one may cover a whole sheet, and is left alone."""
    from openpyxl.utils import get_column_letter

    if area.size["rows"] * area.size["columns"] > 10_000:
        return []
    return [
        f"{get_column_letter(column)}{row}" for row, column in (place for line in area.rows for place in line)
    ]


def _write_list(book: Any, order: dict[str, Any]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.create_sheet(order["list_sheet"], 0)
    for number, line in enumerate(order["guide"], 1):
        _put(sheet.cell(number, 1), line, Font(bold=number == 1))
    top = len(order["guide"]) + 2
    for column, heading in enumerate(order["headings"], 1):
        _put(sheet.cell(top, column), heading, Font(bold=True))
        sheet.column_dimensions[sheet.cell(top, column).column_letter].width = WIDTHS[column - 1]
    for number, (link, *texts) in enumerate(order["listed"], 1):
        for column, text in enumerate([str(number), *texts], 1):
            cell = sheet.cell(top + number, column)
            _put(cell, text, Font())
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(top + number, len(texts) + 1).fill = PatternFill("solid", fgColor=COLOURS[texts[-1]])
        if link:
            place = sheet.cell(top + number, 3)
            place.hyperlink = Hyperlink(ref=place.coordinate, location=link)
            place.font = Font(color="FF0563C1", underline="single")
    sheet.freeze_panes = sheet.cell(top + 1, 1)
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = 0


def _put(cell: Any, text: str, font: Any) -> None:
    """A text that is never taken for a formula."""
    cell.value, cell.data_type, cell.font = text, "s", font


if __name__ == "__main__":
    main()
