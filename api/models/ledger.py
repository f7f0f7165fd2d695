"""Requests and answers about money: funding, payments, what comes back, what is owed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from api.models.base import Answer, Digest, Money, Request, Words
from api.models.payees import PayeeId
from payroll_service.book.ledger.arrears import AGES, ArrearsRow, total_row
from payroll_service.book.ledger.movements import Draft, Movement
from payroll_service.book.ledger.settlement import FundResult
from payroll_service.book.money import fen_text, text_fen
from payroll_service.workflow.list_movements import ListedBook
from payroll_service.workflow.pay_claims import PreparedPayment
from payroll_service.workflow.show_adjustment import ShownAdjustment
from payroll_service.workflow.state_arrears import Arrears, Claim, PayeeArrears
from payroll_service.workflow.verify_book import VerifiedBook

Code = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]+$")
]
Remark = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")]
DIGITS = 15  # of an amount; the book holds 64-bit fen


class Amount(Request):
    """What every request with an amount shares."""

    amount: Money = Field(max_length=DIGITS + 2)

    @property
    def fen(self) -> int:
        return text_fen(self.amount)


class Fund(Amount):
    """Money that arrived. `items`: the only ones it may be spent on, by number; none: any.

    `corrects`: the movement that this one, negative, takes back in whole or in part; any other has to name in `reference`
    the document that it rests on.
    """

    fund: Code = Field(examples=["绩效"])
    day: date
    items: list[Code] = Field(default=[], max_length=100)
    reference: Remark = ""
    reason: Remark = ""
    corrects: int | None = Field(default=None, ge=1, lt=2**53)


class MovementAnswer(Answer):
    """One act in the book; what it did to each payee stands in the payment or is read by payee.

    `digest` chains it to the movement before; `draft`, `approved_by`: of payments and adjustments; `answers`: the movement
    that it puts right.
    """

    number: int
    kind: Literal["funding", "payment", "reject", "confirmation", "return", "adjustment", "repayment"]
    day: date
    at: datetime
    prepared_by: str
    approved_by: str | None
    draft: int | None
    answers: int | None
    reason: str
    reference: str
    payees: int
    currency: Literal["CNY"] = "CNY"
    amount: Money
    digest: Digest

    @classmethod
    def of(cls, one: Movement) -> MovementAnswer:
        return cls.model_validate(
            {name: getattr(one, name) for name in cls.model_fields if name not in ("currency", "amount")}
            | {"amount": fen_text(one.amount_fen)}
        )


class Funded(Answer):
    """`left`: what is now in the pot of this fund and these items."""

    movement: MovementAnswer
    left: Money


class DraftAnswer(Answer):
    """A payment or an adjustment that waits for another person's approval."""

    number: int
    kind: Literal["payment", "adjustment"]
    day: date
    prepared_by: str
    prepared_at: datetime
    reason: str
    reference: str
    payees: int
    currency: Literal["CNY"] = "CNY"
    amount: Money

    @classmethod
    def of(cls, one: Draft) -> DraftAnswer:
        names = ("number", "kind", "day", "prepared_by", "reason", "reference", "payees")
        return cls.model_validate(
            {name: getattr(one, name) for name in names}
            | {"prepared_at": one.at, "amount": fen_text(one.amount_fen)}
        )


class Movements(Answer):
    """Oldest first. `next` continues the list, null at its end; `waiting` are all drafts not yet approved."""

    movements: list[MovementAnswer]
    waiting: list[DraftAnswer]
    next: int | None

    @classmethod
    def of(cls, book: ListedBook) -> Movements:
        return cls(
            movements=[MovementAnswer.of(one) for one in book.movements],
            waiting=[DraftAnswer.of(one) for one in book.waiting],
            next=book.next,
        )


class Deduction(Amount):
    payee: PayeeId
    name: Code = Field(examples=["个人所得税"])


