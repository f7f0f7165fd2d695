"""Periods: month `2020-09`, semester `2020-2021-1`, school year `2020-2021`, year `2020`; and a county's calendar."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

MONTH, SEMESTER, SCHOOL_YEAR, YEAR = "月", "学期", "学年", "年"
PERIOD_KINDS = (MONTH, SEMESTER, SCHOOL_YEAR, YEAR)


def month_number(year: int, month: int) -> int:
    """Months counted from year 0: the month arithmetic of the whole product."""
    return year * 12 + month - 1


def month_text(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def first_day(number: int) -> int:
    """Day number (proleptic Gregorian ordinal) of the first day of a month."""
    return date(number // 12, number % 12 + 1, 1).toordinal()


def last_day(number: int) -> int:
    return first_day(number + 1) - 1


@dataclass(frozen=True)
class Period:
    """A span of whole months. `months` are month numbers (see `month_number`)."""

    kind: str
    text: str
    start: int
    count: int

    @property
    def months(self) -> range:
        return range(self.start, self.start + self.count)

    @property
    def first_day(self) -> int:
        return first_day(self.start)

    @property
    def last_day(self) -> int:
        return last_day(self.start + self.count - 1)

    def contains(self, other: Period) -> bool:
        return self.start <= other.start and other.start + other.count <= self.start + self.count

    def meets(self, other: Period) -> bool:
        """One lies inside the other: what a run may see."""
        return self.contains(other) or other.contains(self)

    def __str__(self) -> str:
        return self.text


_NUMBERED = (("第?[一上秋]季?学期", 1), ("第?[二下春]季?学期", 2))  # how people call semesters


@dataclass(frozen=True)
class Calendar:
    """A rule set's semesters, which tile the school year: (name, first month 1-12, count of months) each."""

    semesters: tuple[tuple[str, int, int], ...] = (("第一学期", 9, 6), ("第二学期", 3, 6))

    @property
    def first_month(self) -> int:
        return self.semesters[0][1]

    def school_year(self, year: int) -> Period:
        return Period(SCHOOL_YEAR, f"{year}-{year + 1}", month_number(year, self.first_month), 12)

    def semester(self, year: int, number: int) -> Period:
        """Semester `number` (from 1) of the school year that begins in `year`."""
        start = month_number(year, self.first_month) + sum(
            count for _, _, count in self.semesters[: number - 1]
        )
        return Period(SEMESTER, f"{year}-{year + 1}-{number}", start, self.semesters[number - 1][2])

    def parse(self, text: str) -> Period | None:
        """The period that `text` names, or None. Semesters beyond the calendar's count are None too."""
        match = re.fullmatch(r"(\d{4})(?:-(\d{2})|-(\d{4})(?:-([1-9]\d?))?)?", text, re.ASCII)
        if not match or not 1900 <= int(match[1]) <= 2200:
            return None
        year = int(match[1])
        if match[2]:
            return month(year, int(match[2])) if 1 <= int(match[2]) <= 12 else None
        if not match[3]:
            return Period(YEAR, text, month_number(year, 1), 12)
        if int(match[3]) != year + 1:
            return None
        if not match[4]:
            return self.school_year(year)
        return self.semester(year, int(match[4])) if 1 <= int(match[4]) <= len(self.semesters) else None

    def meant(self, text: str) -> Period | None:
        """The period that somebody who wrote `2020-9`, `２０２０年９月` or `2020-21学年第一学期` had in mind, or None."""
        folded = unicodedata.normalize("NFKC", text)
        for words, number in _NUMBERED:
            folded = re.sub(words, f"-{number}", folded)
        numbers = re.findall("[0-9]+", folded)
        if len(numbers) == 1 and len(numbers[0]) == 6:
            numbers = [numbers[0][:4], numbers[0][4:]]
        if not numbers or len(numbers[0]) != 4 or any(len(number) > 4 for number in numbers):
            return None
        year, *rest = map(int, numbers)
        if (
            rest
            and rest[0] in (year + 1, (year + 1) % 100)
            and (rest[1:] or rest[0] > 12 or "学年" in folded)
        ):
            return self.parse("-".join(map(str, (year, year + 1, *rest[1:]))))
        if len(rest) == 1:
            return self.parse(f"{year}-{rest[0]:02d}")
        return None if rest else self.parse(str(year))

    def around(self, period: Period, kind: str) -> Period | None:
        """The one period of `kind` that contains `period` (本期 as a lookup key), or None if there is none."""
        year = period.start // 12
        candidates = {
            MONTH: [month(year, period.start % 12 + 1)],
            YEAR: [Period(YEAR, f"{year:04d}", month_number(year, 1), 12)],
            SCHOOL_YEAR: [self.school_year(start) for start in (year - 1, year)],
            SEMESTER: [
                self.semester(start, number + 1)
                for start in (year - 1, year)
                for number in range(len(self.semesters))
            ],
        }[kind]
        return next((found for found in candidates if found.contains(period)), None)


def month(year: int, number: int) -> Period:
    start = month_number(year, number)
    return Period(MONTH, month_text(start), start, 1)
