"""Requests and answers of the API. Money is a string with two decimals; the currency stands beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from payroll_service.access.accounts import Account
from payroll_service.access.roles import Role
from payroll_service.book.money import fen_text
from payroll_service.book.receipt import Receipt
from payroll_service.book.records import TotalRecord
from payroll_service.workflow.list_runs import ListedRun
from payroll_service.workflow.replay_run import Replay

Money = Annotated[
    str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$"), Field(examples=["6075.00"])
]
Digest = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$"),
    Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
]
RunId = Annotated[
    str, StringConstraints(max_length=40, pattern=r"^[0-9-]+-r[0-9]+$"), Field(examples=["2020-2021-1-r1"])
]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Request(BaseModel):
    """Unknown fields are refused: a misspelt one would be silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Figures(Answer):
    """What a run comes to. `due` is `amount` less what earlier runs `granted`; `held` is part of `due`."""

    payees: int = Field(examples=[2888])
    lines: int = Field(examples=[5776])
    currency: Literal["CNY"] = "CNY"
    amount: Money
    granted: Money
    due: Money
    held: Money

    @classmethod
    def of(cls, receipt: Receipt) -> Figures:
        return cls(
            payees=receipt.payees,
            lines=receipt.lines,
            amount=fen_text(receipt.amount_fen),
            granted=fen_text(receipt.granted_fen),
            due=fen_text(receipt.due_fen),
            held=fen_text(receipt.held_fen),
        )


class RunAnswer(Answer):
    """A run and its state; `receipt` is the digest that an approval must name, null before it is calculated."""

    id: str = Field(examples=["2020-2021-1-r1"])
    period: str = Field(examples=["2020-2021-1"])
    state: str = Field(examples=["calculated"])
    rule_set: Digest
    snapshot: Digest
    prepared_by: str = Field(examples=["wang"])
    prepared_at: datetime
    approved_by: str | None = Field(default=None, examples=["zhang"])
    approved_at: datetime | None = None
    receipt: Digest | None = None
    figures: Figures | None = None

    @classmethod
    def of(cls, listed: ListedRun, receipt: str | None) -> RunAnswer:
        run, approval = listed.run, listed.approval
        return cls(
            id=run.run_id,
            period=run.period,
            state=listed.last.state,
            rule_set=run.rule_set,
            snapshot=run.snapshot,
            prepared_by=run.created_by,
            prepared_at=run.created_at,
            approved_by=approval.approved_by if approval else None,
            approved_at=approval.at if approval else None,
            receipt=receipt,
            figures=Figures.of(listed.receipt) if listed.receipt else None,
        )


class Runs(Answer):
    """`next` continues the list; null at its end."""

    runs: list[RunAnswer]
    next: str | None = None


class Approve(Request):
    """`receipt`: the digest that was looked at. Approving fails if the run is another by now."""

    receipt: Digest


class Approved(Answer):
    run: str
    approved_by: str
    approved_at: datetime
    receipt: Digest


class Withdraw(Request):
    reason: Words


class Withdrawn(Answer):
    run: str
    reason: str


class Check(Answer):
    name: str
    holds: bool
    detail: str


class ReplayAnswer(Answer):
    """`faithful`: nothing stored was altered, and the same fen came out again."""

    run: str
    faithful: bool
    checks: list[Check]

    @classmethod
    def of(cls, replay: Replay) -> ReplayAnswer:
        checks = [Check(name=one.name, holds=one.holds, detail=one.detail) for one in replay.checks]
        return cls(run=replay.run.run_id, faithful=replay.faithful, checks=checks)


class OwnPayout(Answer):
    """One approved run that pays the caller."""

    run: str
    period: str
    currency: Literal["CNY"] = "CNY"
    total: Money


class OwnPayouts(Answer):
    payouts: list[OwnPayout]


class Me(Answer):
    bureau: str
    login: str
    name: str
    roles: list[Role]
    unit: str | None

    @classmethod
    def of(cls, account: Account) -> Me:
        return cls(
            bureau=account.bureau,
            login=account.login,
            name=account.name,
            roles=sorted(account.roles),
            unit=account.unit or None,
        )


class Token(Answer):
    """As OAuth 2.0 (RFC 6749, section 5.1) has it."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(examples=[900])
    scope: str = Field(examples=["payouts:read"])


class Event(Answer):
    """One thing that happened to a run: who did what when."""

    number: int
    run: str
    state: str
    at: datetime
    actor: str
    detail: str


class Events(Answer):
    events: list[Event]
    next: int | None = None


class Total(Answer):
    """The sum of a run's lines of one unit, item and fund."""

    unit: str = Field(examples=["A01"])
    item: str = Field(examples=["奖励"])
    fund: str = Field(examples=["绩效"])
    lines: int
    currency: Literal["CNY"] = "CNY"
    amount: Money
    granted: Money
    held: Money

    @classmethod
    def of(cls, total: TotalRecord) -> Total:
        return cls(
            unit=total.unit,
            item=total.item,
            fund=total.fund,
            lines=total.lines,
            amount=fen_text(total.amount_fen),
            granted=fen_text(total.granted_fen),
            held=fen_text(total.held_fen),
        )


class Totals(Answer):
    totals: list[Total]