class Pay(Request):
    """What is to be paid: `fund`, or all; at most `limit`; `payee` alone. `deductions` make 实发 out of 应发.

    `paid_to` takes a held payee's money in her place, with `reason`. `rule_set`: version or fingerprint of the one whose
    支付 governs; by default that of each fund's last approved run.
    """

    day: date
    fund: Code | None = None
    limit: Money | None = Field(default=None, max_length=DIGITS + 2)
    payee: PayeeId | None = None
    paid_to: Remark = ""
    reason: Remark = ""
    reference: Remark = ""
    rule_set: Remark = ""
    deductions: list[Deduction] = Field(default=[], max_length=100_000)

    @field_validator("limit")
    @classmethod
    def _not_negative(cls, limit: str | None) -> str | None:
        if limit is not None and limit.startswith("-"):
            raise ValueError("not negative")
        return limit


class FundPaid(Answer):
    """One fund: its money before, all claims on it, what this payment settles and withholds, and claims of payees on hold.

    `claims` less `settled` stays owed.
    """

    fund: str
    rule_set: str
    cash: Money
    claims: Money
    settled: Money
    offset: Money
    held: Money

    @classmethod
    def of(cls, one: FundResult) -> FundPaid:
        names = ("cash", "claims", "settled", "offset", "held")
        amounts = {name: fen_text(getattr(one, f"{name}_fen")) for name in names}
        return cls(fund=one.fund, rule_set=one.rule_set, **amounts)


class PaymentAnswer(Answer):
    """A payment, `movement` null until it is approved. Who is paid what: `/v1/payments/{number}/payees`."""

    number: int
    day: date
    payees: int
    currency: Literal["CNY"] = "CNY"
    gross: Money
    net: Money
    paid_to: str
    funds: list[FundPaid]
    movement: MovementAnswer | None

    @classmethod
    def of(cls, one: PreparedPayment) -> PaymentAnswer:
        return cls(
            number=one.number,
            day=one.day,
            payees=len(one.payees),
            gross=fen_text(one.gross_fen),
            net=fen_text(one.net_fen),
            paid_to=one.paid_to,
            funds=[FundPaid.of(each) for each in one.results],
            movement=MovementAnswer.of(one.movement) if one.movement else None,
        )


class Rejected(Request):
    payee: PayeeId
    reason: Words


class BankResult(Request):
    """Whom the bank could not pay: an empty list says that all were paid."""

    day: date
    reference: Remark = ""
    rejected: list[Rejected] = Field(max_length=100_000)

    @field_validator("rejected")
    @classmethod
    def _each_once(cls, rejected: list[Rejected]) -> list[Rejected]:
        if len({each.payee for each in rejected}) != len(rejected):
            raise ValueError("a payee twice")
        return rejected


class SentBack(Request):
    """`amount`: null for everything that the payee was sent in this payment."""

    payee: PayeeId
    amount: Money | None = Field(default=None, max_length=DIGITS + 2)
    day: date
    reason: Words


class Adjust(Amount):
    """One entitlement by so much, signed; with a reason, and another person's approval."""

    payee: PayeeId
    item: Code
    unit: Code
    fund: Code
    earned: Code = Field(examples=["2019"])
    day: date
    reason: Words
    reference: Remark = ""


class AdjustmentAnswer(Answer):
    """An adjustment of one claim by `amount`, signed; `movement` null until it is approved.

    `entitled`, `paid`: of the claim as the book stands; `overtaken`: the book has gone on, so nobody can approve it any more.
    """

    number: int
    day: date
    prepared_by: str
    prepared_at: datetime
    reason: str
    reference: str
    payee: PayeeId
    item: str
    unit: str
    fund: str
    earned: str
    event: str
    currency: Literal["CNY"] = "CNY"
    amount: Money
    entitled: Money
    paid: Money
    overtaken: bool
    movement: MovementAnswer | None

    @classmethod
    def of(cls, one: ShownAdjustment) -> AdjustmentAnswer:
        draft = one.draft
        names = ("number", "day", "prepared_by", "reason", "reference")
        return cls(
            **{name: getattr(draft, name) for name in names},
            **one.claim._asdict(),
            prepared_at=draft.at,
            amount=fen_text(draft.amount_fen),
            entitled=fen_text(one.entitled_fen),
            paid=fen_text(one.paid_fen),
            overtaken=one.is_overtaken,
            movement=MovementAnswer.of(one.movement) if one.movement else None,
        )


