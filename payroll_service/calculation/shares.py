"""Handing pools out by weight with the largest remainder, exactly to the last unit."""

from __future__ import annotations

import numpy as np

from payroll_service.calculation.applicability import laid_out
from payroll_service.calculation.groups import Grouping, Receivers, received
from payroll_service.calculation.statuses import kept
from payroll_service.calculation.tracing import operation
from payroll_service.calculation.vectors import fits, narrow, wide

KEY_BITS = 62
FEW = 4  # rows without a weight are left aside where fewer than one in so many have one
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
    if np.count_nonzero(weights) * FEW < len(weights):
        weighing, few = grouping.among(np.flatnonzero(weights != 0))  # faster than of the integers themselves
        taken = [code[weighing] for code in codes]
        data = _handed_out_among(pools, weights[weighing], few, bounds, counts, *taken)
        return laid_out(len(weights), weighing, data)
    return _handed_out_among(pools, weights, grouping, bounds, counts, *codes)


def _handed_out_among(
    pools: np.ndarray,
    weights: np.ndarray,
    grouping: Grouping,
    bounds: tuple[int, int],
    counts: tuple[int, ...],
    *codes: np.ndarray,
) -> np.ndarray:
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
    cut += _first(left, remainders, [*zip(codes, counts, strict=True)], grouping)
    return narrow(cut, 0, bounds[0])


def _descending(rest: np.ndarray, most: int) -> Rank:
    """The largest remainder first."""
    if rest.dtype != object:
        return most - rest, most + 1
    distinct, codes = np.unique(rest, return_inverse=True)
    return len(distinct) - 1 - codes.astype(np.int64), len(distinct)


def _first(left: np.ndarray, rest: Rank, ties: list[Rank], grouping: Grouping) -> np.ndarray:
    """True for the first `left` rows of each receiving row: by remainder, then by the ties, then as they stand."""
    rows = grouping.rows
    packed = _packed([(rows, grouping.size), rest, *ties, (np.arange(len(rows)), len(rows))])
    if packed is None:
        first = _first_by_remainder(left, rest, [codes for codes, _ in ties], grouping)
    else:
        first = np.asarray(packed <= received(_last(packed, left, grouping), grouping))
    return np.asarray(first & (rows >= 0)) if grouping.nowhere else first


def _first_by_remainder(
    left: np.ndarray, rest: Rank, ties: list[np.ndarray], grouping: Grouping
) -> np.ndarray:
    """The same where keys do not go into one integer: ties are looked at only where they decide."""
    packed = _packed([(grouping.rows, grouping.size), rest])
    if packed is None:
        return _chosen(left, np.flatnonzero(grouping.rows >= 0), [rest[0], *ties], grouping)
    last = received(_last(packed, left, grouping), grouping)
    better, equal = packed < last, packed == last
    waiting = left - grouping.count(better)
    crowded = grouping.count(equal) > waiting  # more are equal than may be chosen
    undecided = equal & received(crowded, grouping)
    chosen = _chosen(waiting, np.flatnonzero(undecided), ties, grouping)
    return np.asarray(better | (equal & ~undecided) | chosen)


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


def _last(packed: np.ndarray, left: np.ndarray, grouping: Grouping) -> np.ndarray:
    """By receiving row the greatest key that is chosen, -1 for none: sorted, its keys stand together."""
    if not len(packed):
        return np.asarray(left - 1)
    nowhere = len(packed) - int(grouping.counts.sum())
    places = nowhere + grouping.starts + np.maximum(left, 1) - 1
    last = np.sort(packed)[np.minimum(places, len(packed) - 1)]
    last[left == 0] = -1
    return np.asarray(last)


def _chosen(left: np.ndarray, rows: np.ndarray, keys: list[np.ndarray], grouping: Grouping) -> np.ndarray:
    """True for the first `left` of these rows for each receiving row, by the keys, then as they stand."""
    receivers = grouping.rows[rows]
    order = np.lexsort((*(key[rows] for key in reversed(keys)), receivers))
    served = receivers[order]
    positions = np.arange(len(served)) - np.searchsorted(served, served)
    chosen = np.zeros(len(grouping.rows), bool)
    chosen[rows[order]] = positions < left[served]
    return chosen
