"""The months of a run that a span of dates covers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np

from payroll_service.calculation.on_demand import OnDemand
from payroll_service.snapshot.tables import Values
from rules.language.period import Period, first_day, last_day


@dataclass(frozen=True)
class CoveredMonths:
    """By span: how many months of a period it covers, and the number of the first of them (any, if it covers none)."""

    counts: np.ndarray
    first: np.ndarray

    @cached_property
    def rows(self) -> np.ndarray:
        """The span of every month row: ascending by span, then by month."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @cached_property
    def months(self) -> np.ndarray:
        """The number of every month row."""
        before = np.cumsum(self.counts) - self.counts
        months = np.repeat(self.first - before, self.counts)
        months += np.arange(len(months))
        return months

    def columns(self) -> OnDemand[Values]:
        """Those of a month table: `月`, `月首日`, `月末日`."""
        return OnDemand(
            {
                "月": lambda: Values(self.months),
                "月首日": partial(self._days, first_day),
                "月末日": partial(self._days, last_day),
            }
        )

    def _days(self, day: Callable[[int], int]) -> Values:
        if not len(self.months):
            return Values(np.zeros(0, np.int64))
        low = int(self.months.min())
        days = [day(month) for month in range(low, int(self.months.max()) + 1)]
        return Values(np.array(days, np.int64)[self.months - low])


def covered_months(start: Values, end: Values, period: Period, arrive: str, leave: str) -> CoveredMonths:
    """The months of `period` that spans of days (both inclusive) cover.

    An empty start has always been, an empty end is open. 次月起 counts from the first month whose first day is not
    before the start, 当月起 from the month of the start; 当月止 to the month of the end, 上月止 to the last month whose
    last day is not after the end. So consecutive spans tile.
    """
    first = _edges_before(period, first_day if arrive == "次月起" else last_day, start.data)
    beyond = _edges_before(period, last_day if leave == "上月止" else first_day, end.data + 1)
    if start.missing is not None:
        np.putmask(first, start.missing, 0)
    if end.missing is not None:
        np.putmask(beyond, end.missing, period.count)
    return CoveredMonths(np.maximum(beyond - first, 0), first + period.start)


def _edges_before(period: Period, edge: Callable[[int], int], days: np.ndarray) -> np.ndarray:
    """How many of the months' edges (their first days, say) are before each day."""
    low, before = _by_day(period, edge)
    return before.take(days - low, mode="clip")


@lru_cache(maxsize=64)
def _by_day(period: Period, edge: Callable[[int], int]) -> tuple[int, np.ndarray]:
    """The first edge; and by day, from there to the day after the last edge, how many edges are before it."""
    edges = [edge(month) for month in period.months]
    return edges[0], np.searchsorted(edges, np.arange(edges[0], edges[-1] + 2))
