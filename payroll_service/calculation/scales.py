"""Arithmetic of scales, remembered: a program has few of them, and they meet each other again in every block.

What is given back is always the same object for the same value, so that equal scales are mostly identical.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd, lcm
from operator import mul, truediv

MOST = 4096  # remembered at once
_values: dict[Fraction, Fraction] = {}


class _Remembered:
    """An operation on scales, looked up by their identity; they are kept, so that an id stays its own."""

    def __init__(self, operation: Callable[..., Fraction]) -> None:
        self._operation = operation
        self._found: dict[tuple[int, ...], tuple[Fraction, tuple[Fraction, ...]]] = {}

    def __call__(self, *scales: Fraction) -> Fraction:
        key = tuple(map(id, scales))
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= MOST:
                self._found.clear()
            found = self._found[key] = _one_object(self._operation(*scales)), scales
        return found[0]


def _one_object(value: Fraction) -> Fraction:
    if len(_values) >= MOST:
        _values.clear()
    return _values.setdefault(value, value)


def _common(*scales: Fraction) -> Fraction:
    below = lcm(*(scale.denominator for scale in scales))
    return Fraction(gcd(*(int(scale * below) for scale in scales)), below)


product = _Remembered(mul)
ratio = _Remembered(truediv)
common = _Remembered(_common)  # the greatest that divides all of them
