"""Units of the trade (元/月, 月, 人, 节): a product of base units, each with a whole exponent."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

BASE_UNITS = ("元", "月", "学期", "学年", "年", "人", "节", "小时", "天", "次", "分", "班", "个", "公里")


@dataclass(frozen=True)
class Unit:
    """Base units with their exponents, sorted by name, zero exponents left out: 元/月 is (("元", 1), ("月", -1))."""

    powers: tuple[tuple[str, int], ...] = ()

    def __mul__(self, other: Unit) -> Unit:
        return self._combine(other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return self._combine(other, -1)

    def _combine(self, other: Unit, sign: int) -> Unit:
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, 0) + sign * power
        return Unit(tuple(sorted((name, power) for name, power in powers.items() if power)))

    def power(self, name: str) -> int:
        return dict(self.powers).get(name, 0)

    @property
    def is_money(self) -> bool:
        """True for 元 and for 元 per anything."""
        return self.power("元") == 1 and all(power < 0 for name, power in self.powers if name != "元")

    def __str__(self) -> str:
        above = "·".join(_powered(name, power) for name, power in self.powers if power > 0)
        below = "".join("/" + _powered(name, -power) for name, power in self.powers if power < 0)
        return (above or ("1" if below else "")) + below


def _powered(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"


NO_UNIT = Unit()
YUAN = Unit((("元", 1),))
MONTH = Unit((("月", 1),))


def parse_unit(text: str) -> Unit | None:
    """Read `元/月`, `月` (also 个月), `人`; None when a part is no base unit."""
    first, *below = text.replace("个月", "月").split("/")
    if first not in BASE_UNITS or any(name not in BASE_UNITS for name in below):
        return None
    unit = Unit(((first, 1),))
    for name in below:
        unit = unit / Unit(((name, 1),))
    return unit


def step_of_both(left: Fraction | None, right: Fraction | None) -> Fraction | None:
    """The greatest step that both are whole multiples of."""
    if left is None or right is None:
        return None
    below = lcm(left.denominator, right.denominator)
    return Fraction(gcd(int(left * below), int(right * below)), below)
