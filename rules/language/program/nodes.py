"""Expressions: resolved, typed, and shared by both evaluators."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from rules.language.program.types import Type


@dataclass(frozen=True)
class Const:
    """A literal. `value` is Fraction, bool, str or int (a date) by `type.kind`."""

    value: Fraction | bool | str | int
    type: Type
    text: str


@dataclass(frozen=True)
class Read:
    """A column of the row that `path` (names of links, from the expression's own table) leads to; () is the own row.

    `opening` (开头) is only there where the path ends with 上月 or 上一行: the value where the row that asks has no row
    before it, an expression of that row.
    """

    path: tuple[str, ...]
    table: str  # the table at the end of the path
    column: str
    type: Type
    opening: Node | None = None


@dataclass(frozen=True)
class CurrentPeriod:
    """本期 as a lookup key: the period of `type.period_kind` that contains the run's period."""

    type: Type


@dataclass(frozen=True)
class PeriodDay:
    """期初 or 期末: the first or the last day of the run's period."""

    end: Literal["期初", "期末"]
    type: Type


@dataclass(frozen=True)
class RateRead:
    """A rate, its keys read in the using row; `at` says which day of a row's span counts.

    at: "月" the first day of the row's month (month tables; `month` reads that month number column);
    "期初"/"期末" the first/last day of the run's period; "" the rate must not change within the run's period:
    a version that begins after its first day and not after its last is an error, and so is a day without a version.
    """

    rate: str
    keys: tuple[Node, ...]
    at: Literal["月", "期初", "期末", ""]
    month: Read | None
    type: Type


@dataclass(frozen=True)
class Arithmetic:
    op: Literal["+", "-", "×", "÷"]
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True)
class Negate:
    operand: Node
    type: Type


@dataclass(frozen=True)
class Compare:
    """Both sides of one kind; = and ≠ for every kind, the rest for numbers, dates and periods (by first month)."""

    op: Literal["=", "≠", "<", "≤", ">", "≥"]
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True)
class Logic:
    op: Literal["且", "或"]
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True)
class Not:
    operand: Node
    type: Type


@dataclass(frozen=True)
class Among:
    """属于: the operand equals one of the constants."""

    operand: Node
    options: tuple[Const, ...]
    type: Type


@dataclass(frozen=True)
class Choose:
    """如果(condition, then, other)."""

    condition: Node
    then: Node
    other: Node
    type: Type


@dataclass(frozen=True)
class Extreme:
    """取小 / 取大 of two or more numbers (or dates)."""

    op: Literal["取小", "取大"]
    operands: tuple[Node, ...]
    type: Type


@dataclass(frozen=True)
class Rounding:
    """四舍五入 (half away from zero), 四舍六入五成双 (half to even), 去尾 (toward zero), 进一 (away from zero)."""

    step: Fraction  # in 元 for money
    mode: Literal["四舍五入", "四舍六入五成双", "去尾", "进一"]


@dataclass(frozen=True)
class Round:
    operand: Node
    rounding: Rounding
    type: Type


@dataclass(frozen=True)
class Otherwise:
    """`a 否则 b`: b where a is missing."""

    operand: Node
    fallback: Node
    type: Type


@dataclass(frozen=True)
class Aggregate:
    """Over the rows of `table` whose `path` leads to this row; `value` and `where` are expressions of those rows.

    Rows where `where` is not true, or where `value` is missing, are skipped. 合计, 计数 and 最高 of nothing are 0; 平均,
    最小, 最大 and 去极端平均 of nothing are `if_none` (an expression of the outer row), or an error. 计数 has no value.
    The outer row (本行.x) appears inside as a Read whose path begins with `path`.

    最高: the sum of the `extent` highest values. 去极端平均: the average of what is left when the lowest and the highest
    values have been taken away, `extent` of each, or, if `extent` is a percentage, that part of their number, cut.
    """

    op: Literal["合计", "平均", "最小", "最大", "计数", "任一", "最高", "去极端平均"]
    table: str
    path: tuple[str, ...]
    value: Node | None
    where: Node | None
    if_none: Node | None
    type: Type
    extent: Const | None = None


@dataclass(frozen=True)
class Ranking:
    """排名: the row's place among the rows of its table, `table`, that `path` leads to the same row: 1, 1, 3; `dense`: 1, 1, 2.

    Ranked are the rows where `where` holds and `value` is not missing; on the others the rank is missing.
    """

    value: Node
    table: str
    path: tuple[str, ...]
    descending: bool
    dense: bool
    where: Node | None
    type: Type


@dataclass(frozen=True)
class Slices:
    """分段计: every unit of `number` at the value of its own band; `rate` has one key, which `number` stands for.

    The sum over the whole multiples k of `step` in (0, number] of value(k) × step, where `step` divides the number and
    every edge of a band. A number below 0 is an error, and so is a unit without a band. `at`, `month`: see RateRead.
    """

    number: Node
    rate: str
    step: Fraction
    at: Literal["月", "期初", "期末", ""]
    month: Read | None
    type: Type


@dataclass(frozen=True)
class DateFunction:
    """满年, 月数: whole years, months from one day to another, counted on the anniversary; 天数: days, both ends counted.

    加月: the day so many months later; a day that its month does not have is the month's last; 月初, 月末: the first and
    the last day of the month; 年初: the first of the year. A second day before the first is an error, and so is a year
    beyond 1 to 9999.
    """

    op: Literal["满年", "月数", "天数", "加月", "月初", "月末", "年初"]
    operands: tuple[Node, ...]
    type: Type


Node = (
    Const
    | Read
    | PeriodDay
    | RateRead
    | Arithmetic
    | Negate
    | Compare
    | Logic
    | Not
    | Among
    | Choose
    | Extreme
    | Round
    | Otherwise
    | Aggregate
    | Ranking
    | Slices
    | DateFunction
)


Key = Read | CurrentPeriod  # of a lookup
RunDay = Literal[
    "期初", "期末", "月首日", "月末日"
]  # a day by the run's period, or by the month of a month row
