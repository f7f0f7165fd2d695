"""What changed from one snapshot to another, row by row by key: so that nobody stores a workbook unseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from payroll_service.snapshot.canonical import writer
from payroll_service.snapshot.keys import any_missing, common_codes, match_rows
from payroll_service.snapshot.tables import SealedTable, Snapshot, Values
from rules.language.program import Program, Table

ADDED, GONE, CHANGED = "增加", "减少", "改动"
SHOWN = 20  # rows of each kind that are named

Line = Callable[[int], str]


@dataclass(frozen=True)
class RowDifference:
    """One row, or one cell of a row that stayed: `before` and `now` as the snapshot writes them, "" for an empty cell."""

    kind: str
    key: tuple[str, ...]
    column: str = ""
    before: str = ""
    now: str = ""


@dataclass(frozen=True)
class TableDifference:
    """Rows before and now, and how many were added, are gone, or have cells that changed; `first` names some of them."""

    table: str
    before: int
    now: int
    added: int
    gone: int
    changed: int
    first: tuple[RowDifference, ...]

    @property
    def is_none(self) -> bool:
        return not (self.added or self.gone or self.changed)


def differences(program: Program, before: Snapshot, now: Snapshot) -> list[TableDifference]:
    """Of every input table; both snapshots were sealed under this program's types."""
    return [
        _table_difference(table, before.tables[table.name], now.tables[table.name])
        for table in program.input_tables()
    ]


def _table_difference(table: Table, before: SealedTable, now: SealedTable) -> TableDifference:
    match = _matching_rows(table, before, now)
    stayed = np.flatnonzero(match >= 0)
    added = np.flatnonzero(match < 0)
    kept = np.zeros(before.size, bool)
    kept[match[stayed]] = True
    gone = np.flatnonzero(~kept)
    cells = {
        name: stayed[_differ(table, name, before, now, match[stayed], stayed)]
        for name in table.columns
        if name not in table.key
    }
    changed = np.unique(np.concatenate([np.zeros(0, np.int64), *cells.values()]))
    first = [
        *(RowDifference(ADDED, _key(table, now, row)) for row in added[:SHOWN].tolist()),
        *(RowDifference(GONE, _key(table, before, row)) for row in gone[:SHOWN].tolist()),
        *_changes(table, before, now, match, cells, changed[:SHOWN].tolist()),
    ]
    sizes = (before.size, now.size, len(added), len(gone), len(changed))
    return TableDifference(table.name, *sizes, tuple(first))


def _matching_rows(table: Table, before: SealedTable, now: SealedTable) -> np.ndarray:
    """For each row of now the row before with the same key, or -1."""
    types = [table.columns[name].type for name in table.key]
    own, other = ([side.columns[name] for name in table.key] for side in (now, before))
    if not table.key:
        return np.where(np.arange(now.size) < before.size, np.arange(now.size), -1)
    return match_rows(own, types, other, types, (now.size, before.size))


def _differ(
    table: Table, name: str, before: SealedTable, now: SealedTable, old: np.ndarray, new: np.ndarray
) -> np.ndarray:
    """Which of these pairs of rows differ in a column."""
    kind = table.columns[name].type
    was, is_ = before.columns[name], now.columns[name]
    left, right = common_codes(was, kind, is_, kind)
    empty_was, empty_is = any_missing([was], before.size)[old], any_missing([is_], now.size)[new]
    both: np.ndarray = (empty_was != empty_is) | (~empty_was & ~empty_is & (left[old] != right[new]))
    return both


def _changes(
    table: Table,
    before: SealedTable,
    now: SealedTable,
    match: np.ndarray,
    cells: dict[str, np.ndarray],
    rows: list[int],
) -> list[RowDifference]:
    """Every changed cell of these rows."""
    found = []
    changed = {name: set(which.tolist()) for name, which in cells.items()}
    for row in rows:
        key = _key(table, now, row)
        for name in (name for name, which in changed.items() if row in which):
            was, is_ = _text(table, name, before, int(match[row])), _text(table, name, now, row)
            found.append(RowDifference(CHANGED, key, name, was, is_))
    return found


def _key(table: Table, side: SealedTable, row: int) -> tuple[str, ...]:
    return tuple(map(partial(_text, table, side=side, row=row), table.key))


def _text(table: Table, name: str, side: SealedTable, row: int) -> str:
    values: Values = side.columns[name]
    if values.missing is not None and values.missing[row]:
        return ""
    return writer(table.columns[name].type, values.words)(int(values.data[row]))
