"""One calculation at work: columns as vectors, links followed once, faults numbered, flaws collected.

A `Sheet` works on one block of rows: all rows of a run, or a part of them that nothing outside is added up with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from typing import Any

import numpy as np

from payroll_service.calculation.blocks import Block
from payroll_service.calculation.frames import follow
from payroll_service.calculation.groups import Grouping, Receivers, Runs, RunsGrouping
from payroll_service.calculation.outcome import Computed, Frame
from payroll_service.calculation.prepared import Prepared
from payroll_service.calculation.rates import RateTable
from payroll_service.calculation.standing import remembered
from payroll_service.calculation.statuses import FIRST_FAULT, MISSING, MOST_FAULTS, OK, REPORTED, flags
from payroll_service.calculation.tracing import array_of
from payroll_service.calculation.vectors import ONE, Vector, fits, wide, yes_no
from payroll_service.snapshot.tables import Values
from rules.language.period import Period
from rules.language.program import BOOL, NUMBER, Node, Program, Type

ColumnId = tuple[str, str]


@dataclass(frozen=True)
class Fault:
    """Why a value cannot be calculated, and what to do about it."""

    message: str
    remedy: str


MISSING_VALUE = Fault(
    "缺少需要的数值：公式读到了空单元格、找不到的行或不适用的列",
    "请补填数据；确实可以没有的，在公式中写“否则”",
)
BY_ZERO = Fault("除数为 0", "请核对作除数的数据，或用 如果(…) 或「限于」把为 0 的情形分开")
MANY_FAULTS = Fault("这一行不能计算，原因种类太多，未逐一说明", "请先改正其他各行，再算一次")


@dataclass(frozen=True)
class Flaw:
    """One row that could not be calculated."""

    table: str
    row: int
    column: str
    fault: Fault


class Ground:
    """What all blocks of a run share: the program, the frames, and where paths lead."""

    def __init__(
        self,
        ready: Prepared,
        frames: dict[str, Frame],
        period: Period,
        known: dict[Any, Any] | None = None,
    ) -> None:
        """`known`: what is remembered of the snapshot (see standing.py)."""
        self.ready, self.frames, self.period = ready, frames, period
        self._known = {} if known is None else known
        self.program: Program = ready.program
        self.asked = ready.asked(period.kind)
        self.made: dict[ColumnId, Computed] = {}  # columns of earlier stages; in the end all
        self.deciding: dict[ColumnId, Callable[[], Values]] = {}  # the same, for rows and links to be made by
        self._groupings: dict[tuple[str, tuple[str, ...]], Grouping] = {}
        self._lock = Lock()

    def grouping(self, table: str, path: tuple[str, ...]) -> Grouping:
        """Where a path (not empty) leads every row of a table, over all rows."""
        with self._lock:
            return self._grouping(table, path)

    def _grouping(self, table: str, path: tuple[str, ...]) -> Grouping:
        found = self._groupings.get((table, path))
        if found is None:
            stands, what = self.ready.standing.path(table, path), ("path", table, path)
            found = remembered(self._known, stands, what, partial(self._followed, table, path, stands))
            self._groupings[table, path] = found
        return found

    def _followed(self, table: str, path: tuple[str, ...], stands: bool) -> Grouping:
        link, runs = self.program.tables[table].links[path[0]], self.frames[table].runs
        if runs is not None and link.kind == "上级":
            above = Runs(runs)
            beyond = path[1:]
            return RunsGrouping(above, self._grouping(link.target, beyond)) if beyond else above
        rows = follow(self.program, self.frames, table, path)
        assert rows is not None, "an empty path leads to the row itself"
        return Grouping(rows, self.frames[self.program.target(table, path)].size, lasting=stands)

    def grouping_in(self, block: Block, table: str, path: tuple[str, ...]) -> Grouping:
        """The same of the rows of a block."""
        target = self.program.target(table, path)
        whole = self.grouping(table, path)
        rows, receivers = block.rows.get(table), block.rows.get(target)
        if rows is None and receivers is None:
            return whole
        if isinstance(rows, slice) and isinstance(receivers, slice) and whole.ordered:
            return whole.part(rows, receivers)
        size = block.size(target, self.frames[target].size)
        return Grouping(block.local_rows(table, target, whole.rows), size)

    def path(self, table: str, path: tuple[str, ...]) -> np.ndarray:
        return self.grouping(table, path).rows


@dataclass
class Sheet:
    """Columns and links of one block. `columns` grows by what the steps make; `scopes` holds one scope a table."""

    ground: Ground
    block: Block
    evaluate: Callable[[Any, Node], Vector]
    columns: dict[ColumnId, Vector] = field(default_factory=dict)
    scopes: dict[str, Any] = field(default_factory=dict)
    wheres: dict[tuple[str, int], Any] = field(
        default_factory=dict
    )  # conditions of rules by table and number
    presences: dict[int, Any] = field(
        default_factory=dict
    )  # where columns have values, by their status array
    flaws: list[Flaw] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=lambda: [BY_ZERO])
    _groupings: dict[tuple[str, tuple[str, ...]], Receivers] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        return self.ground.program

    @property
    def period(self) -> Period:
        return self.ground.period

    def number(self, node: Node) -> int:
        return self.ground.ready.numbering.of(node)

    def asked(self, node: Node) -> tuple[int, bool]:
        """The number of an expression, and whether it is asked for more than once."""
        return self.ground.asked.get(id(node)) or self.ground.ready.ask(self.period.kind, node)

    def rate(self, name: str) -> RateTable:
        return self.ground.ready.rate(name)

    def column(self, table: str, name: str) -> Vector:
        """A column by name: one that a step has made, or an input column."""
        found = self.columns.get((table, name))
        if found is None:
            found = self.columns[table, name] = self._input(table, name)
        return found

    def _input(self, table: str, name: str) -> Vector:
        made = self.ground.made.get((table, name))
        if made is not None:
            data, missing = self.block.part(table, made.data), self.block.part(table, made.missing)
            return made_vector(made, data, missing, made.bounds, self.program.types[table, name])
        values = self.ground.frames[table].columns[name]
        return vector_of(self.block.taken(table, values), self.program.types[table, name])

    def size(self, table: str) -> int:
        return self.block.size(table, self.ground.frames[table].size)

    def grouping(self, table: str, path: tuple[str, ...]) -> Receivers:
        """Where a path (not empty) leads every row of a table; from the other end, who comes together there."""
        found = self._groupings.get((table, path))
        if found is None:
            found = self._groupings[table, path] = self._grouping(table, path)
        return found

    def _grouping(self, table: str, path: tuple[str, ...]) -> Receivers:
        return self.ground.grouping_in(self.block, table, path)

    def fault(self, fault: Fault) -> int:
        """The status of rows that have this fault."""
        if fault not in self.faults:
            if len(self.faults) >= MOST_FAULTS:
                fault = MANY_FAULTS
            self.faults.append(fault)
        return FIRST_FAULT + self.faults.index(fault)

    def report(self, table: str, column: str, rows: np.ndarray, fault: Fault) -> None:
        self.flaws += [Flaw(table, int(row), column, fault) for row in rows]

    def settled(
        self, table: str, column: str, v: Vector, rows: np.ndarray | None = None, needed: bool = True
    ) -> Vector:
        """The vector with its faults reported as flaws of `column` (at `rows` of the table, None: one a row).

        A missing value is a flaw too if it is needed.
        """
        status = v.status
        if status is None:
            return v
        if not (status > OK).any():
            return v.with_status(None)
        if not needed and not (status > REPORTED).any():
            return v
        return self._reported(table, column, v, status, rows, needed)

    def _reported(
        self, table: str, column: str, v: Vector, status: np.ndarray, rows: np.ndarray | None, needed: bool
    ) -> Vector:
        for code in np.unique(status):
            if code == MISSING and needed:
                fault = MISSING_VALUE
            elif code >= FIRST_FAULT:
                fault = self.faults[code - FIRST_FAULT]
            else:
                continue
            places = np.flatnonzero(np.broadcast_to(status == code, v.data.shape))
            self.report(table, column, places if rows is None else rows[places], fault)
        bad = status > OK if needed else status >= REPORTED
        return replace(v, status=np.where(bad, np.int8(REPORTED), status))


def vector_of(values: Values, kind: Type) -> Vector:
    """A sealed column as a vector; its bounds are those of the data themselves."""
    return input_vector(values.data, values.missing, values.bounds, values.words, kind)


def made_vector(
    made: Computed, data: np.ndarray, missing: np.ndarray | None, bounds: tuple[int, int], kind: Type
) -> Vector:
    """A finished column, or a part of it, as a vector."""
    status = None if missing is None else flags(missing, MISSING)
    if kind.kind == BOOL:
        return Vector(array_of(data != 0), status=status)
    return Vector(data, made.step, *bounds, status, words=made.words, clean=True)


def input_vector(
    data: np.ndarray,
    missing: np.ndarray | None,
    bounds: tuple[int, int],
    words: tuple[str, ...],
    kind: Type,
) -> Vector:
    """A sealed column of these cells (see `Values`) as a vector."""
    status = None if missing is None else flags(missing, MISSING)
    if kind.kind == BOOL:
        return yes_no(data != 0, status)
    scale = (kind.step or ONE) if kind.kind == NUMBER else ONE
    return Vector(data if fits(*bounds) else wide(data), scale, *bounds, status, words=words, clean=True)
