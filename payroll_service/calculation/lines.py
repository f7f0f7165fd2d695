"""Rows in a line: the row before each in its table's order, the month before each month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from payroll_service.calculation.matching import NOWHERE
from payroll_service.calculation.outcome import Frame
from payroll_service.snapshot.tables import Values
from rules.language.period import Calendar
from rules.language.program import PERIOD, Type


def month_before(frame: Frame, parent: str) -> np.ndarray:
    """For every month row, which ascend by the row above and month, that of the month before of the same row above."""
    above, months = frame.links[parent], frame.columns[frame.key[-1]].data
    before = np.full(frame.size, NOWHERE, np.int64)
    follows = (above[1:] == above[:-1]) & (months[1:] == months[:-1] + 1)
    before[1:][follows] = np.flatnonzero(follows)
    return before


def row_before(line: np.ndarray, keys: Sequence[np.ndarray]) -> np.ndarray:
    """For every row the one before it among those of its line, by these keys, the first one first; -1 for the first."""
    order = np.lexsort((*reversed(keys), line))
    before = np.full(len(line), NOWHERE, np.int64)
    same = (line[order][1:] == line[order][:-1]) & (line[order][1:] >= 0)
    before[order[1:][same]] = order[:-1][same]
    return before


def places(values: Values, kind: Type, calendar: Calendar) -> np.ndarray:
    """Integers in the order of a column: periods by their first month, then their length; all others as they are.

    The words of a sealed column ascend, and a choice's stand as declared.
    """
    if kind.kind != PERIOD:
        return values.data
    periods = [calendar.parse(word) for word in values.words]
    ranks = [0 if period is None else period.start * 100 + period.count for period in periods]
    return np.asarray(np.array(ranks or [0], np.int64)[values.data])
