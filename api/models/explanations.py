"""Answers about how a payout came about: a tree of values, each with its formula, the numbers in it, rates and clauses.

The fields are those of the records (`payroll_service/calculation/explanation.py`); what is empty is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import ConfigDict, Field

from api.models.base import Answer, Money
from payroll_service.calculation.explanation import Explanation
from payroll_service.export.explanation import sentences, to_json


class Explained(Answer):
    """A record as it is: a field that is not told here is a mistake of ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CitedClause(Explained):
    """A clause with the title of its document; an interpretation with question, answer, and who decided."""

    text: str
    title: str = ""
    question: str = ""
    answer: str = ""
    decided: str = ""


class UsedRate(Explained):
    """The keys that each hit a case of the rate, and the value there. `example`: made up, in force nowhere."""

    name: str
    keys: tuple[str, ...] = ()
    value: str
    clauses: tuple[CitedClause, ...] = ()
    example: bool = False


class MetCondition(Explained):
    """What decided the value: its kind (限于, 否则, 例外, 否决, 不适用), its text, and what the row says of it."""

    kind: str
    text: str
    facts: str = ""
    clauses: tuple[CitedClause, ...] = ()


class ShareOfPool(Explained):
    """One row's part of a pool: what is due to it exactly, and cut to the fen; its place in line for a fen that was left."""

    pool: str
    weight: str
    weights: str = Field(description="The sum of all weights.")
    members: int
    due: str
    cut: str
    left_over: int = Field(description="Fen that were left when all shares were cut.")
    place: int = Field(description="0: not in line.")
    got_one_more: bool = False
    equally: bool = False
    returned_to: str = ""
    limits: str = ""


class ValueExplained(Explained):
    """One value: `formula` with the numbers in it `substituted`, and `children`, the values it was made from.

    `see`: the `number` of the value where it is explained already. `also`: further rows on which it came about likewise.
    """

    number: int
    table: str
    column: str
    row: str
    value: str
    kind: str = Field(description="数据, 公式, 拆分, 汇集, 分配, 不显示")
    formula: str = ""
    substituted: str = ""
    conditions: tuple[MetCondition, ...] = ()
    rounding: str = ""
    rates: tuple[UsedRate, ...] = ()
    share: ShareOfPool | None = None
    below: tuple[str, ...] = ()
    sentence: str = ""
    clauses: tuple[CitedClause, ...] = ()
    example: bool = False
    see: int = 0
    also: tuple[str, ...] = ()
    children: tuple[ValueExplained, ...] = ()


class ItemExplained(Explained):
    """One line, or an item that is not paid (no `root`): `reason` says why, `excluded` by which rule of the roster.

    `sentences`: what the rule set says of it to the payee. `held`: the roster's rule that holds it back.
    """

    item: str
    name: str
    table: str
    row: str = ""
    earned: str = ""
    unit: str = ""
    funds: tuple[str, ...] = ()
    amount: Money | None = None
    amount_text: str = ""
    reason: str = ""
    clauses: tuple[CitedClause, ...] = ()
    root: ValueExplained | None = None
    held: str = ""
    excluded: str = ""
    event: str = ""
    sentences: tuple[str, ...]

    @classmethod
    def of(cls, one: Explanation) -> ItemExplained:
        return cls.model_validate(to_json(one) | {"sentences": sentences(one)})


class PayoutExplanation(Answer):
    """Every item of a payee's payout, before what earlier runs granted is taken off."""

    run: str
    period: str
    currency: Literal["CNY"]
    items: list[ItemExplained]

    @classmethod
    def of(cls, run: str, period: str, found: Iterable[Explanation]) -> PayoutExplanation:
        return cls(run=run, period=period, currency="CNY", items=[ItemExplained.of(one) for one in found])
