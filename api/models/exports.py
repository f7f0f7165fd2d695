"""Requests and answers about files for banks and finance systems."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from api.models.base import Answer, Money, Request, RunId
from payroll_service.book.ledger.movements import Movement
from payroll_service.book.money import fen_text
from payroll_service.book.run_change import Change, ComparedTotal, UnitChange
from payroll_service.export.bank.layout import ACCEPTED, PENDING, REJECTED
from payroll_service.export.bank.results import BankAnswer
from payroll_service.workflow.compare_runs import ComparedRuns
from rules.language.render import fixed_text

Description = Annotated[
    str,
    StringConstraints(min_length=1, max_length=20_000, pattern=r"^[^\x00]+$"),
    Field(description="The text of a description as docs/files.md says, or the name of one that is shipped."),
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00-\x1f]*$")]

Percent = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$")]


class AskVouchers(Request):
    """`accounts`: which item is booked on which account; `day`: today, if it is not said."""

    accounts: Annotated[Description, Field(examples=["accounts"])]
    day: date | None = Field(default=None, examples=["2021-01-20"])
    summary: Line = Field(default="绩效工资", min_length=1)
    form: Literal["xlsx", "csv"] = "xlsx"


class AskBankFiles(Request):
    """`note` stands with every transfer."""

    format: Annotated[Description, Field(examples=["pipe"])]
    note: Line = Field(default="", examples=["2020年秋季绩效"])


class Rejection(Answer):
    payee: str = Field(examples=["3f0c5a9e7b1d4c2f8a6e0d9c4b7a1e52"])
    reason: str = Field(examples=["账号已销户"])


class BankAnswerTaken(Answer):
    """How many the bank paid, has not yet paid, and rejected; who was rejected is owed again by `movement`.

    `known`: how many of the `rejections` an earlier answer told; they are owed since then. `disputed`: whom the bank says it
    paid, though an earlier answer rejected them and they are owed: ask the bank before they are paid again. `silent`: who was sent money
    and does not stand in the bank's file. `movement`: by which it is in the book.
    """

    payment: int
    accepted: int
    pending: int = Field(examples=[0])
    rejections: list[Rejection]
    known: int = Field(default=0, examples=[0])
    disputed: list[str] = Field(default=[], examples=[[]])
    silent: list[str] = Field(examples=[[]])
    movement: int = Field(examples=[4])
    currency: Literal["CNY"] = "CNY"
    returned: Money

    @classmethod
    def of(cls, payment: int, answer: BankAnswer, movement: Movement) -> BankAnswerTaken:
        rejected = [one for one in answer.results if one.outcome == REJECTED]
        noted = json.loads(movement.detail)
        return cls(
            payment=payment,
            accepted=answer.counts[ACCEPTED],
            pending=answer.counts[PENDING],
            rejections=[Rejection(payee=one.payee, reason=one.reason) for one in rejected],
            known=noted.get("known", 0),
            disputed=noted.get("disputed", []),
            silent=[one.payee for one in answer.silent],
            movement=movement.number,
            returned=fen_text(-movement.amount_fen),
        )


class Compared(Answer):
    """`before`: in the earlier run; `now`: in this one; `percent` of what it was, null where it was nothing."""

    before: Money
    now: Money
    change: Money
    percent: Percent | None


class ComparedTotalAnswer(Compared):
    """The lines and the full entitlement of a unit, item and fund."""

    unit: str
    item: str
    fund: str
    lines_before: int
    lines_now: int

    @classmethod
    def of(cls, one: ComparedTotal) -> ComparedTotalAnswer:
        return cls(
            unit=one.unit,
            item=one.item,
            fund=one.fund,
            lines_before=one.lines_before,
            lines_now=one.lines_now,
            **_amounts(one),
        )


class ComparedUnit(Compared):
    """A unit, and how many it pays; who is paid by two units counts in both. `average`: a head, null where one pays nobody."""

    unit: str
    name: str
    payees_before: int
    payees_now: int
    average: Compared | None

    @classmethod
    def of(cls, one: UnitChange) -> ComparedUnit:
        return cls(
            unit=one.unit,
            name=one.name,
            payees_before=one.heads_before,
            payees_now=one.heads_now,
            average=Compared(**_amounts(one.average)) if one.average else None,
            **_amounts(one),
        )


class ComparedPayees(Answer):
    """Payees that get anything: in the earlier run, in this one; of those in both, with more, less, the same; new; gone."""

    before: int
    now: int
    more: int
    less: int
    same: int
    new: int
    gone: int


class Comparison(Compared):
    """Full entitlements of both runs, those that did not change too; held or not, whatever was granted before."""

    run: Annotated[RunId, Field(examples=["2020-2021-1-r2"])]
    period: str
    other: RunId
    other_period: str
    currency: Literal["CNY"] = "CNY"
    payees: ComparedPayees
    totals: list[ComparedTotalAnswer]
    units: list[ComparedUnit]

    @classmethod
    def of(cls, found: ComparedRuns) -> Comparison:
        change, heads = found.change, found.change.heads
        return cls(
            run=found.now.run_id,
            period=found.now.period,
            other=found.before.run_id,
            other_period=found.before.period,
            payees=ComparedPayees(**{name: getattr(heads, name) for name in ComparedPayees.model_fields}),
            totals=[ComparedTotalAnswer.of(one) for one in change.totals],
            units=[ComparedUnit.of(one) for one in change.units],
            **_amounts(change.total),
        )


def _amounts(change: Change) -> dict[str, Any]:
    return {
        "before": fen_text(change.before_fen),
        "now": fen_text(change.now_fen),
        "change": fen_text(change.fen),
        "percent": None if change.percent is None else fixed_text(change.percent, 2),
    }
