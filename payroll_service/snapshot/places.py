"""Where a row stands in what was received, by its key: so that what goes wrong later can be shown in the clerk's own cell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from payroll_service.snapshot.canonical import writer
from payroll_service.snapshot.loading import LoadedTable, load_tables
from payroll_service.snapshot.tables import RawTable
from rules.language.program import Program

Key = tuple[str, ...]


class Places:
    """Finds the cells of rows in raw tables that were sealed."""

    def __init__(self, program: Program, raw_tables: Sequence[RawTable]) -> None:
        self._program, self._raw = program, raw_tables
        self._rows: dict[str, dict[Key, int]] = {}

    def cell(self, table: str, key: Key, column: str) -> tuple[str, str]:
        """Sheet and cell of a row's column, or of its key where the sheet has no such column; a month's row stands for
        the row that it was made from. ("", "") for a row that no sheet has."""
        found = self.row(table, key)
        return ("", "") if found is None else found[0].place(found[1], column)

    def row(self, table: str, key: Key) -> tuple[LoadedTable, int] | None:
        """The row itself, in the table as it was read."""
        shape = self._program.tables[table]
        if shape.kind == "分月":
            return self.row(shape.of, key[:-1])
        if shape.kind != "输入":
            return None
        row = self._rows_by_key(table).get(key)
        return None if row is None else (self._loaded[table], row)

    @cached_property
    def _loaded(self) -> dict[str, LoadedTable]:
        return load_tables(self._program, self._raw, strict_ids=False)

    def _rows_by_key(self, table: str) -> dict[Key, int]:
        if table not in self._rows:
            loaded = self._loaded[table]
            columns = [loaded.columns[name] for name in loaded.table.key]
            types = [loaded.table.columns[name].type for name in loaded.table.key]
            texts = [
                map(writer(kind, values.words), values.data.tolist())
                for values, kind in zip(columns, types, strict=True)
            ]
            self._rows[table] = {key: row for row, key in enumerate(zip(*texts, strict=True))}
        return self._rows[table]
