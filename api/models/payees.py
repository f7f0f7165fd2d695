"""Requests and answers about payees and their bank accounts. ID numbers and accounts leave masked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from api.models.base import Answer, Request, Words
from payroll_service.workflow.read_payees import DecidedChange, PayeeCard
from payroll_service.workflow.set_bank_account import ShownChange

PayeeId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
State = Literal["open", "approved", "withdrawn"]


class AccountChangeAnswer(Answer):
    """A proposal to change bank accounts; nobody is named."""

    number: int = Field(examples=[1])
    state: State
    payees: int
    reason: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None

    @classmethod
    def of(cls, one: DecidedChange) -> AccountChangeAnswer:
        return cls(**_told(one))


class AccountChanges(Answer):
    """`next` continues the list; null at its end."""

    changes: list[AccountChangeAnswer]
    next: int | None = None


class Payee(Answer):
    """`number` and `account` show four signs at most; a school's code is shown whole."""

    payee: PayeeId
    kind: str = Field(examples=["个人"])
    name: str
    number: str = Field(examples=["****0014"])
    bank: str
    account: str = Field(examples=["****6789"])

    @classmethod
    def of(cls, card: PayeeCard) -> Payee:
        return cls(**_who(card))


class Payees(Answer):
    payees: list[Payee]


class PayeeWithChanges(Payee):
    """`changes`: of the account, the last first."""

    changes: list[AccountChangeAnswer]

    @classmethod
    def of(cls, card: PayeeCard) -> PayeeWithChanges:
        return cls(**_who(card), changes=[AccountChangeAnswer.of(one) for one in card.changes])


class OwnAccount(Answer):
    """One's own account, masked, and who changed it when."""

    bank: str
    account: str = Field(examples=["****6789"])
    changes: list[AccountChangeAnswer]

    @classmethod
    def of(cls, card: PayeeCard) -> OwnAccount:
        changes = [AccountChangeAnswer.of(one) for one in card.changes]
        return cls(bank=card.account.bank, account=card.account.masked, changes=changes)


class ChangedPayee(Answer):
    payee: PayeeId
    name: str
    number: str
    bank_before: str
    account_before: str
    bank: str
    account: str


class AccountChangeWithPayees(AccountChangeAnswer):
    """`accounts`: masked; the page shows the new one whole to whoever may approve it. `hints`: what to look at twice."""

    accounts: list[ChangedPayee]
    hints: list[str]

    @classmethod
    def of_shown(cls, shown: ShownChange) -> AccountChangeWithPayees:
        accounts = []
        for each in shown.entries:
            card = PayeeCard(shown.payees[each.payee_id])
            accounts.append(
                ChangedPayee(
                    payee=each.payee_id,
                    name=card.who.label,
                    number=card.number,
                    bank_before=each.before.bank,
                    account_before=each.before.masked,
                    bank=each.after.bank,
                    account=each.after.masked,
                )
            )
        told = _told(DecidedChange(shown.change, shown.decision))
        return cls(**told, accounts=accounts, hints=list(shown.hints))


class Search(Request):
    """A whole ID number or code, or part of a name. In a body, so that it stands in no address and no log."""

    text: Words


class NewAccount(Request):
    payee: PayeeId
    bank: Words
    account: Annotated[str, StringConstraints(max_length=60)]


class ProposeAccounts(Request):
    reason: Words
    accounts: Annotated[list[NewAccount], Field(min_length=1, max_length=1000)]


class WithdrawAccounts(Request):
    reason: Words


def _who(card: PayeeCard) -> dict[str, str]:
    return {
        "payee": card.who.payee_id,
        "kind": card.who.kind,
        "name": card.who.label,
        "number": card.number,
        "bank": card.account.bank,
        "account": card.account.masked,
    }


def _told(one: DecidedChange) -> dict[str, Any]:
    change, decision = one.change, one.decision
    return {
        "number": change.number,
        "state": decision.state if decision else "open",
        "payees": change.payees,
        "reason": change.reason,
        "proposed_by": change.prepared_by,
        "proposed_at": change.at,
        "decided_by": decision.decided_by if decision else None,
        "decided_at": decision.at if decision else None,
    }
