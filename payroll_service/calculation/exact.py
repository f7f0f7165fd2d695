"""Rounding and sharing out on exact fractions: one number, one pool at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor


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


def largest_remainder(
    units: int, weights: Mapping[int, Fraction], line: Sequence[int]
) -> tuple[dict[int, int], list[int]]:
    """Hand `units` out by weight: (units of each, the rows in line for what cutting leaves over).

    `line` holds the same rows as `weights`, in the order in which equal remainders are served. One unit each goes to
    the first of the returned line until all are handed out. All weights together must be above zero.
    """
    total = added(weights.values())
    return cut_dues({row: units * weight / total for row, weight in weights.items()}, line)


def cut_dues(dues: Mapping[int, Fraction], line: Sequence[int]) -> tuple[dict[int, int], list[int]]:
    """As `largest_remainder`, for exact dues that add up to a whole number of units."""
    units = added(dues.values())
    assert units == int(units), "what is handed out is whole"
    cuts = {row: floor(due) for row, due in dues.items()}
    queue = sorted(line, key=lambda row: cuts[row] - dues[row])
    for row in queue[: int(units) - sum(cuts.values())]:
        cuts[row] += 1
    return cuts, queue
