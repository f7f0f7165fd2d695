"""The place of every row among those that lead to the same row, by value."""

from __future__ import annotations

import numpy as np

from payroll_service.calculation.groups import Receivers
from payroll_service.calculation.tracing import operation
from payroll_service.calculation.vectors import bounds_of, narrow

NO_PLACE = -1


@operation
def places_from_top(grouping: Receivers, data: np.ndarray, included: np.ndarray | None) -> np.ndarray:
    """0 for the highest of the included rows under each receiving row, and so on; -1 for the others.

    Equal values take neighbouring places, the earlier row first.
    """
    order, rows = ordered(grouping, data, included)
    places = np.full(len(grouping.rows), NO_PLACE, np.int64)
    places[order] = np.arange(len(order)) - first_of_run(rows)
    return places


def ordered(
    grouping: Receivers, data: np.ndarray, included: np.ndarray | None, ascending: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """The included rows that lead somewhere, by receiving row, then by value, then as they stand; and where they lead."""
    taken = grouping.rows >= 0 if included is None else included & (grouping.rows >= 0)
    chosen = np.flatnonzero(taken)
    codes = ranked(data[chosen])
    rows = grouping.rows[chosen]
    order = np.lexsort((codes if ascending else -codes, rows))
    return chosen[order], rows[order]


def ranked(data: np.ndarray) -> np.ndarray:
    """Whole numbers in the order of the values, which int64 holds."""
    codes = narrow(data, *bounds_of(data)) if data.dtype == object else data
    return codes if codes.dtype != object else np.asarray(np.unique(codes, return_inverse=True)[1], np.int64)


def first_of_run(sorted_codes: np.ndarray) -> np.ndarray:
    """For every element of a sorted array, where the run of its equals begins."""
    return np.asarray(np.searchsorted(sorted_codes, sorted_codes, side="left"))
