"""Requests and answers about runs."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.models.base import Answer, Digest, Money, Request, Words
from api.models.objections import Publication
from payroll_service.book.money import fen_text
from payroll_service.book.payouts import LATE
from payroll_service.book.receipt import Receipt
from payroll_service.book.records import TotalRecord
from payroll_service.workflow.list_findings import HELD, UNPAID
from payroll_service.workflow.list_runs import ListedRun
from payroll_service.workflow.replay_run import Replay


class Figures(Answer):
    """What a run comes to. `due` is `amount` less what earlier runs `granted`; `held` is part of `due`.

    Of late changes, `kept` (charged to a fund) and `brought` (put off by earlier periods) are part of `amount`; what is
    `put_off` to the next period is not.

    The list of findings has the `hints`, those `held_back` and those `not_paid` together.
    """

    payees: int
    lines: int
    currency: Literal["CNY"] = "CNY"
    amount: Money
    granted: Money
    due: Money
    held: Money
    kept: Money
    put_off: Money
    brought: Money
    findings: int = Field(description="The same as `hints`, under its first name.")
    hints: int = Field(
        description="Rows where a check that may fail did not hold: 提示 in the list of findings."
    )
    held_back: int = Field(description="Payees who are held back: 暂缓 in the list of findings.")
    not_paid: int = Field(
        description="Payees who get nothing: 不发 in the list of findings, once for each rule that says so."
    )

    @classmethod
    def of(cls, receipt: Receipt) -> Figures:
        late = {kind: sum(one.amount_fen for one in receipt.late if one.kind == kind) for kind in LATE}
        hints = sum(one.count for one in receipt.findings)
        roster = {
            kind: sum(one.payees for one in receipt.roster if one.kind == kind) for kind in (HELD, UNPAID)
        }
        return cls(
            payees=receipt.payees,
            lines=receipt.lines,
            amount=fen_text(receipt.amount_fen),
            granted=fen_text(receipt.granted_fen),
            due=fen_text(receipt.due_fen),
            held=fen_text(receipt.held_fen),
            kept=fen_text(late["kept"]),
            put_off=fen_text(late["put_off"]),
            brought=fen_text(late["brought"]),
            findings=hints,
            hints=hints,
            held_back=roster[HELD],
            not_paid=roster[UNPAID],
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
    publication: Publication | None = None
    receipt: Digest | None = None
    figures: Figures | None = None

    @classmethod
    def of(cls, listed: ListedRun) -> RunAnswer:
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
            publication=Publication.of(listed.publication) if listed.publication else None,
            receipt=listed.digest or None,
            figures=Figures.of(listed.receipt) if listed.receipt else None,
        )


class Runs(Answer):
    """`next` continues the list; null at its end."""

    runs: list[RunAnswer]
    next: str | None = None


class Submitted(Answer):
    run: str
    submitted_by: str
    submitted_at: datetime


class Approve(Request):
    """`receipt`: the digest that was looked at. Approving fails if the run is another by now."""

    receipt: Digest


class Approved(Answer):
    run: str
    approved_by: str
    approved_at: datetime
    receipt: Digest


class Payment(Answer):
    """`paid`: the run is approved, and nothing that it granted is owed any more."""

    run: str
    paid: bool


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
        return cls(run=replay.run, faithful=replay.faithful, checks=checks)


class Event(Answer):
    """One thing that happened to a run: who did what when."""

    number: int
    run: str
    state: str
    at: datetime
    actor: str
    detail: str


class Events(Answer):
    """`next` continues the list; null at its end."""

    events: list[Event]
    next: int | None = None


class Total(Answer):
    """The sum of a run's lines of one unit, item and fund."""

    unit: str
    item: str
    fund: str
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
