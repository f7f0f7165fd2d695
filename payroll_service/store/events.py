"""Logs: a bureau's events of one kind, numbered from 1 without gaps. A state is what the last event says."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TypeVar

from sqlalchemy import Connection, func, select

from payroll_service.book.records import Event
from payroll_service.store.rows import insert_row, sql_table
from payroll_service.store.tables import Row

SomeEvent = TypeVar("SomeEvent", bound=Event)


def append_event(connection: Connection, table: type[Row], event: SomeEvent) -> SomeEvent:
    """Add the event at the end of the bureau's log, and return it with its number. There is one writer at a time."""
    log = sql_table(table)
    last = connection.scalar(select(func.max(log.c.number)).where(log.c.bureau == event.bureau))
    numbered = replace(event, number=(last or 0) + 1)
    insert_row(connection, table, asdict(numbered))
    return numbered
