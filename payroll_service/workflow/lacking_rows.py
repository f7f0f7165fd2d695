"""What a calculation would ask for next, found although cells are wrong: so that a workbook is mended in one go."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError, Lack, RowProblem
from payroll_service.snapshot.canonical import writer
from payroll_service.snapshot.loading import LoadedTable, load_tables
from payroll_service.snapshot.sealing import check_and_seal, errors_in
from payroll_service.snapshot.tables import Cell, Problem, RawTable, Snapshot
from rules.language.period import Period
from rules.language.program import Program

ROUNDS = 8  # rows that lead to a row left out are left out, too; so on as far as tables lead to tables
OR_THAT_ROW = "；如果它就是标出来的另一行（号码、代码填错了），改好那一行就行"


def lacking_rows(
    program: Program, tables: Sequence[RawTable], problems: Sequence[Problem], period: Period
) -> list[RowProblem]:
    """Rows and cells that rules of this period do not find, judged by the sound rows alone.

    Rows with an error, and those that lead to them, are left out; what may be lacking only because of that is not told.
    Empty where whole sheets are wrong, for then nothing can be said.
    """
    kept, snapshot = _sound_part(program, tables, errors_in(problems))
    if snapshot is None:
        return []
    try:
        calculate(program, snapshot, period)
    except CalculationError as error:
        left_out = load_tables(program, _but(tables, kept), strict_ids=True)
        lacking = [each for each in error.problems if each.lack and not _is_among(each.lack, left_out)]
        return [replace(each, remedy=each.remedy + OR_THAT_ROW) for each in lacking]
    return []


def _sound_part(
    program: Program, tables: Sequence[RawTable], errors: Sequence[Problem]
) -> tuple[Sequence[RawTable], Snapshot | None]:
    """The rows that can be sealed without the others; no snapshot if there is no such part."""
    for _ in range(ROUNDS):
        tables = _without(tables, errors)
        snapshot, found = check_and_seal(program, tables)
        if snapshot is not None:
            return tables, snapshot
        errors = errors_in(found)
    return tables, None


def _without(tables: Sequence[RawTable], errors: Sequence[Problem]) -> list[RawTable]:
    bad = {(problem.sheet, int(row[0])) for problem in errors if (row := re.findall(r"\d+$", problem.cell))}
    return [_only(table, [(table.source, row) not in bad for row in table.rows]) for table in tables]


def _but(tables: Sequence[RawTable], kept: Sequence[RawTable]) -> list[RawTable]:
    """The rows of tables that were not kept."""
    rows = [set(table.rows) for table in kept]
    return [
        _only(table, [row not in there for row in table.rows])
        for table, there in zip(tables, rows, strict=True)
    ]


def _only(table: RawTable, chosen: Sequence[bool]) -> RawTable:
    columns: dict[str, Sequence[Cell]] = {
        name: [cell for cell, stays in zip(cells, chosen, strict=True) if stays]
        for name, cells in table.columns.items()
    }
    return replace(
        table, columns=columns, rows=[row for row, stays in zip(table.rows, chosen, strict=True) if stays]
    )


def _is_among(lack: Lack, left_out: Mapping[str, LoadedTable]) -> bool:
    """Whether the wanted row may have been handed in, with something else wrong in it: a key that cannot be read is any."""
    table = left_out.get(lack.table)
    if table is None or not lack.wanted:
        return False
    may_be = np.ones(table.size, bool)
    for name, text in lack.wanted:
        values = table.columns[name]
        write = writer(table.table.columns[name].type, values.words)
        may_be &= table.bad[name] | np.array([write(value) == text for value in values.data.tolist()], bool)
    return bool(may_be.any())
