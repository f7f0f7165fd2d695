"""Exact numbers by the column: integers times a static scale, with bounds that decide how wide they are kept.

Nothing here can overflow: every operation knows the bounds of its result before it starts and works on Python
integers (object arrays) where 64 bits do not surely suffice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import Any

import numpy as np

from payroll_service.calculation import scales
from payroll_service.calculation.statuses import MISSING, OK, flags, kept, merged
from payroll_service.calculation.tracing import (
    Untraceable,
    array_of,
    filled,
    is_traced,
    operation,
    perhaps_any,
)

ONE = Fraction(1)
SAFE = 2**62  # int64 as long as every intermediate stays below


@dataclass(slots=True, eq=False)  # not frozen: that would make each several times slower to make
class Vector:
    """One value a row: `data` × `scale` ÷ `over`; yes/no as bools; texts, choices and periods index `words`.

    `data` is int64 within SAFE, bool or Python ints; an array without dimension is a constant. low <= data <=
    high on every row, whatever its status. `status` is int8 by row (None: all OK): OK, MISSING, REPORTED (an error
    that has been reported already) or the number of a fault. `over`, None or all from 1 to `over_high`, is the
    denominator of a quotient by data. The scale is positive. `clean`: data is 0 wherever the status is not OK; so
    are all columns. A vector is never changed once it is made.
    """

    data: np.ndarray
    scale: Fraction = ONE
    low: int = 0
    high: int = 1
    status: np.ndarray | None = None
    over: np.ndarray | None = None
    over_high: int = 1
    words: tuple[str, ...] = ()
    clean: bool = False

    @property
    def is_constant(self) -> bool:
        return self.data.ndim == 0 and self.over is None

    @property
    def constant(self) -> Fraction:
        """The value of a constant number."""
        return int(self.data) * self.scale

    def counted(self, data: np.ndarray, scale: Fraction, low: int, high: int) -> Vector:
        """Other numbers with the same status, denominators and words; 0 stays 0."""
        return Vector(data, scale, low, high, self.status, self.over, self.over_high, self.words, self.clean)

    def with_status(self, status: np.ndarray | None) -> Vector:
        if status is self.status:
            return self
        return Vector(
            self.data, self.scale, self.low, self.high, status, self.over, self.over_high, self.words
        )


def constant_number(value: Fraction) -> Vector:
    """A literal: its sign in the data, its size in the scale."""
    sign = (value > 0) - (value < 0)
    return Vector(np.array(sign, np.int64), abs(value) if sign else ONE, sign, sign)


def cleaned(v: Vector) -> Vector:
    """The same values with 0 as data of every row whose status is not OK."""
    if v.clean:
        return v
    data = v.data
    if v.status is not None and v.data.dtype != bool and perhaps_any(v.status):
        data = kept(data, v.status == OK)
    low, high = min(v.low, 0), max(v.high, 0)
    return Vector(data, v.scale, low, high, v.status, v.over, v.over_high, v.words, clean=True)


def yes_no(data: np.ndarray, status: np.ndarray | None = None) -> Vector:
    data = array_of(data)
    return Vector(data if data.dtype == bool else data.astype(bool), status=status)


def bounds_of(data: np.ndarray) -> tuple[int, int]:
    if is_traced(data):
        raise Untraceable("other rows have other bounds")
    if not data.size:
        return 0, 0
    return int(np.minimum.reduce(data)), int(np.maximum.reduce(data))


def fits(*bounds: int) -> bool:
    return min(bounds) > -SAFE and max(bounds) < SAFE


def wide(data: np.ndarray) -> np.ndarray:
    """The same numbers as Python integers."""
    return data if data.dtype == object else as_objects(data)


@operation
def as_objects(data: np.ndarray) -> np.ndarray:
    return np.asarray(data.astype(object), object)


def narrow(data: Any, low: int, high: int) -> np.ndarray:
    """The same numbers as int64 if the bounds allow it."""
    array = array_of(data)
    return array.astype(np.int64) if array.dtype == object and fits(low, high) else array


def scaled(data: np.ndarray, factor: int, low: int, high: int) -> np.ndarray:
    """data × factor, where `low` and `high` are the bounds of the result."""
    if factor == 1:
        return data
    return array_of((data if fits(low, high, factor) else wide(data)) * factor)


def same_scale(vectors: list[Vector]) -> tuple[list[Vector], Fraction]:
    """The same numbers in one common scale; a zero constant fits any."""
    counting = [v.scale for v in vectors if not (v.low == 0 == v.high and v.is_constant)] or [ONE]
    common = reduce(scales.common, counting)
    if all(v.scale is common for v in vectors):
        return vectors, common
    return [rescaled(v, common) for v in vectors], common


def rescaled(v: Vector, scale: Fraction) -> Vector:
    """The same numbers in a scale that divides theirs."""
    if v.scale is scale:
        return v
    if v.low == 0 == v.high:
        return v.counted(v.data, scale, 0, 0)
    factor = scales.ratio(v.scale, scale)
    assert factor.denominator == 1, "a common scale divides every scale"
    times = factor.numerator
    low, high = v.low * times, v.high * times
    return v.counted(scaled(v.data, times, low, high), scale, low, high)


def cleared(v: Vector) -> Vector:
    """The same numbers without denominators by row: all brought to one, which goes into the scale."""
    if v.over is None:
        return v
    common = lcm(*(int(below) for below in np.unique(v.over)))
    edge = max(abs(v.low), abs(v.high)) * common
    data = wide(v.data) * (common // wide(v.over))
    low, high = (bounds_of(data)) if data.size else (-edge, edge)
    return Vector(narrow(data, low, high), v.scale / common, low, high, v.status)


def spread(v: Vector, size: int) -> Vector:
    """A constant laid out over `size` rows; anything else as it is."""
    data = v.data if v.data.ndim else filled(size, v.data[()])
    status = v.status if v.status is None or v.status.ndim else filled(size, v.status[()])
    if data is v.data and status is v.status:
        return v
    return replace(v, data=data, status=status)


def at_rows(v: Vector, rows: np.ndarray | slice, nowhere: bool = False) -> Vector:
    """The rows of a column; with `nowhere`, -1 among the rows reads as missing."""
    status = v.status
    if status is not None and status.ndim:
        status = taken(status, rows, OK)
    if nowhere and not isinstance(rows, slice):
        status = merged(flags(rows < 0, MISSING), status)
    over = taken(v.over, rows, 1) if v.over is not None and v.over.ndim else v.over
    data = taken(v.data, rows, v.low) if v.data.ndim else v.data
    return Vector(data, v.scale, v.low, v.high, status, over, v.over_high, v.words)


@operation
def taken(data: np.ndarray, rows: np.ndarray | slice, nothing: int) -> np.ndarray:
    """The rows of a column; `nothing` where it has none at all, and every row is -1."""
    return data[rows] if len(data) or isinstance(rows, slice) else np.full(len(rows), nothing, data.dtype)
