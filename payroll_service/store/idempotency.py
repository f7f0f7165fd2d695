"""Requests that were answered: the same key gets the same answer, in the same transaction as what the request did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from payroll_service.store.access_tables import AnsweredRow
from payroll_service.store.rows import find_row, insert_row, sql_table

KEPT = timedelta(days=30)
ANSWERED = sql_table(AnsweredRow)


@dataclass(frozen=True)
class Answered:
    """`request` is the hash of method, path and body; `content` the bytes of the answer."""

    bureau: str
    caller: str
    key: str
    request: str
    status: int
    content: bytes
    at: datetime


@dataclass(frozen=True)
class Answers:
    connection: Connection

    def find(self, bureau: str, caller: str, key: str) -> Answered | None:
        found = find_row(self.connection, AnsweredRow, bureau=bureau, caller=caller, key=key)
        return Answered(**found) if found is not None else None

    def save(self, answered: Answered) -> None:
        """Store it, and forget what is older than thirty days."""
        old = (ANSWERED.c.bureau == answered.bureau, ANSWERED.c.at < answered.at - KEPT)
        self.connection.execute(delete(ANSWERED).where(*old))
        insert_row(self.connection, AnsweredRow, answered.__dict__)
