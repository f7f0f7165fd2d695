"""Answers about the caller: who I am, what I am paid, a token."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.models.base import Answer, Money
from payroll_service.access.accounts import Account
from payroll_service.access.roles import Role


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
