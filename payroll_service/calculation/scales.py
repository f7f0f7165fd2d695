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
    """An operation on two scales, looked up by their identity; they are kept, so that an id stays its own."""

    def __init__(self, operation: Callable[[Fraction, Fraction], Fraction]) -> None:
        self._operation = operation
        self._found: dict[tuple[int, int], tuple[Fraction, Fraction, Fraction]] = {}

    def __call__(self, left: Fraction, right: Fraction) -> Fraction:
        found = self._found.get((id(left), id(right)))
        if found is None:
            if len(self._found) >= MOST:
                self._found.clear()
            found = _one_object(self._operation(left, right)), left, right
            self._found[id(left), id(right)] = found
        return found[0]


def _one_object(value: Fraction) -> Fraction:
    if len(_values) >= MOST:
        _values.clear()
    return _values.setdefault(value, value)


def _common(left: Fraction, right: Fraction) -> Fraction:
    below = lcm(left.denominator, right.denominator)
    return Fraction(gcd(int(left * below), int(right * below)), below)


product = _Remembered(mul)
ratio = _Remembered(truediv)
common = _Remembered(_common)  # the greatest that divides both
