"""One calculation at work: columns as vectors, links followed once, faults numbered, problems collected.

A `Sheet` knows one set of frames; nothing in it knows whether they are all rows of a run or one block of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from payroll_service.calculation.frames import follow
from payroll_service.calculation.groups import Grouping
from payroll_service.calculation.outcome import Frame
from payroll_service.calculation.rates import RateTable
from payroll_service.calculation.vectors import (
    FIRST_FAULT,
    MISSING,
    OK,
    ONE,
    REPORTED,
    Vector,
    bounds_of,
    yes_no,
)
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
BY_ZERO = Fault("除数为 0", "请核对作除数的数据，或用 如果(…) 把为 0 的情形分开")


@dataclass(frozen=True)
class Flaw:
    """One row that could not be calculated."""

    table: str
    row: int
    column: str
    fault: Fault


class Numbering:
    """Gives equal expressions one number, so that each is calculated once per table."""

    def __init__(self) -> None:
        self._by_identity: dict[int, tuple[int, Node]] = {}
        self._by_value: dict[Node, int] = {}

    def of(self, node: Node) -> int:
        known = self._by_identity.get(id(node))
        if known is None:
            known = self._by_value.setdefault(node, len(self._by_value)), node
            self._by_identity[id(node)] = known
        return known[0]


@dataclass
class Sheet:
    """Columns and links of one set of frames. `columns` grows by what the steps make."""

    program: Program
    frames: dict[str, Frame]
    period: Period
    numbering: Numbering = field(default_factory=Numbering)
    columns: dict[ColumnId, Vector] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=lambda: [BY_ZERO])
    _groupings: dict[tuple[str, tuple[str, ...]], Grouping] = field(default_factory=dict)
    _rates: dict[str, RateTable] = field(default_factory=dict)

    def column(self, table: str, name: str) -> Vector:
        """A column by name: one that a step has made, or an input column."""
        found = self.columns.get((table, name))
        if found is None:
            values = self.frames[table].columns[name]
            found = self.columns[table, name] = vector_of(values, self.program.types[table, name])
        return found

    def size(self, table: str) -> int:
        return self.frames[table].size

    def grouping(self, table: str, path: tuple[str, ...]) -> Grouping:
        """Where a path (not empty) leads every row of a table; seen from the other end, who comes together there."""
        found = self._groupings.get((table, path))
        if found is None:
            rows = follow(self.program, self.frames, table, path)
            assert rows is not None, "an empty path leads to the row itself"
            found = Grouping(rows, self.size(self.program.target(table, path)))
            self._groupings[table, path] = found
        return found

    def rate(self, name: str) -> RateTable:
        if name not in self._rates:
            self._rates[name] = RateTable(self.program.rates[name])
        return self._rates[name]

    def fault(self, fault: Fault) -> int:
        """The status of rows that have this fault."""
        if fault not in self.faults:
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
        if status is None or not (status > (OK if needed else REPORTED)).any():
            return v
        for code in np.unique(status):
            if code == MISSING and needed:
                fault = MISSING_VALUE
            elif code >= FIRST_FAULT:
                fault = self.faults[code - FIRST_FAULT]
            else:
                continue
            places = np.flatnonzero(np.broadcast_to(status == code, v.data.shape or (1,)))
            self.report(table, column, places if rows is None else rows[places], fault)
        bad = status > OK if needed else status >= REPORTED
        return replace(v, status=np.where(bad, np.int16(REPORTED), status))


def vector_of(values: Values, kind: Type) -> Vector:
    """A sealed column as a vector; its bounds are those of the data themselves."""
    status = None
    if values.missing is not None:
        status = np.where(values.missing, np.int16(MISSING), np.int16(OK))
    if kind.kind == BOOL:
        return yes_no(values.data != 0, status)
    low, high = bounds_of(values.data)
    scale = (kind.step or ONE) if kind.kind == NUMBER else Fraction(1)
    return Vector(values.data, scale, low, high, status, words=values.words)