class ArrearsLine(Answer):
    """entitled - paid = owed - recoverable. `ages`: what is owed, by years since the earned period ended."""

    key: str
    name: str
    entitled: Money
    paid: Money
    owed: Money
    recoverable: Money
    ages: dict[str, Money]

    @classmethod
    def of(cls, row: ArrearsRow, name: str) -> ArrearsLine:
        names = ("entitled", "paid", "owed", "recoverable")
        amounts = {each: fen_text(getattr(row, f"{each}_fen")) for each in names}
        aged = zip(AGES, row.aged, strict=True)
        return cls(key=row.key, name=name, ages={age: fen_text(fen) for age, fen in aged if fen}, **amounts)


class ArrearsAnswer(Answer):
    """`cash`: what each fund has."""

    by: Literal["payee", "unit", "item", "fund", "age"]
    day: date
    currency: Literal["CNY"] = "CNY"
    rows: list[ArrearsLine]
    total: ArrearsLine
    cash: dict[str, Money]

    @classmethod
    def of(cls, found: Arrears) -> ArrearsAnswer:
        names = {
            "payee": {key: who.label for key, who in found.names.payees.items()},
            "unit": found.names.units,
            "item": found.names.items,
            "fund": found.names.funds,
        }.get(found.way, {})
        return cls.model_validate(
            {
                "by": found.way,
                "day": found.day,
                "rows": [ArrearsLine.of(row, names.get(row.key, "")) for row in found.rows],
                "total": ArrearsLine.of(total_row(found.rows), ""),
                "cash": {fund: fen_text(fen) for fund, fen in found.cash.items()},
            }
        )


class StepAnswer(Answer):
    """What happened to a claim: `paid` false changes what is due, true what was paid (negative: it came back)."""

    day: date
    text: str
    amount: Money
    paid: bool


class ClaimAnswer(Answer):
    """One entitlement with its story; `reasons`: why it is not paid in full."""

    item: str
    name: str
    unit: str
    fund: str
    earned: str
    event: str
    entitled: Money
    paid: Money
    owed: Money
    steps: list[StepAnswer]
    reasons: list[str]

    @classmethod
    def of(cls, claim: Claim, names: dict[str, str]) -> ClaimAnswer:
        what = claim.entitlement
        steps = [
            StepAnswer(day=step.day, text=step.text, amount=fen_text(step.fen), paid=step.paid)
            for step in claim.steps
        ]
        return cls(
            item=what.item,
            name=names.get(what.item, what.item),
            unit=what.unit,
            fund=what.fund,
            earned=what.earned,
            event=what.event,
            entitled=fen_text(claim.entitled_fen),
            paid=fen_text(claim.paid_fen),
            owed=fen_text(claim.owed_fen),
            steps=steps,
            reasons=list(claim.reasons),
        )


class Claims(Answer):
    """Everything that one payee was ever granted."""

    currency: Literal["CNY"] = "CNY"
    claims: list[ClaimAnswer]

    @classmethod
    def of(cls, found: PayeeArrears) -> Claims:
        return cls(claims=[ClaimAnswer.of(claim, found.names.items) for claim in found.claims])


class BookCheck(Answer):
    name: str
    holds: bool
    detail: str


class BookAnswer(Answer):
    """`digest`: of the last movement; whoever keeps it elsewhere can tell later that nothing was changed."""

    sound: bool
    movements: int
    digest: str
    checks: list[BookCheck]

    @classmethod
    def of(cls, found: VerifiedBook) -> BookAnswer:
        checks = [BookCheck(name=one.name, holds=one.holds, detail=one.detail) for one in found.checks]
        return cls(sound=found.sound, movements=found.movements, digest=found.digest, checks=checks)
