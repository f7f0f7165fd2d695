"""Matching rows by key: integer codes for values of any kind, packed to one code a row, without a loop."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from payroll_service.snapshot.tables import Values

NOWHERE = -1
MAX_CODE = 2**62
Codes = tuple[np.ndarray, np.ndarray, int]  # of using rows, of the target's (-1: none); how many there can be


def matched_rows(codes: Codes) -> np.ndarray:
    """The row of the target that has the code of each using row, -1 where none has. None has that of another."""
    return _find(*codes)


def rows_in_force(codes: Codes, days: Values, starts: np.ndarray, ends: Values | None) -> np.ndarray:
    """Of the target's rows that have a using row's code, the one with the latest start not after its day.

    -1 where there is none, where it has ended before the day, or where a key or the day is empty. `days` by using
    row; `starts` and `ends` by row of the target, where an empty end is open.
    """
    using, target, _ = dense(codes)
    if days.missing is not None:
        using = np.where(days.missing, NOWHERE, using)
    order = np.lexsort((starts, target))
    order = order[int(np.count_nonzero(target < 0)) :]
    if not len(order):
        return np.full(len(using), NOWHERE, np.int64)
    low = int(starts.min())
    span = max(int(starts.max()), int(days.data.max(initial=0))) - low + 2
    begins = target[order] * span + (starts[order] - low)
    asked = using * span + np.maximum(days.data - low, -1)
    place = np.searchsorted(begins, asked, side="right") - 1
    found = order[np.maximum(place, 0)]
    lost = (using < 0) | (place < 0) | (target[found] != using)
    if ends is not None:
        over = ends.data[found] < days.data
        lost |= over if ends.missing is None else over & ~ends.missing[found]
    return np.where(lost, NOWHERE, found)


def no_keys(size: int, target_size: int) -> Codes:
    """Of rows that all agree."""
    return np.zeros(size, np.int64), np.zeros(target_size, np.int64), 1


def packed_keys(keys: Iterable[tuple[Values, Values]], codes: Codes) -> Codes:
    """One code a row: equal where the given ones are, and all keys; -1 where a key is empty.

    `keys`: (of the using rows, or one value for all of them; of the target's rows) each.
    """
    using, target, cardinality = codes
    for wanted, held in keys:
        wanted_codes, held_codes, count = _common_codes(wanted, held)
        if len(wanted_codes) == 1:
            equals = (held_codes == wanted_codes) & (wanted_codes >= 0)
            if not equals.all():
                target = np.where(equals, target, NOWHERE)
            continue
        if cardinality * max(count, 1) > MAX_CODE:
            using, target, cardinality = dense((using, target, cardinality))
        using, target = _packed(using, wanted_codes, count), _packed(target, held_codes, count)
        cardinality *= max(count, 1)
    return using, target, cardinality


def combinations(keys: Iterable[tuple[np.ndarray, int]], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Combinations of codes that occur: (one row of each, ascending by its codes; combination of every row).

    `keys`: (codes from 0, -1 where there is none; how many codes there can be) each. A row that lacks one is
    in no combination (-1). Without keys all rows are one combination.
    """
    packed, cardinality = np.zeros(size, np.int64), 1
    for codes, count in keys:
        if cardinality * max(count, 1) > MAX_CODE:
            packed, _, cardinality = dense((packed, packed, cardinality))
        packed = _packed(packed, codes, count)
        cardinality *= max(count, 1)
    if cardinality <= 4 * size + 65_536:
        return _counted_combinations(packed, cardinality)
    distinct, examples, member = np.unique(packed, return_index=True, return_inverse=True)
    if distinct.size and distinct[0] < 0:
        return examples[1:], member - 1
    return examples, member


def dense_codes(values: Values) -> tuple[np.ndarray, int]:
    """Codes from 0 in the order of the values, -1 where missing; and how many codes there can be."""
    if values.words:
        codes, count = values.data, len(values.words)
    else:
        distinct = np.unique(values.data)
        codes, count = np.searchsorted(distinct, values.data), len(distinct)
    return (codes if values.missing is None else np.where(values.missing, NOWHERE, codes)), count


def _counted_combinations(packed: np.ndarray, cardinality: int) -> tuple[np.ndarray, np.ndarray]:
    example = np.full(cardinality + 1, NOWHERE, np.int64)  # the last place takes the rows of no combination
    example[packed] = np.arange(len(packed))
    example[cardinality] = NOWHERE
    occurs = example >= 0
    number = np.where(occurs, np.cumsum(occurs) - 1, NOWHERE)
    return example[occurs], number[packed]


def _packed(codes: np.ndarray, more: np.ndarray, count: int) -> np.ndarray:
    packed: np.ndarray = codes * count + more
    nowhere = (codes | more) < 0  # either has the sign
    if nowhere.any():
        packed[nowhere] = NOWHERE
    return packed


def _common_codes(wanted: Values, held: Values) -> tuple[np.ndarray, np.ndarray, int]:
    """Both columns in codes from 0 that agree where the values do; -1 where missing or not held; how many."""
    if held.words or wanted.words:
        held_codes, count = dense_codes(held)
        codes = _word_codes(wanted, held)
    elif _is_dense(held):
        low, high = int(held.data.min()), int(held.data.max())
        held_codes, codes, count = held.data - low, wanted.data - low, high - low + 1
        if held.missing is not None:
            held_codes[held.missing] = NOWHERE
        if codes.size and not 0 <= int(codes.min()) <= int(codes.max()) < count:
            codes[(codes < 0) | (codes >= count)] = NOWHERE
    else:
        held_codes, count = dense_codes(held)
        codes = _places(wanted.data, np.unique(held.data))
    if wanted.missing is not None:
        codes = np.where(wanted.missing, NOWHERE, codes)
    return codes, held_codes, count


def _word_codes(wanted: Values, held: Values) -> np.ndarray:
    if wanted.words is held.words:
        return wanted.data
    if not wanted.words:
        return np.full(len(wanted.data), NOWHERE, np.int64)
    return np.asarray(held.places_of(wanted.words)[wanted.data])


def _is_dense(held: Values) -> bool:
    """The values lie so close that counting from the least is as good as counting those that occur."""
    if not len(held.data):
        return False
    span = int(held.data.max()) - int(held.data.min())
    return span < 4 * len(held.data) + 65_536


def _places(values: np.ndarray, distinct: np.ndarray) -> np.ndarray:
    """Where each value stands among the ascending distinct ones, -1 where it does not occur."""
    if not len(distinct):
        return np.full(len(values), NOWHERE, np.int64)
    places = np.minimum(np.searchsorted(distinct, values), len(distinct) - 1)
    return np.where(distinct[places] == values, places, NOWHERE)


def dense(codes: Codes) -> Codes:
    """The same codes counted from 0 without gaps; what the target does not hold becomes -1."""
    using, target, _ = codes
    distinct = np.unique(target[target >= 0])
    return _places(using, distinct), _places(target, distinct), len(distinct)


def _find(using: np.ndarray, target: np.ndarray, cardinality: int) -> np.ndarray:
    """Row of the target with the same code, -1 for none. Target codes are unique where not -1."""
    if 0 < cardinality == len(target) and target[0] >= 0 and (target[1:] > target[:-1]).all():
        return using  # every code is that of its row
    if cardinality <= 4 * (len(using) + len(target)) + 65_536:
        row = np.full(cardinality + 1, NOWHERE, np.int64)
        row[target] = np.arange(len(target))
        row[cardinality] = NOWHERE
        rows: np.ndarray = row[using]
        return rows
    held = np.flatnonzero(target >= 0)
    order = held[np.argsort(target[held], kind="stable")]
    places = _places(using, target[order])
    found = np.full(len(using), NOWHERE, np.int64)
    found[places >= 0] = order[places[places >= 0]]
    return found
