"""Many rows at once: COPY on PostgreSQL, executemany on SQLite; never an object per row.

Table classes would not check these rows (nor would SQLite), so whole columns are checked here before they leave: a float
among amounts, a NULL or a text in the wrong column is an error of the program and stops the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table
from sqlmodel import AutoString

BATCH = 10_000
LARGEST = 2**63 - 1
PYTHON_TYPES: dict[type, type] = {
    AutoString: str,
    BigInteger: int,
    LargeBinary: bytes,
}  # nothing else in bulk
COPY_TYPES: dict[type, str] = {AutoString: "text", BigInteger: "int8", LargeBinary: "bytea"}


def write_rows(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows whose cells stand in the order of the table's columns; returns how many there were.

    Only texts, integers and bytes, none of them missing. Holds one batch of rows in memory at a time.
    """
    if connection.dialect.name == "postgresql":
        return copy_rows(connection, table, rows)
    marks = ", ".join("?" * len(table.columns))
    insert = f'INSERT INTO "{table.name}" ({column_list(table)}) VALUES ({marks})'
    cursor = connection.connection.cursor()
    written = 0
    for batch in checked_batches(table, rows):
        cursor.executemany(insert, batch)
        written += len(batch)
    cursor.close()
    return written


def copy_rows(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> int:
    written = 0
    copying = f'COPY "{table.name}" ({column_list(table)}) FROM STDIN (FORMAT binary)'
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(copying) as copy:
        copy.set_types([COPY_TYPES[type(column.type)] for column in table.columns])
        for batch in checked_batches(table, rows):
            for row in batch:
                copy.write_row(row)
            written += len(batch)
    return written


def column_list(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def checked_batches(table: Table, rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        for column, cells in zip(table.columns, zip(*batch, strict=True), strict=True):
            check_cells(column, cells)
        yield batch


def check_cells(column: Column[Any], cells: tuple[Any, ...]) -> None:
    """Every cell is exactly of the column's type; integers fit in 64 bits; no text has a NUL (PostgreSQL takes none)."""
    wanted = PYTHON_TYPES[type(column.type)]
    found = set(map(type, cells))
    if found != {wanted}:
        names = ", ".join(sorted(kind.__name__ for kind in found))
        raise TypeError(f"{column} takes {wanted.__name__} only, not {names}")
    if wanted is int and (min(cells) < -LARGEST or max(cells) > LARGEST):
        raise OverflowError(f"{column} takes 64-bit integers only")
    if wanted is str and any("\0" in cell for cell in set(cells)):
        raise ValueError(f"{column} takes no NUL")
