"""Rows gathered under the rows they lead to: sums, counts and extremes, exact and without float weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from payroll_service.calculation.statuses import OK, REPORTED
from payroll_service.calculation.tracing import operation
from payroll_service.calculation.vectors import fits, wide

SHORT = 2**15  # fewer rows than this are numbered by 16 bits, -1 among them


class Receivers:
    """Rows that lead to receiving rows.

    `rows`: the receiving row of every row, -1 for none; `size`: how many receiving rows there are; `nowhere`: some rows
    lead to none; `largest`: a bound of how many rows lead to one.
    """

    rows: np.ndarray
    size: int
    nowhere: bool
    largest: int

    def sums(self, data: np.ndarray, low: int, high: int) -> tuple[np.ndarray, int, int]:
        """The sum of `data` (all within the bounds) by receiving row; and its bounds. Nothing sums to 0."""
        low, high = min(0, low * self.largest), max(0, high * self.largest)
        return reduced(self, np.add, data if fits(low, high) else wide(data), 0), low, high

    def extremes(self, op: str, data: np.ndarray, low: int, high: int) -> np.ndarray:
        """The least or greatest by receiving row; what nothing leads to gets a bound."""
        return reduced(self, np.minimum, data, high) if op == "最小" else reduced(self, np.maximum, data, low)

    def count(self, included: np.ndarray | None) -> np.ndarray:
        """How many included rows (bool by row; None: all) lead to each receiving row."""
        return counted(self, included)

    def statuses(self, status: np.ndarray | None) -> np.ndarray | None:
        """An error among the rows is an error of the receiving row: the first one counts."""
        if status is None or not (status >= REPORTED).any():
            return None
        return first_errors(self, status)


@dataclass(frozen=True)
class Grouping(Receivers):
    """The receiving rows of arrays at hand. `lasting`: it is asked so often that its rows are better sorted once."""

    rows: np.ndarray
    size: int
    lasting: bool = False

    @cached_property
    def nowhere(self) -> bool:  # type: ignore[override]
        """Some rows lead to no receiving row."""
        return bool(len(self.rows)) and int(self.rows.min()) < 0

    @cached_property
    def ordered(self) -> bool:
        """Rows of one receiver stand together, receivers ascend, and every row has one."""
        return not self.nowhere and bool((self.rows[1:] >= self.rows[:-1]).all())

    @cached_property
    def counts(self) -> np.ndarray:
        """How many rows lead to each receiving row."""
        if self.ordered:
            edges = np.searchsorted(self.rows, np.arange(self.size + 1))
            return edges[1:] - edges[:-1]
        return np.bincount(self.rows + 1, minlength=self.size + 1)[1:]

    @cached_property
    def largest(self) -> int:  # type: ignore[override]
        return int(self.counts.max()) if self.size else 0

    @cached_property
    def starts(self) -> np.ndarray:
        """Where the rows of each receiving row begin among all that lead somewhere, if these stand by receiver."""
        starts: np.ndarray = np.cumsum(self.counts) - self.counts
        return starts

    @cached_property
    def order(self) -> np.ndarray:
        """The rows that lead somewhere, by receiving row."""
        short = self.rows.astype(np.int16) if self.size < SHORT else self.rows  # sorted in one pass
        order = short.argsort(kind="stable")
        return order[len(order) - int(self.counts.sum()) :]

    @cached_property
    def filled(self) -> np.ndarray:
        """Receiving rows that something leads to."""
        return np.flatnonzero(self.counts)

    def part(self, rows: slice, receivers: slice) -> Grouping:
        """The rows of an ordered grouping that lead to the given receivers, counted from the first of these."""
        piece = Grouping(self.rows[rows] - receivers.start, receivers.stop - receivers.start)
        known = {"counts": self.counts[receivers], "starts": self.starts[receivers] - rows.start}
        vars(piece).update(nowhere=False, ordered=True, **known)  # not asked again
        return piece

    def among(self, chosen: np.ndarray) -> tuple[np.ndarray, Grouping]:
        """Chosen rows, which lead somewhere, by receiving row; and their grouping."""
        rows = self.rows[chosen]
        order = rows.argsort(kind="stable")
        few = Grouping(rows[order], self.size)
        vars(few).update(nowhere=False, ordered=True, counts=np.bincount(rows, minlength=self.size))
        return chosen[order], few

    def _reduced(self, op: np.ufunc, data: np.ndarray, nothing: int) -> np.ndarray:
        if self.ordered or self.lasting:
            data = data if self.ordered else data[self.order]
            if self.size and len(self.filled) == self.size:
                return np.asarray(op.reduceat(data, self.starts))
            result = np.full(self.size, nothing, data.dtype)
            if len(data):
                result[self.filled] = op.reduceat(data, self.starts[self.filled])
            return result
        result = np.full(self.size + 1, nothing, data.dtype)  # the last place takes what leads nowhere
        op.at(result, self.rows, data)
        return result[:-1]


class RunsGrouping(Grouping):
    """Rows in runs, one for each row above (a post's months), that lead on from there, `beyond`.

    Runs are gathered first, so that what is gathered where they lead is as few as the rows above.
    """

    def __init__(self, runs: Grouping, beyond: Grouping) -> None:
        vars(self).update(runs=runs, beyond=beyond, size=beyond.size)

    runs: Grouping
    beyond: Grouping

    @cached_property
    def rows(self) -> np.ndarray:  # type: ignore[override]
        return received(self.beyond.rows, self.runs)

    @cached_property
    def nowhere(self) -> bool:  # type: ignore[override]
        """Some rows above lead nowhere; they need not have rows."""
        return self.beyond.nowhere

    @cached_property
    def ordered(self) -> bool:
        return self.beyond.ordered

    @cached_property
    def largest(self) -> int:  # type: ignore[override]
        return self.runs.largest * self.beyond.largest

    @cached_property
    def counts(self) -> np.ndarray:
        return self.beyond._reduced(np.add, self.runs.counts, 0)

    def _reduced(self, op: np.ufunc, data: np.ndarray, nothing: int) -> np.ndarray:
        return self.beyond._reduced(op, self.runs._reduced(op, data, nothing), nothing)


class Runs(Grouping):
    """The grouping of rows that stand in runs: `counts` of them for each receiving row, in its order."""

    def __init__(self, counts: np.ndarray) -> None:
        vars(self).update(size=len(counts), nowhere=False, ordered=True, counts=counts)

    @cached_property
    def rows(self) -> np.ndarray:  # type: ignore[override]
        return np.repeat(np.arange(self.size), self.counts)


@operation
def reduced(grouping: Receivers, op: np.ufunc, data: np.ndarray, nothing: int) -> np.ndarray:
    """`op` over the data of the rows that lead to each receiving row."""
    assert isinstance(grouping, Grouping), "operations have the arrays at hand"
    return grouping._reduced(op, data, nothing)


@operation
def counted(grouping: Receivers, included: np.ndarray | None) -> np.ndarray:
    """See `Receivers.count`."""
    assert isinstance(grouping, Grouping), "operations have the arrays at hand"
    if included is None or included.all():
        return grouping.counts
    return grouping._reduced(np.add, included.astype(np.int64), 0)


@operation
def first_errors(grouping: Receivers, status: np.ndarray) -> np.ndarray:
    """See `Receivers.statuses`."""
    at_fault = np.flatnonzero((status >= REPORTED) & (grouping.rows >= 0))[::-1]
    received = np.full(grouping.size, OK, np.int8)
    received[grouping.rows[at_fault]] = status[at_fault]
    return received


@operation
def received(values: np.ndarray, grouping: Receivers) -> np.ndarray:
    """For every row the value of its receiving row; rows that lead nowhere get some other's."""
    assert isinstance(grouping, Grouping), "operations have the arrays at hand"
    if not grouping.size:
        return np.zeros(len(grouping.rows), values.dtype)
    return np.repeat(values, grouping.counts) if grouping.ordered else values[grouping.rows]
