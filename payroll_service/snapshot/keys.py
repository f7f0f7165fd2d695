"""Equal rows: keys as integers, within a table and between two tables."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from payroll_service.snapshot.tables import Values
from rules.language.program import Type


def pack(columns: Sequence[np.ndarray], size: int) -> np.ndarray:
    """One integer per row, equal for rows that are equal in all columns."""
    packed = np.zeros(size, np.int64)
    for column in columns:
        _, codes = np.unique(column, return_inverse=True)
        packed = packed * (int(codes.max(initial=0)) + 1) + codes  # less than size², so no overflow
        _, packed = np.unique(packed, return_inverse=True)
    return packed


def own_codes(values: Values) -> np.ndarray:
    """Integers that tell the cells of a column apart; a missing cell is one of them."""
    return (
        values.data
        if values.missing is None
        else np.where(values.missing, np.iinfo(np.int64).min, values.data)
    )


def ranks(values: Values) -> np.ndarray:
    """Integers in the order of a sealed table: missing first, texts and choices by code point, the rest by value."""
    data = values.data
    if values.words:
        rank = np.empty(len(values.words), np.int64)
        rank[sorted(range(len(values.words)), key=values.words.__getitem__)] = np.arange(len(values.words))
        data = rank[data]
    return data if values.missing is None else np.where(values.missing, np.iinfo(np.int64).min, data)


def sorted_rows(columns: Sequence[Values], size: int) -> np.ndarray:
    """Row numbers in ascending order of these columns, the first one first."""
    keys = [ranks(values) for values in reversed(columns)]
    return np.lexsort(keys) if keys else np.arange(size)


def common_codes(
    left: Values, left_type: Type, right: Values, right_type: Type
) -> tuple[np.ndarray, np.ndarray]:
    """Integers that are equal where a cell of one column equals a cell of the other, texts by spelling."""
    if right.words:
        return right.places_of(left.words)[left.data], right.data
    if left_type.step == right_type.step:
        return left.data, right.data
    both = np.concatenate([_exact(left, left_type), _exact(right, right_type)])
    _, codes = np.unique(both, return_inverse=True)
    return codes[: len(left.data)], codes[len(left.data) :]


def _exact(values: Values, kind: Type) -> np.ndarray:
    step = kind.step if kind.step is not None else Fraction(1)
    return np.array([value * step for value in values.data.tolist()], object)


def match_rows(
    left: Sequence[Values],
    left_types: Sequence[Type],
    right: Sequence[Values],
    right_types: Sequence[Type],
    sizes: tuple[int, int],
) -> np.ndarray:
    """For each left row the right row with the same key, or -1; a key with a missing part matches nothing."""
    pairs = [
        common_codes(a, at, b, bt) for a, at, b, bt in zip(left, left_types, right, right_types, strict=True)
    ]
    packed = pack([np.concatenate(pair) for pair in pairs], sum(sizes))
    own, other = packed[: sizes[0]], packed[sizes[0] :]
    place = np.full(int(packed.max(initial=0)) + 1, -1, np.int64)
    whole = np.flatnonzero(~any_missing(right, sizes[1]))
    place[other[whole]] = whole
    return np.where(any_missing(left, sizes[0]), -1, place[own])


def any_missing(columns: Sequence[Values], size: int) -> np.ndarray:
    rows = np.zeros(size, bool)
    for values in columns:
        if values.missing is not None:
            rows |= values.missing
    return rows
