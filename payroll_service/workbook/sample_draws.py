"""What chance gives: numbers, days, ID and card numbers, as text. Ranges are written `甲至乙步丙`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from stdnum import luhn
from stdnum.cn import ric

from payroll_service.workbook.sample_dice import Dice
from payroll_service.workbook.sample_rows import SampleError

_RANGE = re.compile(r"(.+?) *至 *(.+?)(?: *步 *(.+))?")
_CARD_DIGITS = 19
_TRIES = 1000


@cache
def _bounds(span: str) -> tuple[str, str, str]:
    match = _RANGE.fullmatch(span)
    if match is None:
        raise SampleError(f"范围应写「甲至乙」或「甲至乙步丙」：{span}")
    return match[1], match[2], match[3] or "1"


def draw_number(span: str, draws: int, dice: Dice) -> str:
    """From a range in steps; the mean of several draws lies nearer to the middle."""
    low, high, step = (Decimal(part) for part in _bounds(span))
    count = int((high - low) / step) + 1
    return format(low + step * (sum(dice.below(count) for _ in range(draws)) // draws), "f")


def draw_day(span: str, dice: Dice) -> str:
    first, last = (date.fromisoformat(part) for part in _bounds(span)[:2])
    return date.fromordinal(first.toordinal() + dice.below((last - first).days + 1)).isoformat()


def draw_id_number(regions: Sequence[str], birthdays: str, dice: Dice) -> str:
    """18 digits with a true birthday and check digit."""
    body = f"{dice.one_of(regions)}{draw_day(birthdays, dice).replace('-', '')}{dice.below(999) + 1:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def draw_card_number(prefix: str, dice: Dice) -> str:
    """19 digits with a check digit."""
    body = prefix + "".join(str(dice.below(10)) for _ in range(_CARD_DIGITS - 1 - len(prefix)))
    return body + str(luhn.calc_check_digit(body))


def numbered(pattern: str, index: int) -> str:
    """`X000` becomes X001 for the first row: the zeros at the end say how many digits."""
    stem = pattern.rstrip("0")
    return f"{stem}{index + 1:0{len(pattern) - len(stem)}d}"


def unused(draw: Callable[[], str], taken: set[str]) -> str:
    """A draw that nobody had before."""
    for _ in range(_TRIES):
        value = draw()
        if value not in taken:
            taken.add(value)
            return value
    raise SampleError("号码不够用，请放宽地区、生日或号段")
