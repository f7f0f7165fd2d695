"""Check what came in, and seal what is sound."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from payroll_service.snapshot import canonical
from payroll_service.snapshot.keys import sorted_rows
from payroll_service.snapshot.links import check_lookups
from payroll_service.snapshot.loading import LoadedTable, load_tables
from payroll_service.snapshot.spans import check_duplicates, check_spans
from payroll_service.snapshot.tables import Problem, RawTable, SealedTable, Snapshot, UnsoundTables, Values
from rules.language.program import Program


def check_and_seal(
    program: Program, raw_tables: Sequence[RawTable], strict_ids: bool = True
) -> tuple[Snapshot | None, list[Problem]]:
    """The snapshot, and every problem in one pass; no snapshot if a problem is an error.

    Several raw tables of one name (schools' own files) count as one. With `strict_ids=False` ID numbers and accounts
    may be any text, as in worked examples.
    """
    loaded, problems = _checked(program, raw_tables, strict_ids)
    if errors_in(problems):
        return None, problems
    tables = _sealed_tables(loaded)
    return Snapshot(tables, canonical.fingerprint_of(program, tables)), problems


def find_problems(program: Program, raw_tables: Sequence[RawTable], strict_ids: bool = True) -> list[Problem]:
    """Every problem and hint, in the order of tables, rows and columns."""
    return _checked(program, raw_tables, strict_ids)[1]


def seal(program: Program, raw_tables: Sequence[RawTable], strict_ids: bool = True) -> Snapshot:
    """The snapshot of sound tables; `UnsoundTables` names every problem otherwise."""
    snapshot, problems = check_and_seal(program, raw_tables, strict_ids)
    if snapshot is None:
        raise UnsoundTables(problems)
    return snapshot


def from_bytes(program: Program, data: bytes, may_lack: bool = False) -> Snapshot:
    """The snapshot that was sealed as these bytes, under this program's types; its fingerprint is that of the bytes.

    Tables and columns that the program does not declare are left aside. `UnsoundTables` if the rest does not fit it,
    `canonical.UnreadableSnapshot` if the bytes are no snapshot. `may_lack`: tables that they do not have are empty ones.
    """
    given = canonical.raw_tables(data)
    if may_lack:
        lacking = {table.name: table for table in program.input_tables()}
        for one in given:
            lacking.pop(one.table, None)
        given += [
            RawTable(name, name, dict.fromkeys(table.columns, ()), range(0))
            for name, table in lacking.items()
        ]
    loaded, problems = _checked(program, given, strict_ids=False)
    if errors_in(problems):
        raise UnsoundTables(problems)
    return Snapshot(_sealed_tables(loaded), sha256(data).hexdigest())


def errors_in(problems: Sequence[Problem]) -> list[Problem]:
    """The problems that forbid sealing; the others are hints."""
    return [problem for problem in problems if problem.level == "错误"]


def _checked(
    program: Program, raw_tables: Sequence[RawTable], strict_ids: bool
) -> tuple[dict[str, LoadedTable], list[Problem]]:
    loaded = load_tables(program, raw_tables, strict_ids)
    for table in loaded.values():
        check_duplicates(table)
        check_spans(program, table)
    check_lookups(program, loaded)
    return loaded, [problem for table in loaded.values() for problem in table.problems()]


def _sealed_tables(loaded: dict[str, LoadedTable]) -> dict[str, SealedTable]:
    return {name: sealed_table(table) for name, table in sorted(loaded.items())}


def sealed_table(table: LoadedTable) -> SealedTable:
    """The rows of a table without problems, in the order of their keys."""
    order = sorted_rows([table.columns[name] for name in table.table.key], table.size)
    columns = {
        name: Values(
            values.data[order], None if values.missing is None else values.missing[order], values.words
        )
        for name, values in table.columns.items()
    }
    return SealedTable(table.table.name, table.size, columns)
