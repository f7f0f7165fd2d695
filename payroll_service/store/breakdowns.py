"""The one hot read: whoever holds a session's token reads their own breakdown, by one query, in the bytes that were stored.

A session of the store costs ten times the look-up and more, and so does a thread. SQLite is asked in the event loop:
a page of a file in memory takes less than handing the question to a thread. PostgreSQL is asked without blocking.
Connections wait here between reads and never have a transaction open.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import make_url

from payroll_service.access.accounts import Account
from payroll_service.access.roles import Role
from payroll_service.store.database import WAIT_SECONDS, Database

LOOK_UP = """
SELECT a.bureau, a.account_id, a.login, a.name, a.roles, a.unit, a.payee_id, r.content
FROM signed_in s
JOIN account a ON a.bureau = s.bureau AND a.account_id = s.account_id
LEFT JOIN run_approval p ON p.bureau = a.bureau AND p.run_id = ?
LEFT JOIN run_record r ON r.bureau = p.bureau AND r.run_id = p.run_id AND r.payee_id = a.payee_id
WHERE s.token_hash = ? AND s.ends_at > ? AND NOT a.disabled
"""
SQLITE_MOMENT = "%Y-%m-%d %H:%M:%S.%f"  # as the tables' moments are written there, in UTC
AT_ONCE = 8  # connections to PostgreSQL, in one event loop


@dataclass(frozen=True)
class OwnBreakdown:
    """The account of an open session; `content`: its payee's lines in the run, None unless an approved run pays it."""

    account: Account
    content: bytes | None


@dataclass
class Waiting:
    """The connections of one event loop."""

    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    idle: deque[psycopg.AsyncConnection[Any]] = field(default_factory=deque)


class Breakdowns:
    def __init__(self, database: Database) -> None:
        self.url = make_url(database.url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.file: deque[sqlite3.Connection] = deque()
        self.loops: dict[asyncio.AbstractEventLoop, Waiting] = {}

    async def own(self, token_hash: str, run_id: str, now: datetime) -> OwnBreakdown | None:
        """None if no session of this token is open now."""
        if self.is_sqlite:
            row = self.read_file((run_id, token_hash, now.astimezone(UTC).strftime(SQLITE_MOMENT)))
        else:
            row = await self.read_server((run_id, token_hash, now))
        if row is None:
            return None
        bureau, account_id, login, name, roles, unit, payee, content = row
        allowed = frozenset(Role(code) for code in roles.split(","))
        return OwnBreakdown(Account(bureau, account_id, login, name, allowed, unit, payee), content)

    def read_file(self, key: Sequence[Any]) -> Any:
        connection = self.file.pop() if self.file else self.open_file()
        row = connection.execute(LOOK_UP, key).fetchone()
        self.file.append(connection)
        return row

    def open_file(self) -> sqlite3.Connection:
        file = str(self.url.database)
        connection = sqlite3.connect(
            file, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA query_only = ON")
        return connection

    async def read_server(self, key: Sequence[Any]) -> Any:
        """A connection that fails is closed; one that the server closed while it waited is replaced."""
        waiting = self.waiting()
        async with waiting.free:
            while waiting.idle:
                connection = waiting.idle.pop()
                try:
                    return await self.ask(waiting, connection, key)
                except psycopg.OperationalError:
                    continue
            address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
            connection = await psycopg.AsyncConnection.connect(address, autocommit=True)
            return await self.ask(waiting, connection, key)

    async def ask(
        self, waiting: Waiting, connection: psycopg.AsyncConnection[Any], key: Sequence[Any]
    ) -> Any:
        answered = False
        try:
            cursor = await connection.execute(LOOK_UP.replace("?", "%s"), key)
            row = await cursor.fetchone()
            answered = True
        finally:
            if answered:
                waiting.idle.append(connection)
            else:
                connection.pgconn.finish()
        return row

    def waiting(self) -> Waiting:
        loop = asyncio.get_running_loop()
        if loop not in self.loops:
            for ended in [each for each in self.loops if each.is_closed()]:
                self.finish(self.loops.pop(ended))
            self.loops[loop] = Waiting()
        return self.loops[loop]

    def finish(self, waiting: Waiting) -> None:
        while waiting.idle:
            waiting.idle.pop().pgconn.finish()

    def close(self) -> None:
        while self.file:
            self.file.pop().close()
        for waiting in self.loops.values():
            self.finish(waiting)
