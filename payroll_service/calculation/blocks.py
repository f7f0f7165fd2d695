"""Cutting a run into blocks of rows that can be calculated one by one: whole schools, say, that fit the cache.

A cut is good if no path that the plan follows leads from one block into another. Tables that are only read (no step
makes their columns, nothing adds their rows up) belong to no block: every block reads them whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from payroll_service.calculation.matching import NOWHERE
from payroll_service.calculation.outcome import Frame
from payroll_service.calculation.paths import Path
from payroll_service.snapshot.tables import Values
from rules.language.program import Program

BLOCK_ROWS = 65_536
Rows = slice | np.ndarray


@dataclass(frozen=True)
class Block:
    """The rows of each table that is cut, ascending; and the place in its block of every row of a table."""

    rows: dict[str, Rows] = field(default_factory=dict)
    places: dict[str, np.ndarray] = field(default_factory=dict)

    def size(self, table: str, whole: int) -> int:
        rows = self.rows.get(table)
        if rows is None:
            return whole
        return rows.stop - rows.start if isinstance(rows, slice) else len(rows)

    def taken(self, table: str, values: Values) -> Values:
        """A column's values in this block."""
        rows = self.rows.get(table)
        if rows is None:
            return values
        missing = None if values.missing is None else values.missing[rows]
        if missing is not None and not missing.any():
            missing = None
        return Values(values.data[rows], missing, values.words)

    def local_rows(self, table: str, target: str, reached: np.ndarray) -> np.ndarray:
        """Where the rows of this block lead, as places in it (or rows, if the target is not cut)."""
        rows, there = self.rows.get(table), self.rows.get(target)
        if rows is not None:
            reached = reached[rows]
        if there is None:
            return reached
        if isinstance(there, slice):
            local: np.ndarray = reached - there.start
            return np.where(reached < 0, NOWHERE, local) if reached.size and reached.min() < 0 else local
        return np.where(reached < 0, NOWHERE, self.places[target][reached])

    def whole_rows(self, table: str, local: np.ndarray) -> np.ndarray:
        """Rows of the block as rows of the table."""
        rows = self.rows.get(table)
        if rows is None:
            return local
        return np.asarray(local + rows.start if isinstance(rows, slice) else rows[local])


def cut(
    program: Program,
    frames: dict[str, Frame],
    followed: tuple[set[str], set[Path]],
    path: Callable[[str, tuple[str, ...]], np.ndarray],
) -> list[Block]:
    """Good blocks of about BLOCK_ROWS rows of the largest table, or one block of everything.

    `followed`: the tables and paths of `paths_followed`; `path` follows one.
    """
    tables, paths = followed
    largest = max((frames[table].size for table in tables), default=0)
    if largest < 2 * BLOCK_ROWS:
        return [Block()]
    leading = {table for table, names in paths if program.target(table, names) in tables}
    for anchor in sorted(tables - leading, key=lambda table: (-frames[table].size, table)):
        numbers = _block_numbers(program, frames, tables, anchor, -(-largest // BLOCK_ROWS))
        if numbers is not None and _is_good(program, numbers, paths, path):
            return _blocks(numbers)
    return [Block()]


def _block_numbers(
    program: Program, frames: dict[str, Frame], tables: set[str], anchor: str, count: int
) -> dict[str, np.ndarray] | None:
    """The block of every row: those of the anchor in equal stretches, the others with the row they lead to."""
    size = frames[anchor].size
    if size < count:
        return None
    numbers = {anchor: np.arange(size) * count // size}
    waiting = {table for table in frames if table != anchor}
    while True:
        reached = {
            table: found
            for table in waiting
            if (found := _linked(program, frames, numbers, table)) is not None
        }
        if not reached:
            break
        numbers |= reached
        waiting -= reached.keys()
    alone = {table: np.zeros(frames[table].size, np.int64) for table in tables & waiting}
    return {table: number.astype(np.int16) for table, number in (numbers | alone).items() if table in tables}


def _linked(
    program: Program, frames: dict[str, Frame], numbers: dict[str, np.ndarray], table: str
) -> np.ndarray | None:
    for name, link in program.tables[table].links.items():
        if link.target in numbers and name in frames[table].links:
            rows = frames[table].links[name]
            there = numbers[link.target]
            return np.where(rows < 0, 0, there[rows]) if len(there) else np.zeros(len(rows), np.int64)
    return None


def _is_good(
    program: Program,
    numbers: dict[str, np.ndarray],
    paths: Iterable[Path],
    path: Callable[[str, tuple[str, ...]], np.ndarray],
) -> bool:
    """No path leads from one block into another."""
    for table, names in paths:
        target = program.target(table, names)
        if table not in numbers or target not in numbers or not len(numbers[target]):
            continue
        rows = path(table, names)
        if ((numbers[target][rows] != numbers[table]) & (rows >= 0)).any():
            return False
    return True


def _blocks(numbers: dict[str, np.ndarray]) -> list[Block]:
    count = 1 + max(int(number.max(initial=0)) for number in numbers.values())
    pieces: dict[str, list[Rows]] = {}
    places: dict[str, np.ndarray] = {}
    for table, number in numbers.items():
        counts = np.bincount(number, minlength=count)
        ends = np.cumsum(counts)
        starts = ends - counts
        if (number[1:] >= number[:-1]).all():
            pieces[table] = [slice(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]
            continue
        order = np.argsort(number, kind="stable")
        pieces[table] = [order[a:b] for a, b in zip(starts, ends, strict=True)]
        places[table] = np.empty(len(number), np.int64)
        places[table][order] = np.arange(len(number)) - starts[number[order]]
    return [Block({table: rows[index] for table, rows in pieces.items()}, places) for index in range(count)]
