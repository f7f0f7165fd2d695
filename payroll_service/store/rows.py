"""Single rows in and out of the tables, by equality of columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, exists, insert, select

from payroll_service.store.tables import Row

ROWS_AT_ONCE = 10_000


def sql_table(table: type[Row]) -> Table:
    return Row.metadata.tables[str(table.__tablename__)]


def insert_row(connection: Connection, table: type[Row], values: Mapping[str, Any]) -> None:
    """Insert one row; every value is exactly of its column's type or nothing is written."""
    row = table.model_validate(dict(values), strict=True)
    connection.execute(insert(sql_table(table)), row.model_dump())


def query(table: type[Row], key: Mapping[str, Any]) -> Select[Any]:
    columns = sql_table(table).c
    return select(sql_table(table)).where(*(columns[name] == value for name, value in key.items()))


def is_stored(connection: Connection, table: type[Row], **key: Any) -> bool:
    return bool(connection.scalar(select(exists(query(table, key)))))


def as_bytes(content: bytes | str) -> bytes:
    """What stands in a column of bytes: somebody's SQL can leave text in SQLite's, for proofs to find."""
    return content.encode() if isinstance(content, str) else content


def find_row(connection: Connection, table: type[Row], **key: Any) -> RowMapping | None:
    """The row with this key, or None."""
    return connection.execute(query(table, key)).mappings().one_or_none()


def find_rows(connection: Connection, table: type[Row], order: str, **key: Any) -> Iterator[RowMapping]:
    """The rows with these values, ascending by the column `order`, some thousand in memory at a time."""
    ordered = query(table, key).order_by(sql_table(table).c[order])
    yield from connection.execute(ordered.execution_options(yield_per=ROWS_AT_ONCE)).mappings()


def rows_of(
    connection: Connection,
    table: type[Row],
    order: str,
    column: str,
    values: Collection[Any] | None,
    **key: Any,
) -> Iterator[RowMapping]:
    """As `find_rows`, and with one of these values in `column`; with any, if `values` is None."""
    columns = sql_table(table).c
    chosen = query(table, key).order_by(columns[order])
    if values is not None:
        chosen = chosen.where(columns[column].in_(values))
    yield from connection.execute(chosen.execution_options(yield_per=ROWS_AT_ONCE)).mappings()
