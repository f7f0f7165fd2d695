"""The one hot read: a payee's breakdown, with nothing between the look-up and the driver.

A session costs some ten times the look-up. Each thread keeps a connection of its own, which never has a transaction open.
"""

from __future__ import annotations

import sqlite3
import threading
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
        self.mine = threading.local()
        self.opened: list[Any] = []

    def read(self, bureau: str, run_id: str, payee_id: str) -> bytes | None:
        """The stored bytes, or None. A connection that the server has closed meanwhile is opened anew, once."""
        key = (bureau, run_id, payee_id)
        try:
            row = self.connection().execute(self.query, key).fetchone()
        except psycopg.OperationalError:
            del self.mine.connection
            row = self.connection().execute(self.query, key).fetchone()
        return row[0] if row is not None else None

    def connection(self) -> Any:
        if not hasattr(self.mine, "connection"):
            self.mine.connection = self.connect()
            self.opened.append(self.mine.connection)
        return self.mine.connection

    def connect(self) -> Any:
        if not self.is_sqlite:
            address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
            return psycopg.connect(address, autocommit=True)
        database = str(self.url.database)
        connection = sqlite3.connect(database, WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def close(self) -> None:
        for connection in self.opened:
            connection.close()
        self.opened.clear()
        self.mine = threading.local()
