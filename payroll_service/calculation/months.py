"""The months of a run that a span of dates covers."""

from __future__ import annotations

import numpy as np

from payroll_service.snapshot.tables import Values
from rules.language.period import Period, first_day, last_day


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
