"""One table with all its cells read: what the checks across rows and tables work on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal
from unicodedata import normalize

import numpy as np

from payroll_service.snapshot.cells import reader
from payroll_service.snapshot.columns import ReadColumn, absent_column, read_column
from payroll_service.snapshot.emptiness import empty_at_marks, told_to_leave_empty
from payroll_service.snapshot.tables import Cell, Problem, RawTable, Values
from rules.language.period import Calendar
from rules.language.plan import made_by
from rules.language.program import Column, Program, Table

Placed = tuple[
    tuple[int, int], Problem
]  # (row, column) in the table, so that problems read in the sheet's order


@dataclass
class LoadedTable:
    """Typed columns in the order received, rows of all parts after one another; and the problems found so far.

    `bad` marks, by column, the rows whose cell could not be read (also missing in `columns`).
    """

    table: Table
    parts: list[RawTable]
    columns: dict[str, Values] = field(default_factory=dict)
    bad: dict[str, np.ndarray] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(len(part.rows) for part in self.parts)

    @property
    def is_there(self) -> bool:
        return bool(self.parts)

    def add(
        self,
        row: int,
        column: str,
        kind: str,
        message: str,
        remedy: str,
        level: Literal["错误", "提示"] = "错误",
    ) -> None:
        """Put down a problem of one cell."""
        source, cell = self.place(row, column)
        position = list(self.table.columns).index(column)
        self.placed.append(((row, position), Problem(source, cell, column, kind, message, remedy, level)))

    def add_for_sheet(
        self, sheet: str, column: str, kind: str, message: str, remedy: str, cell: str = ""
    ) -> None:
        """Put down a problem of a whole sheet, or of one of its headings."""
        self.placed.append(((-1, -1), Problem(sheet, cell, column, kind, message, remedy)))

    def place(self, row: int, column: str) -> tuple[str, str]:
        """Sheet and cell; of a column that the sheet does not have the cell of the row's key."""
        part, inside = self._part_of(row)
        letters = (part.letters.get(name) for name in (column, *self.table.key))
        return part.source, f"{next((found for found in letters if found), '')}{part.rows[inside]}"

    def row_number(self, row: int) -> str:
        """How a clerk finds the row: its number, with the sheet's name where there are several parts."""
        part, inside = self._part_of(row)
        return (
            f"{part.source} 第 {part.rows[inside]} 行"
            if len(self.parts) > 1
            else f"第 {part.rows[inside]} 行"
        )

    def problems(self) -> Iterator[Problem]:
        return (problem for _, problem in sorted(self.placed, key=lambda item: item[0]))

    def unreadable(self, columns: Sequence[str]) -> np.ndarray:
        """Rows where a cell of these columns could not be read."""
        rows = np.zeros(self.size, bool)
        for column in columns:
            rows |= self.bad[column]
        return rows

    def handed_in(self, row: int, column: str) -> str:
        """A cell as it came, but for width and case."""
        part, inside = self._part_of(row)
        cells = part.columns.get(column)
        return normalize("NFKC", str(cells[inside])).strip().upper() if cells else ""

    def _part_of(self, row: int) -> tuple[RawTable, int]:
        for part in self.parts:
            if row < len(part.rows):
                return part, row
            row -= len(part.rows)
        raise AssertionError("a problem is always in a row that was received")


def load_tables(program: Program, raw_tables: Sequence[RawTable], strict_ids: bool) -> dict[str, LoadedTable]:
    """Every input table of the program, read cell by cell; sheets that the program does not know are left aside."""
    computed = columns_of_rules(program)
    loaded = {}
    for table in program.input_tables():
        found = LoadedTable(table, [raw for raw in raw_tables if raw.table == table.name])
        filled = {column for column in table.columns if (table.name, column) in computed}
        _read_columns(found, program.calendar, filled, strict_ids)
        loaded[table.name] = found
    return loaded


def columns_of_rules(program: Program) -> set[tuple[str, str]]:
    """Table and name of every column that a rule makes, or fills."""
    return {made for step in program.steps for made in made_by(step)}


def _read_columns(found: LoadedTable, calendar: Calendar, filled: set[str], strict_ids: bool) -> None:
    """`filled`: columns that a rule of a lower level fills (开放), so that the sheet may leave them out."""
    for column in found.table.columns.values():
        may_lack = column.optional or column.default is not None or column.name in filled
        read = empty_at_marks(column, reader(column.type, calendar, strict_ids))
        read = told_to_leave_empty(column, read)
        lacking = [
            part
            for part in found.parts
            if len(part.rows)
            and column.name not in part.columns
            and (column.name in part.lacking or not may_lack)
        ]
        if lacking:
            for part in lacking:
                likely = part.lacking.get(column.name)
                found.add_for_sheet(
                    part.source,
                    column.name,
                    "缺列",
                    f"没有“{column.name}”这一列",
                    _column_remedy(column, likely, may_lack),
                    likely[0] if likely else "",
                )
            result = absent_column(found.size, column.type, read, None)
            found.bad[column.name] = np.ones(found.size, bool)
        else:
            cells = _cells(found.parts, column.name)
            result = read_column(cells, column.type, read, not may_lack, column.default)
            found.bad[column.name] = result.bad
        found.columns[column.name] = result.values
        _put_down(found, column.name, result)
    if (
        not found.parts
        and not found.table.carries
        and not all(column.optional for column in found.table.columns.values())
    ):
        name = found.table.name
        found.add_for_sheet(
            name, "", "缺表", f"没有“{name}”这张表", "请按模板补上这张表；本次没有数据的，保留标题行即可"
        )


def _column_remedy(column: Column, likely: tuple[str, str] | None, may_be_empty: bool) -> str:
    remedy = f"请按模板补上“{column.name}”列；已有这一列的，请核对列名的写法"
    if likely:
        remedy = f"{likely[0]}“{likely[1]}”像是它的，请改列名"
    return f"{remedy}；确实都没有的，也请保留这一列、留空" if may_be_empty else remedy


def _cells(parts: list[RawTable], column: str) -> list[Cell]:
    for part in parts:
        assert column not in part.columns or len(part.columns[column]) == len(part.rows), (
            "a column fills its rows"
        )
    nothing: Sequence[Cell] = ()
    return list(
        chain.from_iterable(part.columns.get(column, nothing) or [None] * len(part.rows) for part in parts)
    )


def _put_down(found: LoadedTable, column: str, result: ReadColumn) -> None:
    for row, fault in result.faults:
        found.add(row, column, fault.kind, fault.message, fault.remedy)
    for row, hint in result.hints:
        found.add(row, column, hint.kind, hint.message, hint.remedy, "提示")
