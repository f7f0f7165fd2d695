"""Handing pools out by weight with the largest remainder, exactly to the last unit."""

from __future__ import annotations

import numpy as np

from payroll_service.calculation.groups import Grouping, Receivers, received
from payroll_service.calculation.statuses import kept
from payroll_service.calculation.tracing import operation
from payroll_service.calculation.vectors import fits, narrow, wide

KEY_BITS = 62
Rank = tuple[np.ndarray, int]  # codes from 0, lower is preferred; and how many there can be


def shares(
    pools: np.ndarray, weights: np.ndarray, grouping: Receivers, bounds: tuple[int, int], ties: list[Rank]
) -> np.ndarray:
    """Whole units for every row: pool × weight ÷ all weights cut down, the units left over one each to the
    largest remainders, equal ones by `ties`, then by row.

    `pools` by receiving row and `weights` by row are not negative, at most `bounds`; rows that lead nowhere weigh 0.
    The rows of a pool whose weights are not all 0 get exactly the pool.
    """
    counts = tuple(count for _, count in ties)
    return _handed_out(pools, weights, grouping, bounds, counts, *(codes for codes, _ in ties))


@operation
def _handed_out(
    pools: np.ndarray,
    weights: np.ndarray,
    grouping: Receivers,
    bounds: tuple[int, int],
    counts: tuple[int, ...],
    *codes: np.ndarray,
) -> np.ndarray:
    assert isinstance(grouping, Grouping), "operations have the arrays at hand"
    all_weights, _, most = grouping.sums(weights, 0, bounds[1])
    exact = not fits(bounds[0] * bounds[1], most)
    if exact:
        pools, weights, all_weights = wide(pools), wide(weights), wide(all_weights)
    if not grouping.size:
        return np.zeros(len(weights), np.int64)
    number = received(pools, grouping) * weights
    by = received(np.maximum(all_weights, 1), grouping)
    cut = number // by
    number -= cut * by
    given, _, _ = grouping.sums(cut, 0, bounds[0])
    left = kept(pools - given, all_weights > 0).astype(np.int64)
    remainders = _descending(number, int(all_weights.max()))
    cut += _first(left, [remainders, *zip(codes, counts, strict=True)], grouping)
    return narrow(cut, 0, bounds[0])


def _descending(rest: np.ndarray, most: int) -> Rank:
    """The largest remainder first."""
    if rest.dtype != object:
        return most - rest, most + 1
    distinct, codes = np.unique(rest, return_inverse=True)
    return len(distinct) - 1 - codes.astype(np.int64), len(distinct)


def _first(left: np.ndarray, ranks: list[Rank], grouping: Grouping) -> np.ndarray:
    """True for the first `left` rows of each receiving row by rank, then position."""
    order = grouping.order
    rows = grouping.rows if order is None else grouping.rows[order]
    keys = [(rows, grouping.size), *((codes if order is None else codes[order], n) for codes, n in ranks)]
    packed = _packed([*keys, (np.arange(len(rows)), len(rows))])
    if packed is None:
        packed = _packed([*keys, (grouping.positions, grouping.largest)])
    if packed is not None:
        chosen = _first_packed(packed, grouping, rows, left)
    else:
        chosen = _first_by_columns([codes for codes, _ in keys], grouping, rows, left)
    if order is None:
        return chosen
    result = np.zeros(len(grouping.rows), bool)
    result[order] = chosen
    return result


def _packed(keys: list[Rank]) -> np.ndarray | None:
    """One integer a row that sorts as the keys do, or None if 62 bits are too few."""
    bits = [int(count - 1).bit_length() for _, count in keys]
    if sum(bits) > KEY_BITS:
        return None
    packed = keys[0][0] << bits[1]
    packed += keys[1][0]
    for (codes, _), width in zip(keys[2:], bits[2:], strict=True):
        packed <<= width
        packed += codes
    return packed


def _first_packed(packed: np.ndarray, grouping: Grouping, rows: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Sorted, each receiver's keys stand together: its left-th is the last that is chosen."""
    if not len(packed):
        return np.zeros(0, bool)
    places = np.minimum(grouping.starts + np.maximum(left, 1) - 1, len(packed) - 1)
    last = np.sort(packed)[places]
    last[left == 0] = -1
    return np.asarray(packed <= (received(last, grouping) if grouping.ordered else last[rows]))


def _first_by_columns(
    keys: list[np.ndarray], grouping: Grouping, rows: np.ndarray, left: np.ndarray
) -> np.ndarray:
    """The same for keys that do not go into one integer."""
    order = np.lexsort(keys[::-1])
    chosen = np.zeros(len(rows), bool)
    chosen[order] = grouping.positions < left[rows]  # the n-th of each stands where its n-th row did
    return chosen
