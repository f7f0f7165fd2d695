"""Rounding to a step: exact, the same on both sides of zero, at every width."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from payroll_service.calculation import scales
from payroll_service.calculation.tracing import array_of
from payroll_service.calculation.vectors import Vector, fits, narrow, scaled, wide

Divided = Callable[[Any, Any], Any]


def half_up(number: Any, by: Any) -> Any:
    """number ÷ by to the nearest whole; exact halves up. Neither is negative."""
    whole = number + by // 2
    whole //= by  # in its place, for speed
    return whole


def half_even(number: Any, by: Any) -> Any:
    """To the nearest whole; exact halves to the even neighbour."""
    whole = number // by
    rest = 2 * (number - whole * by)
    return whole + ((rest > by) | ((rest == by) & (whole % 2 == 1)))


def down(number: Any, by: Any) -> Any:
    return number // by


def up(number: Any, by: Any) -> Any:
    return -(-number // by)


ROUNDINGS: dict[str, Divided] = {"四舍五入": half_up, "四舍六入五成双": half_even, "去尾": down, "进一": up}


def round_to(v: Vector, step: Fraction, mode: str) -> Vector:
    """The multiple of `step` that the mode chooses (四舍五入: halves away from zero, 去尾: toward zero …)."""
    ratio = scales.ratio(v.scale, step)
    low, high = v.low * ratio.numerator, v.high * ratio.numerator
    if ratio.denominator == 1 and v.over is None:
        return Vector(scaled(v.data, ratio.numerator, low, high), step, low, high, v.status)
    by_high = ratio.denominator * v.over_high
    narrow_enough = fits(ratio.numerator, 2 * max(-low, high) + 2 * by_high)
    number = v.data if narrow_enough else wide(v.data)
    if ratio.numerator != 1:
        number = array_of(number * ratio.numerator)
    by: Any = ratio.denominator
    if v.over is not None:
        by = (v.over if narrow_enough else wide(v.over)) * by
    rounded = _signed(number, by, low, ROUNDINGS[mode])
    low, high = _rounded_bounds(low, high, ratio.denominator, v.over is None, ROUNDINGS[mode])
    return Vector(narrow(rounded, low, high), step, low, high, v.status)


def _signed(number: np.ndarray, by: Any, low: int, divided: Divided) -> np.ndarray:
    if low >= 0:
        return array_of(divided(number, by))
    size = divided(np.abs(number), by)
    return array_of(np.where(number < 0, -size, size))


def _rounded_bounds(low: int, high: int, by: int, exact: bool, divided: Divided) -> tuple[int, int]:
    """Bounds of the result; a denominator that varies is at least 1 a row."""
    edges = [(-1 if edge < 0 else 1) * int(divided(abs(edge), by)) for edge in (low, high)]
    return (edges[0], edges[1]) if exact else (min(edges[0], 0), max(edges[1], 0))
