"""Tables that come in parts: which column tells a row's unit, which rows are whose, what is wrong with a part alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from payroll_service.snapshot.cells import reader
from payroll_service.snapshot.faults import BadCell
from payroll_service.snapshot.sealing import find_problems
from payroll_service.snapshot.tables import Cell, Problem, RawTable
from rules.language.program import Program, Read, Table

_ELSEWHERE = "查找不到"  # may be in another part: certain only when all are put together


def unit_tables(program: Program) -> list[str]:
    """The tables whose rows are the units that pay, by one key column."""
    targets = (program.target(payment.table, payment.unit) for payment in program.payments)
    return [name for name in dict.fromkeys(targets) if len(program.tables[name].key) == 1]


def unit_column(program: Program, table: Table) -> str:
    """The column of an input table that leads to a unit; "" if there is none, as in the table of units itself."""
    units = unit_tables(program)
    for link in table.links.values():
        keys = [key for key in link.keys if isinstance(key, Read) and not key.path]
        if link.kind == "查找" and link.target in units and len(keys) == len(link.keys) == 1:
            return keys[0].column if keys[0].column in table.columns else ""
    return ""


def check_parts(program: Program, tables: Sequence[RawTable]) -> list[Problem]:
    """Every problem of these tables, as far as it can be told without the others; a lookup that fails is a hint."""
    there = {table.table for table in tables}
    absent = {name for name in program.tables if name not in there}
    found = [problem for problem in find_problems(program, tables) if problem.sheet not in absent]
    return [
        replace(problem, level="提示", remedy=f"{problem.remedy}；在别的文件里的，合并时会再核对")
        if problem.kind == _ELSEWHERE
        else problem
        for problem in found
    ]


def units_of(program: Program, table: RawTable) -> list[str]:
    """For each row the code of its unit; of a table without such a column "" throughout."""
    column = unit_column(program, program.tables[table.table])
    return _codes(program, table, column) if column else [""] * len(table.rows)


def foreign_rows(program: Program, table: RawTable, unit: str) -> list[Problem]:
    """Rows of a school's own file that are another school's; of the table of schools all but its own."""
    shape = program.tables[table.table]
    column = shape.key[0] if table.table in unit_tables(program) else unit_column(program, shape)
    if not column:
        return []
    letter = table.letters.get(column, "")
    return [
        Problem(
            table.source, f"{letter}{number}", column, "不是本单位", f"这一行不是 {unit} 的",
            f"{unit} 的表里只能有自己的行：请改正{column}，或删去这一行",
        )
        for number, code in zip(table.rows, _codes(program, table, column), strict=True)
        if code != unit
    ]  # fmt: skip


def labelled_units(program: Program, table: RawTable) -> dict[str, str]:
    """Code and label of every row of a table of units."""
    shape = program.tables[table.table]
    codes = table.columns.get(shape.key[0], ())
    labels = table.columns.get(shape.label_column, ()) or [""] * len(table.rows)
    read = reader(shape.columns[shape.key[0]].type, program.calendar)
    return {_code(read, code): str(label or "") for code, label in zip(codes, labels, strict=True)}


def only_rows(table: RawTable, keep: Sequence[bool], source: str) -> RawTable:
    """The rows marked, under another source's name."""
    kept = [index for index, wanted in enumerate(keep) if wanted]
    columns: dict[str, Sequence[Cell]] = {
        name: [cells[index] for index in kept] for name, cells in table.columns.items()
    }
    return replace(table, source=source, columns=columns, rows=[table.rows[index] for index in kept])


def _codes(program: Program, table: RawTable, column: str) -> list[str]:
    read = reader(program.tables[table.table].columns[column].type, program.calendar)
    return [_code(read, cell) for cell in table.columns[column]]


def _code(read: Callable[[Cell], int | str | None], cell: Cell) -> str:
    try:
        return str(read(cell) or "")
    except BadCell:
        return ""  # a problem of its own, which keeps the part out
