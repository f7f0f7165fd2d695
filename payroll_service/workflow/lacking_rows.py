"""What a calculation would ask for next, found although cells are wrong: so that a workbook is mended in one go."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError, RowProblem
from payroll_service.snapshot.canonical import writer
from payroll_service.snapshot.loading import LoadedTable, load_tables
from payroll_service.snapshot.places import Places
from payroll_service.snapshot.row_names import MOST_SLIPS, are_nearly_same, name_at, names_in_common
from payroll_service.snapshot.sealing import check_and_seal, errors_in
from payroll_service.snapshot.tables import Cell, Problem, RawTable, Snapshot
from rules.language.period import Period
from rules.language.program import ID_NUMBER, Program

ROUNDS = 8  # rows that lead to a row left out are left out, too; so on as far as tables lead to tables
OR_THAT_ROW = "；如果它就是标出来的另一行（号码、代码填错了），改好那一行就行"


@dataclass(frozen=True)
class SoundPart:
    """The rows that can be sealed without the others. `all`: as handed in; no snapshot if there is no such part."""

    all: Sequence[RawTable]
    kept: Sequence[RawTable]
    snapshot: Snapshot | None

    @cached_property
    def left_out(self) -> list[RawTable]:
        """The rows of tables that were not kept."""
        rows = [set(table.rows) for table in self.kept]
        return [
            _only(table, [row not in there for row in table.rows])
            for table, there in zip(self.all, rows, strict=True)
        ]


def sound_part(program: Program, tables: Sequence[RawTable], problems: Sequence[Problem]) -> SoundPart:
    """Without the rows that have an error, and those that lead to them."""
    kept, errors = tables, errors_in(problems)
    for _ in range(ROUNDS):
        kept = _without(kept, errors)
        snapshot, found = check_and_seal(program, kept)
        if snapshot is not None:
            return SoundPart(tables, kept, snapshot)
        errors = errors_in(found)
    return SoundPart(tables, kept, None)


def lacking_rows(program: Program, part: SoundPart, period: Period) -> list[RowProblem]:
    """Rows and cells that rules of this period do not find, judged by the sound rows alone.

    What may be lacking only because rows are left out is not told. Empty where whole sheets are wrong, for then nothing
    can be said.
    """
    if part.snapshot is None:
        return []
    try:
        calculate(program, part.snapshot, period)
    except CalculationError as error:
        left_out = load_tables(program, part.left_out, strict_ids=True)
        places = Places(program, part.kept)
        lacking = [each for each in error.problems if each.lack and not _is_among(each, left_out, places)]
        return [replace(each, remedy=each.remedy + OR_THAT_ROW) for each in lacking]
    return []


def _without(tables: Sequence[RawTable], errors: Sequence[Problem]) -> list[RawTable]:
    bad = {(problem.sheet, int(row[0])) for problem in errors if (row := re.findall(r"\d+$", problem.cell))}
    return [_only(table, [(table.source, row) not in bad for row in table.rows]) for table in tables]


def _only(table: RawTable, chosen: Sequence[bool]) -> RawTable:
    columns: dict[str, Sequence[Cell]] = {
        name: [cell for cell, stays in zip(cells, chosen, strict=True) if stays]
        for name, cells in table.columns.items()
    }
    return replace(
        table, columns=columns, rows=[row for row, stays in zip(table.rows, chosen, strict=True) if stays]
    )


def _is_among(each: RowProblem, left_out: Mapping[str, LoadedTable], places: Places) -> bool:
    """Whether the wanted row may have been handed in, with something else wrong in it: a key that cannot be read is any.

    But not where the row bears another name; nor, where tables have no names in common, quite another ID number.
    """
    lack = each.lack
    table = left_out.get(lack.table) if lack else None
    if lack is None or table is None or not lack.wanted:
        return False
    wanted = places.row(each.table, each.key)
    names = names_in_common(wanted[0].table, table.table) if wanted else None
    may_be = np.ones(table.size, bool)
    for name, text in lack.wanted:
        values = table.columns[name]
        write = writer(table.table.columns[name].type, values.words)
        unread = table.bad[name] if names else _may_be_number(table, name, text)
        may_be &= unread | np.array([write(value) == text for value in values.data.tolist()], bool)
    if wanted and names:
        name = name_at(wanted[0], names[0], wanted[1])
        may_be &= np.array(
            [name_at(table, names[1], row) in (name, "") or not name for row in range(table.size)], bool
        )
    return bool(may_be.any())


def _may_be_number(table: LoadedTable, column: str, wanted: str) -> np.ndarray:
    """Rows whose cell cannot be read; of ID numbers only those that are nearly the wanted one."""
    bad = table.bad[column]
    if table.table.columns[column].type.text_form != ID_NUMBER or np.count_nonzero(bad) > MOST_SLIPS:
        return bad
    near = np.zeros(table.size, bool)
    for row in np.flatnonzero(bad).tolist():
        near[row] = are_nearly_same(wanted, table.handed_in(row, column))
    return near
