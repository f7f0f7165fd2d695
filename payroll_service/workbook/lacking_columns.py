"""Columns that a sheet does not have: are they empty throughout, or under a heading that nothing reads?

Whoever renames 止 has people paid who have left; so a column must stand there, if only empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from itertools import islice

from payroll_service.snapshot.cells import reader
from payroll_service.snapshot.faults import BadCell
from payroll_service.snapshot.filled import is_empty
from payroll_service.snapshot.loading import columns_of_rules
from payroll_service.snapshot.tables import Cell
from payroll_service.workbook.headings_found import Headings, heading_key
from payroll_service.workbook.money_units import ends_in_unit
from rules.language.lens import JOINT
from rules.language.program import ACCOUNT, ID_NUMBER, TEXT, Column, Program, Table

_LOOKED_AT = 200  # filled cells that tell what a column holds
_ROW_NUMBERS = ("序号", "编号", "行号")

Unread = tuple[int, str]  # column number and heading


def lacking_columns(
    program: Program, table: Table, headings: Headings, cells: Mapping[int, Sequence[Cell]]
) -> Iterator[tuple[str, Unread | None]]:
    """Each such column, and the unread heading that could be it. `cells`: of the unread columns, the data rows.

    Not what schemes declare or a rule fills, nor amounts in another unit: to rename these alone would divide the pay.
    """
    if any(table.name.startswith(f"{scheme.short}{JOINT}") for scheme in program.schemes):
        return
    there = {*headings.columns, *(other.name for other in headings.other_units)}
    filled = columns_of_rules(program)
    lacking = [
        column
        for column in table.columns.values()
        if column.name not in there and (table.name, column.name) not in filled
    ]
    rated = sorted(
        (-likeness, place, number, text, column.name)
        for place, column in enumerate(lacking)
        for number, text in headings.unknown
        if not ends_in_unit(text)
        if (likeness := _likeness(program, column, text, cells[number]))
    )
    likely: dict[str, Unread] = {}
    for _, _, number, text, name in rated:
        if name not in likely and (number, text) not in likely.values():
            likely[name] = (number, text)
    for column in lacking:
        yield column.name, likely.get(column.name)


def _likeness(program: Program, column: Column, heading: str, cells: Sequence[Cell]) -> int:
    """0: nothing alike; 1: the same kind of cells; 2: a like name; 3: both."""
    key = heading_key(heading)
    names = [heading_key(name) for name in (column.name, *column.synonyms)]
    like = any(name in key or key in name for name in names) or get_close_matches(key, names, 1, 0.6)
    if not like and key in _ROW_NUMBERS:
        return 0
    return 2 * bool(like) + _holds(program, column, cells)


def _holds(program: Program, column: Column, cells: Sequence[Cell]) -> bool:
    """Most of the filled cells can be read as the column's; a text that may be anything tells nothing."""
    if column.type.kind == TEXT and column.type.text_form not in (ID_NUMBER, ACCOUNT):
        return False
    read = reader(column.type, program.calendar)
    filled = list(islice((cell for cell in cells if not is_empty(cell)), _LOOKED_AT))
    good = 0
    for cell in filled:
        with suppress(BadCell):
            good += read(cell) is not None
    return 2 * good > len(filled)
