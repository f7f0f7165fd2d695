"""Requests and answers about decisions on one payee's payments: held or released, what is withheld, what was handed back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.models.base import Answer, Money, Request, Words
from api.models.ledger import DIGITS, Amount, Claims, Code, Remark
from payroll_service.book.money import fen_text
from payroll_service.workflow.decide_payee import Decided, Hold
from payroll_service.workflow.state_arrears import PayeeArrears

NotNegative = Annotated[str, StringConstraints(max_length=DIGITS + 2, pattern=r"^(0|[1-9][0-9]*)\.[0-9]{2}$")]


class HoldPayee(Request):
    """Why the payee is skipped until released; what is owed stays owed."""

    reason: Words


class ReleasePayee(Request):
    """Why the payee is paid again."""

    reason: Words


class AgreeInstalments(Amount):
    """Withhold at most `amount` from each payment to the payee, in place of what was agreed before; 0.00: nothing."""

    amount: NotNegative
    reason: Words


class Repay(Amount):
    """Handed back of what was paid too much from `fund`: at most what is recoverable there, the oldest first."""

    fund: Code = Field(examples=["绩效"])
    day: date
    reference: Remark = ""


class HeldAnswer(Answer):
    """Payments to the payee are skipped: why, by whose word, since when."""

    reason: str
    by: str
    at: datetime

    @classmethod
    def of(cls, one: Hold) -> HeldAnswer:
        return cls(reason=one.reason, by=one.by, at=one.at)


class Decision(Answer):
    """What holds of a payee now. `held`: null while payments go on; `instalment`: withheld from each at most, null if none is agreed."""

    currency: Literal["CNY"] = "CNY"
    held: HeldAnswer | None
    instalment: Money | None

    @classmethod
    def of(cls, found: Decided) -> Decision:
        return cls(
            held=HeldAnswer.of(found.held) if found.held else None,
            instalment=fen_text(found.plan.fen) if found.plan else None,
        )


class PayeeClaims(Claims):
    """Everything that one payee was ever granted, and what was decided. `held`, `instalment`: as in a decision."""

    held: HeldAnswer | None
    instalment: Money | None

    @classmethod
    def of(cls, found: PayeeArrears) -> PayeeClaims:
        decided = Decision.of(found.decided)
        return cls(claims=Claims.of(found).claims, held=decided.held, instalment=decided.instalment)
