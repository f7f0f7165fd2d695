"""Requests and answers about files for banks and finance systems."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.models.base import Answer, Money, Request, RunId
from payroll_service.book.ledger.movements import Movement
from payroll_service.book.money import fen_text
from payroll_service.export.bank.layout import ACCEPTED, PENDING, REJECTED
from payroll_service.export.bank.results import BankAnswer
from payroll_service.workflow.compare_runs import ComparedTotal

Description = Annotated[
    str,
    StringConstraints(min_length=1, max_length=20_000, pattern=r"^[^\x00]+$"),
    Field(description="The text of a description as docs/files.md says, or the name of one that is shipped."),
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00-\x1f]*$")]


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

    `silent`: who was sent money and does not stand in the bank's file. `movement` is null where nobody was rejected.
    """

    payment: int
    accepted: int
    pending: int = Field(examples=[0])
    rejections: list[Rejection]
    silent: list[str] = Field(examples=[[]])
    movement: int | None = Field(examples=[4])
    currency: Literal["CNY"] = "CNY"
    returned: Money

    @classmethod
    def of(cls, payment: int, answer: BankAnswer, movement: Movement | None) -> BankAnswerTaken:
        counts = {each: sum(one.outcome == each for one in answer.results) for each in (ACCEPTED, PENDING)}
        rejected = [one for one in answer.results if one.outcome == REJECTED]
        return cls(
            payment=payment,
            accepted=counts[ACCEPTED],
            pending=counts[PENDING],
            rejections=[Rejection(payee=one.payee, reason=one.reason) for one in rejected],
            silent=[one.payee for one in answer.silent],
            movement=movement.number if movement else None,
            returned=fen_text(-movement.amount_fen if movement else 0),
        )


class ComparedTotalAnswer(Answer):
    """`before`: in the other run; `now`: in this one; `change` is `now` less `before`."""

    unit: str
    item: str
    fund: str
    lines_before: int
    lines_now: int
    before: Money
    now: Money
    change: Money

    @classmethod
    def of(cls, one: ComparedTotal) -> ComparedTotalAnswer:
        return cls(
            unit=one.unit,
            item=one.item,
            fund=one.fund,
            lines_before=one.lines_before,
            lines_now=one.lines_now,
            before=fen_text(one.before_fen),
            now=fen_text(one.now_fen),
            change=fen_text(one.now_fen - one.before_fen),
        )


class Comparison(Answer):
    """Full entitlements of both runs, those that did not change too."""

    run: Annotated[RunId, Field(examples=["2020-2021-1-r2"])]
    other: RunId
    currency: Literal["CNY"] = "CNY"
    totals: list[ComparedTotalAnswer]
