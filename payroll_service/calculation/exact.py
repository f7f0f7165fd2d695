"""Rounding and sharing out on exact fractions: one number, one pool at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm


def half_up(units: Fraction) -> int:
    """四舍五入 of a number that is not negative."""
    return floor(units + Fraction(1, 2))


def half_even(units: Fraction) -> int:
    """四舍六入五成双: an exact half goes to the even neighbour."""
    return round(units)


MODES: dict[str, Callable[[Fraction], int]] = {
    "四舍五入": half_up,
    "四舍六入五成双": half_even,
    "去尾": floor,
    "进一": ceil,
}


def rounded(value: Fraction, step: Fraction, mode: str) -> Fraction:
    """The multiple of `step` that the mode chooses, symmetric about zero."""
    size = MODES[mode](abs(value) / step) * step
    return -size if value < 0 else size


def added(values: Iterable[Fraction]) -> Fraction:
    """The sum of many numbers: those of one denominator are added as integers."""
    above: dict[int, int] = {}
    for value in values:
        above[value.denominator] = above.get(value.denominator, 0) + value.numerator
    return sum((Fraction(number, below) for below, number in above.items()), Fraction(0))


def is_multiple(value: Fraction, step: Fraction) -> bool:
    return (value / step).denominator == 1


@dataclass(frozen=True)
class Cut:
    """Whole units of each row; the rows in line, of which the first `left` got one more than their due cut down."""

    units: dict[int, int]
    line: tuple[int, ...]
    left: int


def largest_remainder(units: int, weights: Mapping[int, Fraction], line: Sequence[int]) -> Cut:
    """Hand `units` out by weight.

    `line` holds the same rows as `weights`, in the order in which equal remainders are served; the line of the result
    begins with the largest. All weights together must be above zero.
    """
    whole, _ = _whole(weights)
    return _cut({row: units * weight for row, weight in whole.items()}, sum(whole.values()), line)


def cut_dues(dues: Mapping[int, Fraction], line: Sequence[int]) -> Cut:
    """As `largest_remainder`, for exact dues that add up to a whole number of units."""
    return _cut(*_whole(dues), line)


def _whole(numbers: Mapping[int, Fraction]) -> tuple[dict[int, int], int]:
    """The same numbers as integers over one denominator."""
    common = lcm(*(number.denominator for number in numbers.values()))
    return {row: number.numerator * (common // number.denominator) for row, number in numbers.items()}, common


def _cut(dues: Mapping[int, int], common: int, line: Sequence[int]) -> Cut:
    units, remains = divmod(sum(dues.values()), common)
    assert not remains, "what is handed out is whole"
    cuts = {row: due // common for row, due in dues.items()}
    queue = sorted(line, key=lambda row: dues[row] % common, reverse=True)
    left = units - sum(cuts.values())
    for row in queue[:left]:
        cuts[row] += 1
    return Cut(cuts, tuple(queue), left)
