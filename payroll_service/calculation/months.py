"""The months of a run that a span of dates covers."""

from __future__ import annotations

import numpy as np

from payroll_service.snapshot.tables import Values
from rules.language.period import Period, first_day, last_day


class MonthColumns(dict[str, Values]):
    """The columns of a month table: `月`; `月首日` and `月末日` are made of it when they are first read."""

    def __missing__(self, name: str) -> Values:
        day = {"月首日": first_day, "月末日": last_day}[name]
        months = self["月"].data
        low = int(months.min()) if len(months) else 0
        days = [day(month) for month in range(low, int(months.max()) + 1)] if len(months) else [0]
        self[name] = Values(np.array(days, np.int64)[months - low])
        return self[name]


def covered_months(
    start: Values, end: Values, period: Period, arrive: str, leave: str
) -> tuple[np.ndarray, np.ndarray]:
    """Lay spans of days (both inclusive) out over the months of `period`: (row of the span, month number).

    Ascending by row, then month. An empty start has always been, an empty end is open. 次月起 counts from the
    first month whose first day is not before the start, 当月起 from the month of the start; 当月止 to the
    month of the end, 上月止 to the last month whose last day is not after the end. So consecutive spans tile.
    """
    first_days = np.array([first_day(month) for month in period.months], dtype=np.int64)
    last_days = np.array([last_day(month) for month in period.months], dtype=np.int64)
    first = np.searchsorted(first_days if arrive == "次月起" else last_days, start.data, side="left")
    last = np.searchsorted(last_days if leave == "上月止" else first_days, end.data, side="right") - 1
    if start.missing is not None:
        first[start.missing] = 0
    if end.missing is not None:
        last[end.missing] = period.count - 1
    counts = np.maximum(last - first + 1, 0)
    rows = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    offsets = np.arange(len(rows)) - np.repeat(before, counts)
    return rows, np.repeat(first, counts) + offsets + period.start
