"""The months of a run that a span of dates covers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

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
    first_days = np.array([first_day(month) for month in period.months], dtype=np.int64)
    last_days = np.array([last_day(month) for month in period.months], dtype=np.int64)
    first = _places(first_days if arrive == "次月起" else last_days, start.data)
    last = _places(last_days if leave == "上月止" else first_days, end.data + 1) - 1
    if start.missing is not None:
        first[start.missing] = 0
    if end.missing is not None:
        last[end.missing] = period.count - 1
    return CoveredMonths(np.maximum(last - first + 1, 0), first + period.start)


def _places(edges: np.ndarray, days: np.ndarray) -> np.ndarray:
    """How many of the edges, which ascend, are before each day: from a list of all days between them."""
    low, high = int(edges[0]), int(edges[-1]) + 1
    before = np.searchsorted(edges, np.arange(low, high + 1), side="left")
    return np.asarray(before[np.clip(days, low, high) - low])
