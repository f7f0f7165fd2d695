"""Answers for the auditor: who read whose data."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.models.base import Answer
from payroll_service.store.access import Reading


class ReadAnswer(Answer):
    """`payee`: whose data, null for those of many; `act`: what was read, with the run or the number."""

    number: int
    at: datetime
    actor: str
    act: str = Field(examples=["payout 2020-2021-1-r1"])
    payee: str | None

    @classmethod
    def of(cls, one: Reading) -> ReadAnswer:
        return cls(number=one.number, at=one.at, actor=one.actor, act=one.act, payee=one.subject or None)


class Reads(Answer):
    """`next` continues the list; null at its end."""

    reads: list[ReadAnswer]
    next: int | None
