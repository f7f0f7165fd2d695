"""What a database holds, table by table: how many rows, and a digest that no order of rows changes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime

from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

MODULUS = 2**256


@dataclass(frozen=True)
class TableContents:
    """`digest`: the sum of the rows' SHA-256, modulo 2²⁵⁶, as 64 hexadecimal digits."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Contents:
    """`revision`: of the schema; None for an empty database."""

    revision: str | None
    tables: dict[str, TableContents]


def contents_of(connection: Connection) -> Contents:
    """Every table there is, of this schema or an older one. Reads each row once, holds none."""
    names = sorted(inspect(connection).get_table_names())
    revision = MigrationContext.configure(connection).get_current_revision()
    return Contents(revision, {table: read_table(connection, table) for table in names})


def read_table(connection: Connection, table: str) -> TableContents:
    columns = sorted(column["name"] for column in inspect(connection).get_columns(table))
    named = ", ".join(f'"{column}"' for column in columns)
    found = connection.exec_driver_sql(
        f'SELECT {named} FROM "{table}"', execution_options={"stream_results": True}
    )
    rows = total = 0
    for row in found:
        told = json.dumps(list(row), ensure_ascii=False, default=as_text)
        total += int.from_bytes(hashlib.sha256(told.encode()).digest(), "big")
        rows += 1
    return TableContents(rows, f"{total % MODULUS:064x}")


def as_text(cell: object) -> str:
    """Bytes and times, in one spelling whatever the session's time zone is."""
    if isinstance(cell, bytes):
        return cell.hex()
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        return cell.astimezone(UTC).isoformat()
    assert isinstance(cell, date), f"no spelling for a {type(cell).__name__}"
    return cell.isoformat()
