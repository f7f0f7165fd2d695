"""Rates by the column: each key becomes a case number, the case numbers an index into all values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import Any

import numpy as np

from payroll_service.calculation.finest_bands import finest_values
from payroll_service.calculation.statuses import picked
from payroll_service.calculation.tracing import Fixed, array_of, entries
from payroll_service.calculation.vectors import Vector, bounds_of, cleared, fits
from rules.language.period import Period, first_day
from rules.language.program import Band, Rate

NO_CASE = -1
TABLE_LIMIT = 1 << 16  # a band key whose values span less is looked up in a table, else searched
FEW_WORDS = 32  # of a choice: what they give is remembered
Cases = Sequence[str | bool | Band]


class RateTable:
    """The values of a rate as one flat array: by version, then by the case of each key."""

    def __init__(self, rate: Rate) -> None:
        self.starts = [-1 if version.start is None else version.start for version in rate.versions]
        versions = finest_values(rate)
        self.cases: list[Cases] = [
            list(dict.fromkeys(case[place] for values in versions for case in values))
            for place in range(len(rate.keys))
        ]
        self.per_version = int(np.prod([len(cases) for cases in self.cases], dtype=np.int64))
        amounts = [value for values in versions for value in values.values()]
        self.scale = common_scale(amounts)
        numbers = [int(value / self.scale) for value in amounts]
        self.low, self.high = min(numbers, default=0), max(numbers, default=0)
        kind = np.int64 if fits(self.low, self.high) else object
        self.values = np.full(self.per_version * len(versions), self.low, kind)
        self.given = np.zeros(len(self.values), bool)
        self._words: dict[tuple[int, tuple[str, ...]], tuple[np.ndarray, np.ndarray | None]] = {}
        self._bands: tuple[tuple[Fraction, int, int], Fixed] | None = None  # the last table of case numbers
        for number, values in enumerate(versions):
            for case, value in values.items():
                place = self._place(number, case)
                self.values[place], self.given[place] = int(value / self.scale), True

    def _place(self, version: int, case: tuple[str | bool | Band, ...]) -> int:
        place = version
        for cases, key in zip(self.cases, case, strict=True):
            place = place * len(cases) + cases.index(key)
        return place

    def version_at(self, day: int) -> int:
        """The version in force on a day, -1 for none."""
        return bisect_right(self.starts, day) - 1

    def version_by_month(self, months: Vector, period: Period) -> np.ndarray:
        """The version in force on the first day of every row's month, -1 for none."""
        in_force = np.array([self.version_at(first_day(month)) for month in period.months], np.int64)
        return entries(Fixed(in_force), np.clip(months.data - period.start, 0, period.count - 1))

    def changes_within(self, period: Period) -> bool:
        return any(period.first_day < start <= period.last_day for start in self.starts)

    def read(self, version: np.ndarray, keys: list[Vector]) -> tuple[np.ndarray, np.ndarray | None]:
        """The value of every row (as data in `scale`), and which rows have no such case (None: all have one)."""
        if version.ndim == 0 and int(version) >= 0 and len(keys) == 1:
            return self._read_one(int(version), keys[0])
        place = np.maximum(version, 0)
        absent = version < 0
        for cases, key in zip(self.cases, keys, strict=True):
            case = case_numbers(cases, key)
            absent = absent | (case < 0)
            place = place * len(cases) + np.maximum(case, 0)
        absent = absent | ~entries(Fixed(self.given), place)
        return entries(Fixed(self.values), place), (absent if absent.any() else None)

    def _read_one(self, version: int, key: Vector) -> tuple[np.ndarray, np.ndarray | None]:
        """One key: its values stand in the order of its cases; few different keys are looked up in one go."""
        begin = version * self.per_version
        end = begin + self.per_version
        values, given = self.values[begin:end], self.given[begin:end]
        if key.data.dtype == bool or key.words:
            known = self._words.get((version, key.words)) if len(key.words) <= FEW_WORDS else None
            if known is None:
                known = _of_words(self.cases[0], key.words, values, given)
                if len(key.words) <= FEW_WORDS:
                    self._words[version, key.words] = known
            return _by_word(key, *known)
        case = self._case_of_number(key)
        data = entries(Fixed(values), case)
        if given.all() and not (case < 0).any():
            return data, None
        return data, (case < 0) | ~entries(Fixed(given), case)

    def _case_of_number(self, key: Vector) -> np.ndarray:
        """As `case_numbers` of a key that has a table, which is kept for the next block."""
        if key.data.dtype == object or key.over is not None or key.high - key.low >= TABLE_LIMIT:
            return case_numbers(self.cases[0], key)
        span = key.scale, key.low, key.high
        last = self._bands
        if last is None or last[0] != span:
            bands = [case for case in self.cases[0] if isinstance(case, Band)]
            last = self._bands = span, Fixed(_band_table(bands, *span))
        return entries(last[1], key.data - key.low)


