"""Engines for SQLite and PostgreSQL that promise the same: one writer at a time, readers see one moment.

SQLite loses updates in SQLAlchemy's default mode (a transaction that read first and writes later writes over others), so
write sessions begin with BEGIN IMMEDIATE. On PostgreSQL a lock held to the end of the transaction does the same: what a
use case has read cannot change before it commits, and no use case needs to be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from payroll_service.store.errors import ConnectionLost, StoreBusy, UnsupportedDatabase

WAIT_SECONDS = 30
WRITERS_LOCK = 0x7061_7972_6F6C_6C  # "payroll"; any number will do, as long as all writers take the same


@dataclass(frozen=True)
class Database:
    """`reader` refuses to write. Both are pools and may be used from several threads; not across a fork."""

    url: str
    reader: Engine
    writer: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only transaction: every query sees the same moment."""
        with naming_waits(), self.reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only write transaction there is at this time; all of it is committed, or nothing."""
        with naming_waits(), self.writer.begin() as connection:
            yield connection

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()


def open_database(url: str) -> Database:
    """Engines for `sqlite:///file` or `postgresql+psycopg://…`. Connects to nothing yet."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UnsupportedDatabase(url.partition(":")[0]) from None
    name = parsed.drivername
    if name == "postgresql":  # as most tools write it
        parsed = parsed.set(drivername="postgresql+psycopg")
    url = parsed.render_as_string(hide_password=False)
    if parsed.drivername == "postgresql+psycopg":
        return Database(url, *postgresql_engines(url))
    if name in ("sqlite", "sqlite+pysqlite") and parsed.database not in (None, "", ":memory:"):
        return Database(url, sqlite_engine(url, reads_only=True), sqlite_engine(url, reads_only=False))
    raise UnsupportedDatabase(name)


def sqlite_engine(url: str, reads_only: bool) -> Engine:
    engine = create_engine(url, hide_parameters=True)
    pragmas = [
        f"busy_timeout = {WAIT_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",  # what is replaced does not stay in free pages
        *(["query_only = ON"] if reads_only else []),
    ]

    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", sends("BEGIN" if reads_only else "BEGIN IMMEDIATE"))
    return engine


def postgresql_engines(url: str) -> tuple[Engine, Engine]:
    """The reader and the writer share a pool. Texts travel as UTF-8, whatever the server would choose: see `bulk.py`."""
    engine = create_engine(url, hide_parameters=True, client_encoding="utf8")
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    writer = engine.execution_options()
    wait = f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"
    event.listen(writer, "begin", sends(wait, f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})"))
    return reader, writer


def sends(*statements: str) -> Callable[[Connection], None]:
    def send(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    return send


@contextmanager
def naming_waits() -> Iterator[None]:
    """Turn a lock, or a connection of the pool, that did not come in time into `StoreBusy`; one that broke into
    `ConnectionLost`."""
    try:
        yield
    except NoConnection as error:
        raise StoreBusy from error
    except DBAPIError as error:
        if "database is locked" in str(error.orig) or getattr(error.orig, "sqlstate", None) == "55P03":
            raise StoreBusy from error
        if error.connection_invalidated:
            raise ConnectionLost from error
        raise
