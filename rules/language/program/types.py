"""The types of columns and expressions, and the clause that an entry rests on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from rules.language.units import NO_UNIT, Unit

NUMBER, BOOL, CHOICE, DATE, TEXT, PERIOD = "数", "是否", "选项", "日期", "文字", "期间"


ID_NUMBER, CODE, ACCOUNT = "证件号", "代码", "账号"  # texts with a form of their own


FEN = Fraction(1, 100)


@dataclass(frozen=True)
class Type:
    """The type of a column or an expression.

    `step`: every value of a number is a whole multiple of it; None for an unrounded quotient. Money columns have 1/100.
    `low`, `high`: the declared range (numbers only, in the column's own unit), None where there is none.
    """

    kind: str
    unit: Unit = NO_UNIT
    step: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    options: tuple[str, ...] = ()  # of a choice
    text_form: str = TEXT  # of a text: TEXT, ID_NUMBER, CODE or ACCOUNT
    period_kind: str = ""  # of a period: 月, 学期, 学年, 年; "" for any
    percent: bool = False  # shown, and read from cells, as a percentage

    @cached_property
    def is_fen_money(self) -> bool:
        """Money in whole fen: what may be paid, split, gathered and shared."""
        return (
            self.kind == NUMBER
            and self.unit.is_money
            and self.step is not None
            and (self.step / FEN).denominator == 1
        )


@dataclass(frozen=True)
class Basis:
    """The clause a rule rests on: `办法 三`, or an interpretation `解释 调动当月`."""

    document: str
    clause: str

    def __str__(self) -> str:
        return f"{self.document} {self.clause}".strip()
