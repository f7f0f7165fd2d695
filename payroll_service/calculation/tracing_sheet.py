"""A sheet of traced columns: what every block brings along, and what must hold of a run for a list to be used in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any, cast

import numpy as np

from payroll_service.calculation.blocks import Block
from payroll_service.calculation.groups import Grouping, Receivers
from payroll_service.calculation.outcome import Computed
from payroll_service.calculation.sheets import ColumnId, Fault, Ground, Sheet, input_vector, made_vector
from payroll_service.calculation.tracing import Trace, Traced, Untraceable, is_traced
from payroll_service.calculation.vectors import Vector
from payroll_service.snapshot.tables import Values
from rules.language.program import Type

Path = tuple[str, tuple[str, ...]]


class Flawed(Untraceable):
    """Rows are at fault: they are to be named, and no list made of them."""


@dataclass(frozen=True)
class ColumnFacts:
    """What a list takes for granted of a column: bounds, width, words, and whether cells are missing.

    The bounds are those that the rule set declares, or those of the data, rounded outward.
    """

    low: int
    high: int
    kind: np.dtype[Any]
    has_missing: bool
    words: tuple[str, ...]
    step: Fraction | None  # of a column that rules have made

    @classmethod
    def of(cls, values: Values | Computed, kind: Type) -> ColumnFacts:
        low, high = outward(*values.bounds)
        step = values.step if isinstance(values, Computed) else None
        if step is None and kind.step and kind.low is not None and kind.high is not None:
            low, high = min(low, floor(kind.low / kind.step)), max(high, ceil(kind.high / kind.step))
        return cls(low, high, values.data.dtype, values.missing is not None, values.words, step)

    def hold(self, values: Values | Computed) -> bool:
        low, high = values.bounds
        return (
            self.low <= low
            and high <= self.high
            and self.kind == values.data.dtype
            and self.step == (values.step if isinstance(values, Computed) else None)
            and self.has_missing == (values.missing is not None)
            and (self.words is values.words or self.words == values.words)
        )


@dataclass
class Facts:
    """What a list takes for granted of a run."""

    columns: dict[ColumnId, ColumnFacts] = field(default_factory=dict)
    nowhere: dict[Path, bool] = field(default_factory=dict)  # of groupings
    largest: dict[Path, int] = field(default_factory=dict)  # of those that are asked for it

    def hold(self, ground: Ground) -> bool:
        for (table, name), facts in self.columns.items():
            if not facts.hold(column_of(ground, table, name)):
                return False
        for (table, path), nowhere in self.nowhere.items():
            if ground.grouping(table, path).nowhere and not nowhere:
                return False
        return all(ground.grouping(*where).largest <= most for where, most in self.largest.items())


def outward(low: int, high: int) -> tuple[int, int]:
    """Wider bounds, by up to the span between them, so that next month's data are within them too."""
    unit = 1 << max((high - low).bit_length() - 2, 0)
    return low // unit * unit, -(-high // unit) * unit


class TracedGrouping(Receivers, Traced):
    """A grouping of which only the facts are looked at."""

    __slots__ = ("_largest", "nowhere", "rows", "size")

    def __init__(self, trace: Trace, place: int, nowhere: bool, largest: Callable[[], int]) -> None:
        Traced.__init__(self, trace, place)
        self.nowhere, self._largest = nowhere, largest
        self.rows = cast(np.ndarray, trace.note(_rows, self))
        self.size = cast(int, trace.note(_size, self))

    @property
    def largest(self) -> int:  # type: ignore[override]
        return self._largest()


def _are_any(rows: np.ndarray) -> bool:
    return len(rows) > 0


def _rows(grouping: Grouping) -> np.ndarray:
    return grouping.rows


def _size(grouping: Grouping) -> int:
    return grouping.size


@dataclass
class TracingSheet(Sheet):
    """The columns of one block, traced. `given` serves blocks that have real ones."""

    trace: Trace = field(default_factory=Trace)
    facts: Facts = field(default_factory=Facts)

    def size(self, table: str) -> int:
        return cast(int, self._take("size", table))

    def report(self, table: str, column: str, rows: np.ndarray, fault: Fault) -> None:
        if not is_traced(rows) or self.trace.decide(_are_any, rows):
            raise Flawed

    def _reported(self, *_: Any) -> Vector:
        raise Flawed

    def _input(self, table: str, name: str) -> Vector:
        kind, source = self.program.types[table, name], column_of(self.ground, table, name)
        facts = self.facts.columns.setdefault((table, name), ColumnFacts.of(source, kind))
        data = cast(np.ndarray, self._take("data", table, name))
        missing = cast(np.ndarray, self._take("missing", table, name)) if facts.has_missing else None
        bounds = facts.low, facts.high
        if isinstance(source, Computed):
            return made_vector(source, data, missing, bounds, kind)
        return input_vector(data, missing, bounds, facts.words, kind)

    def _grouping(self, table: str, path: tuple[str, ...]) -> Receivers:
        whole = self.ground.grouping(table, path)
        nowhere = self.facts.nowhere.setdefault((table, path), whole.nowhere)

        def largest() -> int:
            return self.facts.largest.setdefault((table, path), outward(0, whole.largest)[1])

        return TracedGrouping(self.trace, self._take("grouping", table, path).place, nowhere, largest)

    def _take(self, *name: Any) -> Traced:
        return self.trace.take(name, brought(self.ground, self.block, name))


def brought(ground: Ground, block: Block, name: tuple[Any, ...]) -> Any:
    """What a block brings along, by its name in a trace."""
    what, table = name[:2]
    if what == "size":
        return block.size(table, ground.frames[table].size)
    if what == "grouping":
        return ground.grouping_in(block, table, name[2])
    source = column_of(ground, table, name[2])
    return block.part(table, source.data if what == "data" else source.missing)


def column_of(ground: Ground, table: str, name: str) -> Values | Computed:
    """A column that is there before a block: of the workbook, or made by an earlier stage."""
    return ground.made.get((table, name)) or ground.frames[table].columns[name]
