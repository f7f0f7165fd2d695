"""Answers about the caller: who I am, what I am paid, a token."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.models.base import Answer, Money
from payroll_service.access.accounts import Account
from payroll_service.access.roles import Role
from payroll_service.book.money import fen_text
from payroll_service.book.pay_change import PayChange


class OwnPayout(Answer):
    """One approved run that pays the caller."""

    run: str
    period: str
    currency: Literal["CNY"] = "CNY"
    total: Money


class OwnPayouts(Answer):
    """`next` continues the list; null at its end."""

    payouts: list[OwnPayout]
    next: str | None = None


class ItemAmount(Answer):
    item: str
    name: str
    amount: Money


class CauseAnswer(Answer):
    """One cause, or several that cannot be told apart, with what it does to every item that it moves."""

    causes: list[str] = Field(examples=[["own_data"]])
    title: str
    amount: Money
    items: list[ItemAmount]


class ChangedCell(Answer):
    """A column of a row of one's own that changed; no column for a row that is new or gone.

    Numbers of identity cards and accounts are named, not told.
    """

    table: str
    column: str
    before: str
    now: str


class PayoutChange(Answer):
    """`now` - `before` = `change` = the sum of all causes. An amount that is held back counts as nothing."""

    run: str
    period: str
    rules: str
    before_run: str
    before_period: str
    before_rules: str
    currency: Literal["CNY"] = "CNY"
    before: Money
    now: Money
    change: Money
    causes: list[CauseAnswer]
    own_data: list[ChangedCell]

    @classmethod
    def of(cls, found: PayChange) -> PayoutChange:
        causes = [
            CauseAnswer(
                causes=list(cause.kinds),
                title=cause.title,
                amount=fen_text(cause.fen),
                items=[
                    ItemAmount(item=item, name=found.names.get(item, item), amount=fen_text(fen))
                    for item, fen in cause.items.items()
                ],
            )
            for cause in found.causes
        ]
        return cls(
            run=found.run,
            period=found.period,
            rules=found.rules,
            before_run=found.before_run,
            before_period=found.before_period,
            before_rules=found.before_rules,
            before=fen_text(found.before_fen),
            now=fen_text(found.now_fen),
            change=fen_text(found.fen),
            causes=causes,
            own_data=[
                ChangedCell(table=one.table, column=one.column, before=one.before, now=one.now)
                for one in found.own
            ],
        )


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
