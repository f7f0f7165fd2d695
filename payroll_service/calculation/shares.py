"""Handing pools out by weight with the largest remainder, exactly to the last unit."""

from __future__ import annotations

import numpy as np

from payroll_service.calculation.groups import Grouping, received
from payroll_service.calculation.statuses import kept
from payroll_service.calculation.vectors import fits, narrow, wide

KEY_BITS = 62
Rank = tuple[np.ndarray, int]  # codes from 0, lower is preferred; and how many there can be


def shares(
    pools: np.ndarray, weights: np.ndarray, grouping: Grouping, bounds: tuple[int, int], ties: list[Rank]
) -> np.ndarray:
    """Whole units for every row: pool × weight ÷ all weights cut down, the units left over one each to the
    largest remainders, equal ones by `ties`, then by row.

    `pools` by receiving row and `weights` by row are not negative, at most `bounds`; rows that lead nowhere weigh 0.
    The rows of a pool whose weights are not all 0 get exactly the pool.
    """
    all_weights, _, most = grouping.sums(weights, 0, bounds[1])
    exact = not fits(bounds[0] * bounds[1], most)
    if exact:
        pools, weights, all_weights = wide(pools), wide(weights), wide(all_weights)
    if not grouping.size:
        return np.zeros(len(weights), np.int64)
    number = received(pools, grouping) * weights
    by = received(np.maximum(all_weights, 1), grouping)
    cut = number // by
    rest = number - cut * by
    given, _, _ = grouping.sums(cut, 0, bounds[0])
    left = kept(pools - given, all_weights > 0).astype(np.int64)
    remainders = _descending(rest, int(all_weights.max()))
    return narrow(cut + _first(left, [remainders, *ties], grouping), 0, bounds[0])


def _descending(rest: np.ndarray, most: int) -> Rank:
    """The largest remainder first."""
    if rest.dtype != object:
        return most - rest, most + 1
    distinct, codes = np.unique(rest, return_inverse=True)
    return len(distinct) - 1 - codes.astype(np.int64), len(distinct)


def _first(left: np.ndarray, ranks: list[Rank], grouping: Grouping) -> np.ndarray:
    """1 for the first `left` rows of each receiving row by rank, then position; 0 for the others."""
    order = grouping.order
    rows = grouping.rows if order is None else grouping.rows[order]
    position = grouping.positions
    keys = [(codes if order is None else codes[order], count) for codes, count in ranks]
    keys.append((position, max(grouping.largest, 1)))
    padded = grouping.size * grouping.largest <= 4 * len(rows) + 1024
    packed = _packed(keys)
    if packed is not None and padded:
        chosen = _first_padded(packed, rows, position, left, grouping)
    else:
        chosen = _first_sorted([codes for codes, _ in keys], rows, position, left)
    if order is None:
        return chosen
    result = np.zeros(len(grouping.rows), np.int64)
    result[order] = chosen
    return result


def _packed(keys: list[Rank]) -> np.ndarray | None:
    """One integer a row that sorts as the keys do, or None if 62 bits are too few."""
    bits = [int(count - 1).bit_length() for _, count in keys]
    if sum(bits) > KEY_BITS:
        return None
    packed = keys[0][0]
    for (codes, _), width in zip(keys[1:], bits[1:], strict=True):
        packed = np.asarray((packed << width) + codes)
    return packed


def _first_padded(
    packed: np.ndarray, rows: np.ndarray, position: np.ndarray, left: np.ndarray, grouping: Grouping
) -> np.ndarray:
    """Sort each receiver's keys in a line of a table as wide as the largest; the left-th key is the last chosen."""
    width = max(grouping.largest, 1)
    line = np.full(grouping.size * width, np.iinfo(np.int64).max)
    line[rows * width + position] = packed
    table = line.reshape(grouping.size, width)
    table.sort(axis=1)
    last = table[np.arange(grouping.size), np.maximum(left, 1) - 1]
    last[left == 0] = -1
    chosen: np.ndarray = packed <= last[rows]
    return chosen.astype(np.int64)


def _first_sorted(
    keys: list[np.ndarray], rows: np.ndarray, position: np.ndarray, left: np.ndarray
) -> np.ndarray:
    """The same by one long sort: for keys that cannot be packed and for groups of very different size."""
    order = np.lexsort((*keys[::-1], rows))
    chosen = np.zeros(len(rows), np.int64)
    chosen[order] = position < left[rows]  # sorted by receiver, the n-th of each stands where the n-th did
    return chosen
