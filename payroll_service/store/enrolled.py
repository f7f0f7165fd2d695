"""That every record is an enrolled payee's: asked once for many, where a foreign key would ask for each."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Table, bindparam, exists, func, select

from payroll_service.book.records import PayeeRecord
from payroll_service.store.errors import NotStored
from payroll_service.store.rows import ROWS_AT_ONCE, sql_table
from payroll_service.store.tables import PayeeRow

PAYEES = sql_table(PayeeRow)
SEPARATOR = "\n"
IDS = func.any(func.string_to_array(bindparam("ids"), SEPARATOR))
ENROLLED = select(func.count()).where(PAYEES.c.bureau == bindparam("of"), PAYEES.c.payee_id == IDS)


def check_payees(
    connection: Connection, table: Table, records: Collection[PayeeRecord], bureau: str, **key: Any
) -> None:
    """Raises NotStored unless all records, as written in the table under this key, are of payees of the bureau.

    PostgreSQL would read all that was just written to find no stranger: it is first asked whether it knows the ids.
    """
    if connection.dialect.name == "postgresql" and all_enrolled(connection, bureau, records):
        return
    columns = table.c
    same = (PAYEES.c.bureau == columns.bureau, PAYEES.c.payee_id == columns.payee_id)
    written = (columns[name] == value for name, value in {"bureau": bureau, **key}.items())
    strangers = select(columns.payee_id).where(*written, ~exists().where(*same))
    if (stranger := connection.scalar(strangers.limit(1))) is not None:
        raise NotStored("收款人", stranger)


def all_enrolled(connection: Connection, bureau: str, records: Collection[PayeeRecord]) -> bool:
    """False, too, for an id that stands twice or has the separator in it.

    In the order of the index: ten thousand neighbours lie on a few of its pages.
    """
    ids = sorted(record.payee_id for record in records)
    for start in range(0, len(ids), ROWS_AT_ONCE):
        asked = ids[start : start + ROWS_AT_ONCE]
        joined = SEPARATOR.join(asked)
        found = connection.scalar(ENROLLED, {"of": bureau, "ids": joined})
        if not found == len(asked) == joined.count(SEPARATOR) + 1:
            return False
    return True
