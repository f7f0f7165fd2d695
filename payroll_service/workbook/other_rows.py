"""Rows among the data that are no data: headings once more, as where lists were put under one another.

Each is one problem at one cell, and is not read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from payroll_service.snapshot.filled import is_empty
from payroll_service.snapshot.tables import Cell
from payroll_service.workbook.headings_found import Headings, Names
from payroll_service.workbook.sheets import column_letters
from rules.language.program import Table

_LEAST_HEADINGS = 3  # in a row that repeats them
_LONGEST_HEADING = 40

Columns = Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class OtherRow:
    """A row that is no data: the cell where it is told, and how."""

    row: int
    column: int
    kind: str
    message: str
    remedy: str


def heading_rows(
    columns: Columns, table: Table, headings: Headings, rows: Collection[int]
) -> Iterator[OtherRow]:
    """Those of the rows of whose filled cells at least half, and at least three, are headings of the table."""
    names = Names(table)
    meant = _headings_in(columns, names, headings.last + 1)
    if len(meant) < _LEAST_HEADINGS:
        return
    counts = Counter(
        row
        for column in columns
        if not meant.keys().isdisjoint(column)
        for row, cell in enumerate(column)
        if cell in meant
    )
    asked = set(rows)
    for row in sorted(row for row, count in counts.items() if count >= _LEAST_HEADINGS and row in asked):
        filled = [number for number, column in enumerate(columns) if not is_empty(column[row])]
        if 2 * counts[row] >= len(filled):
            yield _heading_row(columns, headings, meant, row, filled)


def _headings_in(columns: Columns, names: Names, first: int) -> dict[Cell, str]:
    """The texts from this row on that are headings, and the columns that they mean."""
    texts = {
        cell
        for column in columns
        for cell in set(column[first:])
        if isinstance(cell, str) and len(cell) <= _LONGEST_HEADING
    }
    return {text: name for text in texts if not text.isdigit() and (name := names.meant(text))}


def _heading_row(
    columns: Columns, headings: Headings, meant: Mapping[Cell, str], row: int, filled: Sequence[int]
) -> OtherRow:
    above = {number: name for name, number in headings.columns.items()} | dict(headings.unknown)
    for number in filled:
        cell = columns[number][row]
        name = meant.get(cell)
        if name is not None and headings.columns.get(name) != number:
            under = f"在“{above[number]}”列下" if number in above else "上面没有列名"
            place = f"{column_letters(number)}{row + 1}“{str(cell).strip()}”{under}"
            return OtherRow(
                row, number, "又是列名", f"第 {row + 1} 行又是列名，次序与上面不同（{place}）",
                "请先把下面的数据调成上面的次序，再删除这一行",
            )  # fmt: skip
    return OtherRow(row, filled[0], "又是列名", f"第 {row + 1} 行又是列名", "请删除这一行")
