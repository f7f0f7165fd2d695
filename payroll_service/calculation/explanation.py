"""What an explanation says: a tree of plain records, every value already as text with its unit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Citation:
    """A clause with the full title of its document; an interpretation with its question, answer and who decided."""

    text: str
    title: str = ""
    question: str = ""
    answer: str = ""
    decided: str = ""


@dataclass(frozen=True)
class RateUse:
    """A rate that was used: the keys of the row and the case each hit, the value, the clause."""

    name: str
    keys: tuple[str, ...]  # 教龄 7：满5不满10
    value: str
    clauses: tuple[Citation, ...]
    example: bool


@dataclass(frozen=True)
class Condition:
    """Something that decided the value: 限于, 否则, 例外, 否决, 不适用. `facts`: what the row says: 得分为59，身份为教师."""

    kind: str
    text: str
    facts: str = ""
    clauses: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class ShareFacts:
    """One row's part of a pool. `due` is the exact share, `cut` what is left of it in whole fen.

    `left_over` fen went one each to the first in line by largest remainder; `place` is this row's place, 0 for none.
    """

    pool: str
    weight: str
    weights: str
    members: int
    due: str
    cut: str
    left_over: int
    place: int
    got_one_more: bool
    equally: bool = False  # all weights were zero: shared equally
    returned_to: str = ""  # all weights were zero: the pool went to this fund
    limits: str = ""  # the row's floor and ceiling


@dataclass(frozen=True)
class ExplainedValue:
    """One value and how it came about. `number` counts within an explanation; `see` refers to an earlier mention."""

    number: int
    table: str
    column: str
    row: str
    value: str
    kind: str  # 数据, 公式, 拆分, 汇集, 分配, 不显示
    formula: str = ""
    substituted: str = ""
    conditions: tuple[Condition, ...] = ()
    rounding: str = ""  # 分 四舍五入：2772.495元 → 2772.50元
    rates: tuple[RateUse, ...] = ()
    share: ShareFacts | None = None
    below: tuple[str, ...] = ()  # how many rows an aggregate or a gathering took in, and its total
    sentence: str = ""
    clauses: tuple[Citation, ...] = ()
    example: bool = False
    see: int = 0
    also: tuple[str, ...] = ()  # further rows on which it came about in the same way
    children: tuple[ExplainedValue, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """One line of a payee's pay, or one item that does not apply to her (`root` None, and why in `reason`)."""

    item: str  # the payment's number
    name: str
    table: str
    row: str
    earned: str
    unit: str
    funds: tuple[str, ...]
    amount: Fraction | None  # in 元
    amount_text: str
    reason: str = ""
    clauses: tuple[Citation, ...] = ()
    root: ExplainedValue | None = None
    held: str = ""  # calculated, and not paid yet: the roster's rule
    excluded: str = ""  # not paid: the roster's rule
    event: str = ""  # what tells this line from others of the item
