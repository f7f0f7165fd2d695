"""The four operations, comparisons, choices and extremes on vectors, exact at every width."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np

from payroll_service.calculation import scales
from payroll_service.calculation.statuses import MISSING, either, flags, merged, only, picked
from payroll_service.calculation.tracing import array_of
from payroll_service.calculation.vectors import (
    Vector,
    constant_number,
    fits,
    narrow,
    rescaled,
    same_scale,
    scaled,
    wide,
    yes_no,
)

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "≠": operator.ne,
    "<": operator.lt,
    "≤": operator.le,
    ">": operator.gt,
    "≥": operator.ge,
}
TURNED = {"=": "=", "≠": "≠", "<": ">", "≤": "≥", ">": "<", "≥": "≤"}


def _times(left: np.ndarray, right: np.ndarray, *bounds: int) -> np.ndarray:
    """left × right, where `bounds` are those of the result."""
    if fits(*bounds):
        return array_of(left * right)
    return array_of(wide(left) * wide(right))


def _corners(left: Vector, right: Vector) -> tuple[int, int]:
    if left.low >= 0 <= right.low:
        return left.low * right.low, left.high * right.high
    products = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    return min(products), max(products)


def multiply(left: Vector, right: Vector) -> Vector:
    status = merged(left.status, right.status)
    scale = scales.product(left.scale, right.scale)
    if right.low == 1 == right.high and right.is_constant:
        return left.with_status(status).counted(left.data, scale, left.low, left.high)
    if left.low == 1 == left.high and left.is_constant:
        return right.with_status(status).counted(right.data, scale, right.low, right.high)
    over, over_high = _over_product(left, right)
    low, high = _corners(left, right)
    return Vector(_times(left.data, right.data, low, high), scale, low, high, status, over, over_high)


def _over_product(left: Vector, right: Vector) -> tuple[np.ndarray | None, int]:
    if left.over is None or right.over is None:
        one = right if left.over is None else left
        return one.over, one.over_high
    high = left.over_high * right.over_high
    return _times(left.over, right.over, high), high


def divide(left: Vector, right: Vector, by_zero: int) -> Vector:
    """The exact quotient; where the divisor is 0 the status is the fault `by_zero`."""
    scale = scales.ratio(left.scale, right.scale)
    if right.is_constant and right.constant:
        return multiply(left, constant_number(1 / right.constant).with_status(right.status))
    zero = right.data == 0
    status = merged(left.status, right.status)
    if zero.any():
        status = merged(left.status, right.status, flags(zero, by_zero))
    size = right.data + zero
    numerator = left
    if right.low < 0:
        numerator = multiply(left, Vector(np.sign(size).astype(np.int64), low=-1, high=1))
        size = np.abs(size)
    size_high = max(abs(right.low), abs(right.high), 1)
    if right.over is not None:
        numerator = multiply(numerator, Vector(right.over, low=1, high=right.over_high))
    over, over_high = size, size_high
    if left.over is not None:
        over_high = size_high * left.over_high
        over = _times(size, left.over, over_high)
    return Vector(numerator.data, scale, numerator.low, numerator.high, status, over, over_high)


def negate(v: Vector) -> Vector:
    return v.counted(array_of(-v.data), v.scale, -v.high, -v.low)


def add(left: Vector, right: Vector) -> Vector:
    return _sum(left, right, operator.add)


def subtract(left: Vector, right: Vector) -> Vector:
    return _sum(left, right, operator.sub)


def _sum(left: Vector, right: Vector, op: Callable[[Any, Any], Any]) -> Vector:
    (left, right), scale = same_scale([left, right])
    left, right, over, over_high = _common_over(left, right)
    first, last = (right.low, right.high) if op is operator.add else (right.high, right.low)
    low, high = op(left.low, first), op(left.high, last)
    status = merged(left.status, right.status)
    a, b = (left.data, right.data) if fits(low, high) else (wide(left.data), wide(right.data))
    return Vector(array_of(op(a, b)), scale, low, high, status, over, over_high)


def _common_over(left: Vector, right: Vector) -> tuple[Vector, Vector, np.ndarray | None, int]:
    """Both over the same denominators (cross-multiplied unless they are one and the same)."""
    if left.over is right.over:
        return left, right, left.over, left.over_high
    over, over_high = _over_product(left, right)
    return _crossed(left, right), _crossed(right, left), over, over_high


def _crossed(v: Vector, other: Vector) -> Vector:
    """The numerator of `v` over the product of both denominators, as a plain vector."""
    plain = replace(v, over=None, over_high=1)
    if other.over is None:
        return plain
    return multiply(plain, Vector(other.over, low=1, high=other.over_high))


def compare(op: str, left: Vector, right: Vector) -> Vector:
    """Two numbers or dates, by value."""
    status = merged(left.status, right.status)
    if right.is_constant and left.over is None:
        return yes_no(_against(op, left, right.constant / left.scale), status)
    if left.is_constant and right.over is None:
        return yes_no(_against(TURNED[op], right, left.constant / right.scale), status)
    (left, right), _ = same_scale([left, right])
    left, right, _, _ = _common_over(left, right)
    return yes_no(COMPARISONS[op](left.data, right.data), status)


def _against(op: str, v: Vector, threshold: Fraction) -> np.ndarray:
    """data against a constant, which becomes a whole number; decided by the bounds alone where they suffice."""
    exact = threshold.denominator == 1
    if op in ("=", "≠"):
        if not exact or not v.low <= threshold <= v.high:
            return np.array(op == "≠")
        edge = threshold.numerator
    else:
        edge = ceil(threshold) if op in ("<", "≥") else floor(threshold)
        if not v.low <= edge <= v.high:
            return np.array(bool(COMPARISONS[op](v.low, edge)))
    return array_of(COMPARISONS[op](v.data, edge))


def choose(condition: Vector, then: Vector, other: Vector) -> Vector:
    """如果: one of two numbers, dates, yes/no values or codes over the same words."""
    taken = condition.data
    status = _chosen_status(condition, then, other)
    if then.data.dtype == bool:
        return yes_no((taken & then.data) | (~taken & other.data), status)
    scale, words = then.scale, then.words
    if not words:
        (then, other), scale = same_scale([then, other])
    over, over_high = None, 1
    if then.over is not None or other.over is not None:
        ones = [np.array(1) if v.over is None else v.over for v in (then, other)]
        over, over_high = picked(taken, *ones), max(then.over_high, other.over_high)
    data = picked(taken, then.data, other.data)
    low, high = min(then.low, other.low), max(then.high, other.high)
    return Vector(data, scale, low, high, status, over, over_high, words)


def _chosen_status(condition: Vector, then: Vector, other: Vector) -> np.ndarray | None:
    return merged(condition.status, either(condition.data, then.status, other.status))


def otherwise(v: Vector, fallback: Vector) -> Vector:
    """否则: the fallback where the value is missing; errors stay."""
    if v.status is None:
        return v
    if v.clean and fallback.is_constant and not fallback.words and not fallback.data.any():
        return v.with_status(_not_missing(v.status))  # its data are 0 there already
    missing = v.status == MISSING
    return choose(yes_no(~missing), v.with_status(_not_missing(v.status)), fallback)


def _not_missing(status: np.ndarray) -> np.ndarray | None:
    return only(status, status != MISSING) if (status > MISSING).any() else None


def extreme(op: str, vectors: list[Vector]) -> Vector:
    """取小 or 取大 of numbers or dates."""
    result = vectors[0]
    for v in vectors[1:]:
        result = _lesser(result, v) if op == "取小" else negate(_lesser(negate(result), negate(v)))
    return result


def _lesser(left: Vector, right: Vector) -> Vector:
    if left.over is not None or right.over is not None:
        return choose(compare("≤", left, right), left, right).with_status(merged(left.status, right.status))
    (left, right), scale = same_scale([left, right])
    low, high = min(left.low, right.low), min(left.high, right.high)
    if left.data.dtype == object or right.data.dtype == object:
        data = np.where(left.data <= right.data, wide(left.data), wide(right.data))
    else:
        data = np.minimum(left.data, right.data)
    status = merged(left.status, right.status)
    return Vector(narrow(data, low, high), scale, low, high, status)


def conformed(v: Vector, step: Fraction | None) -> Vector:
    """The same numbers counted in `step`, if they are whole multiples of it; else as they are."""
    if step is None or v.scale is step or v.over is not None:
        return v
    factor = scales.ratio(v.scale, step)
    if factor.denominator == 1:
        return rescaled(v, step)
    low, high = v.low * factor.numerator, v.high * factor.numerator
    data = scaled(v.data, factor.numerator, low, high)
    quotient = data // factor.denominator
    if not np.array_equal(quotient * factor.denominator, data):
        return v
    low, high = low // factor.denominator, high // factor.denominator
    return v.counted(narrow(quotient, low, high), step, low, high)
