"""Rates: dated values by choices, yes or no, texts and bands."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from rules.language.program.types import Basis, Type


@dataclass(frozen=True)
class Band:
    """Numbers from `low` to `high`; an open end excludes its bound; None is without bound."""

    low: Fraction | None
    low_open: bool
    high: Fraction | None
    high_open: bool
    text: str

    def holds(self, value: Fraction) -> bool:
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return not (self.high is not None and (value > self.high or (self.high_open and value == self.high)))


@dataclass(frozen=True)
class RateVersion:
    """The values in force from `start` (day ordinal; None from ever): one per combination of key cases."""

    start: int | None
    values: dict[tuple[str | bool | Band, ...], Fraction]


@dataclass(frozen=True)
class Rate:
    """A dated table of values with up to three keys; each key is a choice, yes/no, text or band."""

    name: str
    keys: tuple[str, ...]  # as written: 教龄, 校.规模
    type: Type
    versions: tuple[RateVersion, ...]  # by start
    basis: tuple[Basis, ...]
    example: bool
    note: str = ""
