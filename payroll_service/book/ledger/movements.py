"""Movements: everything that happens to money after a run is approved, as plain records that are never edited.

An approved run needs no movement of its own: its records are the grants. Each other act is one movement, with one record a
payee and postings without payees that add up to zero. A mistake is put right by another movement that names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from payroll_service.book.entitlement import Entitlement

FUNDING, PAYMENT, REJECT, RETURN = "funding", "payment", "reject", "return"
ADJUSTMENT, REPAYMENT = "adjustment", "repayment"
CONFIRMATION = "confirmation"  # nothing comes back: no records, no postings
KINDS = {
    FUNDING: "拨款",
    PAYMENT: "付款",
    REJECT: "银行退票",
    CONFIRMATION: "银行回单",
    RETURN: "退回重付",
    ADJUSTMENT: "调整",
    REPAYMENT: "退还多领",
}
OF_TWO = (PAYMENT, ADJUSTMENT)  # prepared by one person, approved by another
SEPARATOR = "、"


class Pot(NamedTuple):
    """Money of one fund; `earmark` names the items that it alone may be spent on, joined by 、 ("" for any)."""

    fund: str
    earmark: str = ""

    @property
    def items(self) -> frozenset[str]:
        return frozenset(self.earmark.split(SEPARATOR)) if self.earmark else frozenset()

    def serves(self, item: str) -> bool:
        return not self.earmark or item in self.items


class Line(NamedTuple):
    """A change of one entitlement: of what was paid out of a pot of its fund, or (adjustment) of what it is.

    Signed fen: a payment's lines are positive, but for what it recovers; rejects, returns and repayments are negative.
    """

    entitlement: Entitlement
    fen: int
    earmark: str = ""

    @property
    def pot(self) -> Pot:
        return Pot(self.entitlement.fund, self.earmark)


@dataclass(frozen=True)
class Posting:
    """One side of a movement: debit positive, credit negative, in fen. No payee; "" where the account knows no such thing."""

    account: str
    fund: str
    earmark: str
    item: str
    unit: str
    earned: str
    fen: int


@dataclass(frozen=True)
class Draft:
    """A payment or an adjustment as it was prepared. `request` says in JSON what was asked for; `digest` is the
    `records_fingerprint` of what would be recorded, so that another person approves just what was shown."""

    bureau: str
    number: int
    kind: str
    day: date
    at: datetime
    prepared_by: str
    reason: str
    reference: str
    request: str
    payees: int
    amount_fen: int
    digest: str


@dataclass(frozen=True)
class Movement:
    """One act, effective from its number on; numbers count a bureau's movements from 1 without gaps.

    `draft`, `approved_by`: of payments and adjustments, else None. `answers`: the movement that this one puts right.
    `approvals`: how many approved runs the book had then. `detail`: JSON of what the kind needs. `digest` chains the
    movement, its records and postings to the movement before (`digests.py`).
    """

    bureau: str
    number: int
    kind: str
    day: date
    at: datetime
    prepared_by: str
    approved_by: str | None
    draft: int | None
    answers: int | None
    reason: str
    reference: str
    detail: str
    approvals: int
    payees: int
    amount_fen: int
    digest: str
