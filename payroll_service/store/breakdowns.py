"""The one hot read: a payee's breakdown, with nothing between the look-up and the driver.

A session costs ten times the look-up and more. Connections wait here between reads and never have a transaction open;
there are never more than were in use at once.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from typing import Any

import psycopg
from sqlalchemy import make_url

from payroll_service.store.database import WAIT_SECONDS, Database

LOOK_UP = "SELECT content FROM run_record WHERE bureau = ? AND run_id = ? AND payee_id = ?"


class Breakdowns:
    def __init__(self, database: Database) -> None:
        self.url = make_url(database.url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.query = LOOK_UP if self.is_sqlite else LOOK_UP.replace("?", "%s")
        self.idle: deque[Any] = deque()

    def read(self, bureau: str, run_id: str, payee_id: str) -> bytes | None:
        """The stored bytes, or None. From any thread."""
        key = (bureau, run_id, payee_id)
        connection = self.take()
        try:
            row = connection.execute(self.query, key).fetchone()
        except psycopg.OperationalError:  # the server may have closed it while it waited
            connection.close()
            connection = self.connect()
            row = connection.execute(self.query, key).fetchone()
        self.idle.append(connection)
        return row[0] if row is not None else None

    def take(self) -> Any:
        try:
            return self.idle.pop()
        except IndexError:
            return self.connect()

    def connect(self) -> Any:
        if not self.is_sqlite:
            address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
            return psycopg.connect(address, autocommit=True)
        file = str(self.url.database)
        connection = sqlite3.connect(file, WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def close(self) -> None:
        while self.idle:
            self.idle.pop().close()
