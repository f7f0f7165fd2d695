"""Where a payee's money goes, and how that changes: proposed by one person, decided by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

APPROVED, WITHDRAWN = "approved", "withdrawn"
SHOWN = 4


@dataclass(frozen=True)
class BankAccount:
    """`account` "" where there is none yet."""

    bank: str
    account: str

    @property
    def masked(self) -> str:
        return masked(self.account)


@dataclass(frozen=True)
class AccountChange:
    """A proposal for `payees` payees; `number` counts a bureau's proposals from 1."""

    bureau: str
    number: int
    at: datetime
    prepared_by: str
    reason: str
    payees: int


@dataclass(frozen=True)
class ChangedAccount:
    """One payee of a proposal: the account when it was proposed, and the one that it is to be."""

    payee_id: str
    before: BankAccount
    after: BankAccount


@dataclass(frozen=True)
class AccountDecision:
    """What became of a proposal: approved by somebody else, or withdrawn."""

    bureau: str
    number: int
    state: str
    prepared_by: str
    decided_by: str
    at: datetime
    reason: str


def masked(number: str) -> str:
    """The last four signs of an account or an ID number; of a short one none."""
    if not number:
        return ""
    return "****" + (number[-SHOWN:] if len(number) >= 2 * SHOWN else "")
