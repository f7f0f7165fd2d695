"""Triggers that keep the book append-only on both databases, for anyone who writes there, not only for this program.

They stop accidents and honest tools. Whoever owns the database can drop them: that the book is whole is proved by
receipts and checkpoints, not by triggers. Migrations rebuild tables on SQLite and lose triggers, so `migrations/env.py`
takes them all off before it migrates and puts them all on again afterwards.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect

from payroll_service.store.tables import APPEND_ONLY, Row

REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  RAISE EXCEPTION USING MESSAGE = 'append-only: ' || TG_TABLE_NAME, ERRCODE = 'integrity_constraint_violation';
END $$
"""


def put_on(connection: Connection) -> None:
    """Protect every append-only table that exists. Doing it twice changes nothing."""
    take_off(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(REFUSE)
    for table in protected(connection):
        for statement in creations(connection.dialect.name, table):
            connection.exec_driver_sql(statement)


def take_off(connection: Connection, *tables: str) -> None:
    """Let these append-only tables (all, if none is named) be changed until `put_on`."""
    sqlite = connection.dialect.name == "sqlite"
    for table in protected(connection):
        if tables and table not in tables:
            continue
        for act in ("update", "delete", "replace", "truncate"):
            on = "" if sqlite else f' ON "{table}"'
            connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS "{table}_no_{act}"{on}')


def protected(connection: Connection) -> list[str]:
    existing = set(inspect(connection).get_table_names())
    return [table for table in APPEND_ONLY if table in existing]


def creations(dialect: str, table: str) -> list[str]:
    if dialect == "postgresql":
        return [
            f'CREATE TRIGGER "{table}_no_{act}" BEFORE {act.upper()} ON "{table}" '
            f"FOR EACH {'STATEMENT' if act == 'truncate' else 'ROW'} EXECUTE FUNCTION refuse_change()"
            for act in ("update", "delete", "truncate")
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
    return [
        *(
            f'CREATE TRIGGER "{table}_no_{act}" BEFORE {act.upper()} ON "{table}" {refuse}'
            for act in ("update", "delete")
        ),
        f'CREATE TRIGGER "{table}_no_replace" BEFORE INSERT ON "{table}" WHEN {is_stored(table)} {refuse}',
    ]


def is_stored(table: str) -> str:
    """Whether a row with the new row's key exists: INSERT OR REPLACE would delete it without firing a trigger."""
    keys = " AND ".join(
        f'"{column.name}" = NEW."{column.name}"' for column in Row.metadata.tables[table].primary_key
    )
    return f'EXISTS (SELECT 1 FROM "{table}" WHERE {keys})'
