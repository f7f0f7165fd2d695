"""What is the same in all months of a row above (a post, say) is calculated there, once.

A list of operations is written anew: arithmetic on month rows with nothing but columns of the row above becomes
arithmetic on the rows above; sums of it over months are weighted with the number of months; it is laid out over the
months where something needs month rows. What reads anything of a month itself stays as it is.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from payroll_service.calculation.applicability import laid_out
from payroll_service.calculation.expressions import evaluate
from payroll_service.calculation.groups import Grouping, counted, received, reduced
from payroll_service.calculation.tracing import (
    Operation,
    Trace,
    Traced,
    _as_type,
    entries,
    filled,
    length,
    operation,
)
from payroll_service.calculation.tracing_sheet import TracingSheet, _rows
from payroll_service.calculation.vectors import as_objects, taken

DATA, STATUS = 2, 6  # where they stand among what a column is laid down with
ANY, ALL = np.logical_or.reduce, np.logical_and.reduce


def noted(function: Any) -> Callable[..., Any]:
    """What stands in a list for a function marked as an operation."""
    inside: Callable[..., Any] = function.__wrapped__
    return inside


ROW_BY_ROW = (_as_type, np.where, np.clip, noted(entries), noted(as_objects))


@dataclass(frozen=True, eq=False)
class Runs:
    """The rows of a month table, in runs: their grouping under the rows above, and how many there are of both."""

    grouping: Any
    size: Any
    above: Any


@dataclass(frozen=True)
class Way:
    """Where month rows lead: with the rows above `beyond` (None: only to these). `whole` is the grouping itself."""

    runs: Runs
    beyond: Any
    whole: Traced


@dataclass(frozen=True, eq=False)
class Choice:
    """The months of some rows above: `rows` of these, where `mask` is set, which is the same in all months."""

    mask: Lifted
    rows: Any


@dataclass(frozen=True)
class Lifted:
    """An array that is the same in all months of a row above: its values by row above, or by chosen one."""

    runs: Runs
    values: Any
    choice: Choice | None = None


@dataclass(frozen=True)
class Extent:
    """How many month rows there are, or are chosen."""

    runs: Runs
    choice: Choice | None = None


class Lifting:
    """Writes the list of a sheet anew; `place` tells where in `trace` a place of the sheet's own list is found."""

    def __init__(self, sheet: TracingSheet, lay: Callable[..., None]) -> None:
        """`lay` takes columns, which may be by row above if it is told their runs."""
        self._lay = lay
        self._sheet = TracingSheet(sheet.ground, sheet.block, evaluate, facts=sheet.facts)
        self._runs: dict[str, Runs] = {}
        self._found: dict[int, Any] = dict(sheet.trace.fixed)
        for name, place in sheet.trace.given.items():
            self._found[place] = self._given(name, sheet.trace.values[place])
        for one in sheet.trace.operations:
            self._write(one)

    @property
    def trace(self) -> Trace:
        return self._sheet.trace

    def place(self, place: int) -> Any:
        return self._laid(self._found[place])

    def _given(self, name: tuple[Any, ...], value: Any) -> Any:
        """The size of a month table, and ways from it by the row above, are known as such."""
        taken_over = self.trace.take(name, value)
        if name[0] not in ("size", "grouping"):
            return taken_over
        shape = self._sheet.program.tables[name[1]]
        above = next((link.name for link in shape.links.values() if link.kind == "上级"), None)
        if above is None or (name[0] == "grouping" and name[2][0] != above):
            return taken_over
        runs = self._runs.get(shape.name)
        if runs is None:
            size, rows_above = self._sheet.size(shape.name), self._sheet.size(shape.of)
            grouping = self._sheet.grouping(shape.name, (above,))
            runs = self._runs[shape.name] = Runs(grouping, size, rows_above)
        if name[0] == "size":
            return Extent(runs)
        beyond = name[2][1:]
        return Way(runs, self._sheet.grouping(shape.of, beyond) if beyond else None, taken_over)

    def _write(self, one: Operation) -> None:
        given = [self._found[place] for place in one.arguments]
        if one.result is None:
            self._demand(one.function, given)
            return
        rule = RULES.get(one.function)
        found = None
        if rule is not None:
            found = rule(*given)
        elif one.function in ROW_BY_ROW or isinstance(one.function, np.ufunc):
            found = _row_by_row(one.function, given)
        if found is None:
            found = self.trace.note(one.function, *map(self._laid, given))
        self._found[one.result] = found

    def _demand(self, function: Callable[..., Any], given: Sequence[Any]) -> None:
        """A condition, or what is told; a condition on all months is one on the rows above that have any."""
        if (
            function is self._lay
            and isinstance(given[DATA], Lifted)
            and not isinstance(given[STATUS], Traced)
        ):
            runs = given[DATA].runs
            given = [one.values if isinstance(one, Lifted) else one for one in (*given, runs.grouping)]
        elif isinstance(function, partial) and function.args[0] in (ANY, ALL, np.array_equal):
            given = [_occupied(one) if isinstance(one, Lifted) else one for one in given]
        self.trace.tell(function, *map(self._laid, given))

    def _laid(self, one: Any) -> Any:
        """As an array by month row."""
        if isinstance(one, Way):
            return one.whole
        if isinstance(one, Extent):
            return one.runs.size if one.choice is None else length(self._laid(one.choice))
        if isinstance(one, Choice):
            return np.flatnonzero(self._laid(one.mask))
        if not isinstance(one, Lifted):
            return one
        if one.choice is None:
            return received(one.values, one.runs.grouping)
        whole = laid_out(one.runs.above, one.choice.rows, one.values)
        return received(whole, one.runs.grouping)[self._laid(one.choice)]


