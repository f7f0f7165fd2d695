"""Many rows at once: COPY on PostgreSQL, executemany on SQLite; never an object per row.

Table classes would not check these rows (nor would SQLite), so whole columns are checked here before they leave: a float
among amounts, a NULL or a text in the wrong column is an error of the program and stops the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice, repeat
from struct import Struct
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table
from sqlmodel import AutoString

BATCH = 1_000  # packed in two milliseconds, in which no other thread of this process runs
LARGEST = 2**63 - 1
PYTHON_TYPES: dict[type, type] = {
    AutoString: str,
    BigInteger: int,
    LargeBinary: bytes,
}  # nothing else in bulk
Row = Sequence[Any]
Columns = Sequence[tuple[Any, ...]]

# PostgreSQL's binary COPY: rows of cells, each after its length (documentation of COPY, "Binary Format")
SIGNATURE, TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
WIDTH, LENGTH, INTEGER = Struct("!h"), Struct("!i"), Struct("!iq")


def write_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> int:
    """Insert rows whose cells stand in the order of the table's columns; returns how many there were.

    Only texts, integers and bytes, none of them missing. Holds a few batches of rows in memory at a time.
    """
    if connection.dialect.name == "postgresql":
        return copy_rows(connection, table, rows)
    marks = ", ".join("?" * len(table.columns))
    insert = f'INSERT INTO "{table.name}" ({column_list(table)}) VALUES ({marks})'
    cursor = connection.connection.cursor()
    written = 0
    for batch in batches(rows):
        checked_columns(table, batch)
        cursor.executemany(insert, batch)
        written += len(batch)
    cursor.close()
    return written


def copy_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> int:
    """While one batch is sent, and the server works on it, the next is packed."""
    copying = f'COPY "{table.name}" ({column_list(table)}) FROM STDIN (FORMAT binary)'
    driver: Any = connection.connection.driver_connection
    written = 0
    with driver.cursor() as cursor, cursor.copy(copying) as copy, ThreadPoolExecutor(1) as sender:
        sending = sender.submit(copy.write, SIGNATURE)
        for batch in batches(rows):
            packed = packed_rows(checked_columns(table, batch))
            sending.result()  # raises what sending raised
            sending = sender.submit(copy.write, packed)
            written += len(batch)
        sending.result()
        copy.write(TRAILER)
    return written


def column_list(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def checked_columns(table: Table, batch: Sequence[Row]) -> Columns:
    columns = list(zip(*batch, strict=True))
    for column, cells in zip(table.columns, columns, strict=True):
        check_cells(column, cells)
    return columns


def check_cells(column: Column[Any], cells: tuple[Any, ...]) -> None:
    """Every cell is exactly of the column's type; integers fit in 64 bits; no text has a NUL (PostgreSQL takes none)."""
    wanted = PYTHON_TYPES[type(column.type)]
    found = set(map(type, cells))
    if found != {wanted}:
        names = ", ".join(sorted(kind.__name__ for kind in found))
        raise TypeError(f"{column} takes {wanted.__name__} only, not {names}")
    if wanted is int and (min(cells) < -LARGEST or max(cells) > LARGEST):
        raise OverflowError(f"{column} takes 64-bit integers only")
    if wanted is str and "\0" in "".join(cells):
        raise ValueError(f"{column} takes no NUL")


def packed_rows(columns: Columns) -> bytes:
    """Checked columns as rows of PostgreSQL's binary COPY."""
    parts = chain.from_iterable(map(packed_cells, columns))
    return b"".join(chain.from_iterable(zip(repeat(WIDTH.pack(len(columns))), *parts, strict=False)))


def packed_cells(cells: tuple[Any, ...]) -> list[Iterable[bytes]]:
    """What stands of each row's cell in the packed row, one part after another."""
    if type(cells[0]) is int:
        return [map(INTEGER.pack, repeat(8), cells)]
    contents = cells if type(cells[0]) is bytes else [cell.encode() for cell in cells]
    return [map(LENGTH.pack, map(len, contents)), contents]