def _of_words(
    cases: Cases, words: tuple[str, ...], values: np.ndarray, given: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    """The value for every word (or for no and yes); and which have none (None: all have one)."""
    every = np.arange(len(words)) if words else np.array([False, True])
    case = case_numbers(cases, Vector(every, words=words))
    absent = (case < 0) | ~given[case]
    return values[case], (absent if absent.any() else None)


def _by_word(
    key: Vector, by_word: np.ndarray, absent: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray | None]:
    """The value of every row, of those of the words."""
    is_word = bool(key.words)
    data = entries(Fixed(by_word), key.data) if is_word else picked(key.data, by_word[1], by_word[0])
    if absent is None:
        return data, None
    return data, entries(Fixed(absent), key.data if is_word else key.data.astype(np.int64))


def common_scale(amounts: Sequence[Fraction]) -> Fraction:
    """The greatest fraction that divides all of them."""
    below = lcm(*(amount.denominator for amount in amounts)) if amounts else 1
    above = gcd(*(int(amount * below) for amount in amounts)) if amounts else 1
    return Fraction(above or 1, below)


def case_numbers(cases: Cases, key: Vector) -> np.ndarray:
    """Which case each row's key is, -1 for none."""
    if key.data.dtype == bool:
        by_value = [cases.index(value) if value in cases else NO_CASE for value in (False, True)]
        return entries(Fixed(np.array(by_value, np.int64)), key.data.astype(np.int64))
    if key.words:
        place = {case: number for number, case in enumerate(cases)}
        by_word = np.array([place.get(word, NO_CASE) for word in key.words], np.int64)
        return entries(Fixed(by_word), key.data)
    return _band_numbers([case for case in cases if isinstance(case, Band)], cleared(key))


def _band_numbers(bands: list[Band], key: Vector) -> np.ndarray:
    low, high = (key.low, key.high) if fits(key.low, key.high) else bounds_of(key.data)
    if high - low < TABLE_LIMIT:
        table = Fixed(_band_table(bands, key.scale, low, high))
        return entries(table, (key.data - low).astype(np.int64))
    result: Any = NO_CASE
    for number, band in enumerate(bands):
        first, last = whole_bounds(band, key.scale, low, high)
        result = np.where((key.data >= first) & (key.data <= last), number, result)
    return array_of(result).astype(np.int64)


def _band_table(bands: list[Band], scale: Fraction, low: int, high: int) -> np.ndarray:
    """The case of every number from low to high."""
    table = np.full(high - low + 1, NO_CASE, np.int64)
    for number, band in enumerate(bands):
        first, last = whole_bounds(band, scale, low, high)
        table[first - low : max(last - low + 1, 0)] = number
    return table


def whole_bounds(band: Band, scale: Fraction, low: int, high: int) -> tuple[int, int]:
    """The least and greatest data in a band, within low..high; the first is greater where there is none."""
    first, last = low, high
    if band.low is not None:
        edge = band.low / scale
        first = max(low, floor(edge) + 1 if band.low_open else ceil(edge))
    if band.high is not None:
        edge = band.high / scale
        last = min(high, ceil(edge) - 1 if band.high_open else floor(edge))
    return min(first, high + 1), max(last, low - 1)