@operation
def months_of(runs: Any) -> np.ndarray:
    """How many months every row above has."""
    assert isinstance(runs, Grouping), "operations have the arrays at hand"
    return runs.counts


@operation
def with_months(runs: Any, rows: Any) -> slice | np.ndarray:
    """Which of the values by row above are of rows that have months; `rows`: where they stand (None: all have one)."""
    counts = runs.counts if rows is None else runs.counts[rows]
    return slice(None) if counts.all() else np.flatnonzero(counts)


def _occupied(one: Lifted) -> Any:
    return one.values[with_months(one.runs.grouping, None if one.choice is None else one.choice.rows)]


def _row_by_row(function: Callable[..., Any], given: Sequence[Any]) -> Lifted | None:
    lifted = [one for one in given if isinstance(one, Lifted)]
    if not lifted or any(isinstance(one, Traced) for one in given):
        return None
    first = lifted[0]
    assert all(one.choice is first.choice for one in lifted), "only arrays of the same rows meet"
    values = [one.values if isinstance(one, Lifted) else one for one in given]
    return Lifted(first.runs, first.values.trace.note(function, *values), first.choice)


def _rows_of(way: Any) -> Lifted | None:
    if not isinstance(way, Way):
        return None
    return Lifted(way.runs, every_row(way.runs.above) if way.beyond is None else way.beyond.rows)


@operation
def every_row(size: int) -> np.ndarray:
    return np.arange(size)


def _taken(data: Any, rows: Any, nothing: Any) -> Lifted | None:
    if isinstance(rows, Choice):
        return _chosen(data, rows)
    at_rows_above = isinstance(rows, Lifted) and not isinstance(data, Lifted)
    return Lifted(rows.runs, taken(data, rows.values, nothing), rows.choice) if at_rows_above else None


def _chosen(data: Any, index: Any) -> Lifted | None:
    both = isinstance(index, Choice) and isinstance(data, Lifted)
    return Lifted(data.runs, data.values[index.rows], index) if both else None


def _where_set(mask: Any) -> Choice | None:
    lifted = isinstance(mask, Lifted) and mask.choice is None
    return Choice(mask, np.flatnonzero(mask.values)) if lifted else None


def _length(rows: Any) -> Extent | None:
    return Extent(rows.mask.runs, rows) if isinstance(rows, Choice) else None


def _filled(size: Any, value: Any) -> Lifted | None:
    if not isinstance(size, Extent):
        return None
    above = size.runs.above if size.choice is None else length(size.choice.rows)
    return Lifted(size.runs, filled(above, value), size.choice)


def _laid_out(size: Any, rows: Any, data: Any) -> Lifted | None:
    if not (isinstance(rows, Choice) and isinstance(data, Lifted)):
        return None
    return Lifted(data.runs, laid_out(data.runs.above, rows.rows, data.values))


def _reduced(way: Any, op: np.ufunc, data: Any, nothing: Any) -> Any:
    if not (isinstance(way, Way) and isinstance(data, Lifted)):
        return None
    months = months_of(way.runs.grouping)
    by_run = data.values * months if op is np.add else np.where(months > 0, data.values, nothing)
    return by_run if way.beyond is None else reduced(way.beyond, op, by_run, nothing)


def _counted(way: Any, included: Any) -> Any:
    return _reduced(way, np.add, included, 0)


RULES: dict[Callable[..., Any], Callable[..., Any]] = {
    _rows: _rows_of,
    noted(taken): _taken,
    operator.getitem: _chosen,
    np.flatnonzero: _where_set,
    noted(length): _length,
    noted(filled): _filled,
    noted(laid_out): _laid_out,
    noted(reduced): _reduced,
    noted(counted): _counted,
}
