"""Cutting a run into blocks of rows that can be calculated one by one: whole schools, say, that fit the cache.

A cut is good if no path that the plan follows leads from one block into another. Tables that are only read (no step
makes their columns, nothing adds their rows up) belong to no block: every block reads them whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from payroll_service.calculation.matching import NOWHERE
from payroll_service.calculation.outcome import Frame
from payroll_service.calculation.paths import Path
from payroll_service.snapshot.tables import Values
from rules.language.program import Program

BLOCK_ROWS = 65_536
MOST_ANCHORS = 2**40  # rows of an anchor, which are multiplied by the count of blocks
MOST_BLOCKS = 2**15
Rows = slice | np.ndarray
Numbered = tuple[np.ndarray, str]  # the block of every row (int16), and the link it was taken from


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

    def part(self, table: str, data: np.ndarray | None) -> Any:
        """What an array by row of a table has in this block."""
        rows = self.rows.get(table)
        return data if rows is None or data is None else data[rows]

    def local_rows(self, table: str, target: str, reached: np.ndarray) -> np.ndarray:
        """Where the rows of this block lead, as places in it (or rows, if the target is not cut)."""
        reached, there = reached[self.rows[table]], self.rows.get(target)
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
    ends = [(table, program.target(table, names)) for table, names in paths]
    leading = {table for table, end in ends if end in tables and end != table}
    for anchor in sorted(tables - leading, key=lambda table: (-frames[table].size, table)):
        numbers = _block_numbers(program, frames, tables, anchor, -(-largest // BLOCK_ROWS))
        if numbers is not None and all(_stays_inside(program, numbers, one, path) for one in paths):
            return _blocks({table: number for table, (number, _) in numbers.items() if table in tables})
    return [Block()]


def _block_numbers(
    program: Program, frames: dict[str, Frame], tables: set[str], anchor: str, count: int
) -> dict[str, Numbered] | None:
    """The block of every row: those of the anchor in equal stretches, the others with the row they lead to."""
    size = frames[anchor].size
    if not count <= size < MOST_ANCHORS or count >= MOST_BLOCKS:
        return None
    numbers: dict[str, Numbered] = {anchor: ((np.arange(size) * count // size).astype(np.int16), "")}
    waiting = {table for table in frames if table != anchor}
    while True:
        linked = {table: _linked(program, frames, numbers, table) for table in waiting}
        reached = {table: found for table, found in linked.items() if found is not None}
        if not reached:
            break
        numbers |= reached
        waiting -= reached.keys()
    return numbers | {table: (np.zeros(frames[table].size, np.int16), "") for table in tables & waiting}


def _linked(
    program: Program, frames: dict[str, Frame], numbers: dict[str, Numbered], table: str
) -> Numbered | None:
    """A table's rows numbered by the first link that leads to a numbered table; rows that it leads nowhere: 0."""
    for name, link in program.tables[table].links.items():
        if link.target in numbers and name in frames[table].links:
            rows, there = frames[table].links[name], numbers[link.target][0]
            if not len(there):
                return np.zeros(len(rows), np.int16), name
            nowhere = rows < 0
            return (there[rows] if not nowhere.any() else np.where(nowhere, np.int16(0), there[rows])), name
    return None


def _stays_inside(
    program: Program,
    numbers: dict[str, Numbered],
    followed: Path,
    path: Callable[[str, tuple[str, ...]], np.ndarray],
) -> bool:
    """The path leads from no block into another."""
    table, names = followed
    target = program.target(table, names)
    if table not in numbers or target not in numbers or not len(numbers[target][0]):
        return True
    if names == (numbers[table][1],):
        return True  # the rows were numbered by this very link
    rows = path(table, names)
    return not ((numbers[target][0][rows] != numbers[table][0]) & (rows >= 0)).any()


def _blocks(numbers: dict[str, np.ndarray]) -> list[Block]:
    count = 1 + max(int(number.max(initial=0)) for number in numbers.values())
    pieces: dict[str, list[Rows]] = {}
    places: dict[str, np.ndarray] = {}
    for table, number in numbers.items():
        if (number[1:] >= number[:-1]).all():
            edges = np.searchsorted(number, np.arange(count + 1))
            pieces[table] = [slice(int(a), int(b)) for a, b in pairwise(edges)]
            continue
        order = np.argsort(number, kind="stable")
        ends = np.cumsum(np.bincount(number, minlength=count))
        starts = np.concatenate(([0], ends[:-1]))
        pieces[table] = [order[a:b] for a, b in zip(starts, ends, strict=True)]
        places[table] = np.empty(len(number), np.int64)
        places[table][order] = np.arange(len(number)) - starts[number[order]]
    return [Block({table: rows[index] for table, rows in pieces.items()}, places) for index in range(count)]
