"""Triggers that keep the book append-only and hold two persons apart on both databases, for anyone who writes there,
not only for this program.

They stop accidents and honest tools. Whoever owns the database can drop them: that the book is whole is proved by
receipts and checkpoints, not by triggers. Migrations rebuild tables on SQLite and lose triggers, so `migrations/env.py`
takes them all off before it migrates and puts them all on again afterwards.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect

from payroll_service.book.objection_states import OUTCOMES
from payroll_service.book.rule_set_states import DRAFTED
from payroll_service.book.run_states import SUBMITTED
from payroll_service.store.tables import APPEND_ONLY, Row

REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  RAISE EXCEPTION USING MESSAGE = 'append-only: ' || TG_TABLE_NAME, ERRCODE = 'integrity_constraint_violation';
END $$
"""

# By table: that a new row has one person do what two shall. Where the first person stands in the new row itself, a CHECK
# and a foreign key say it (`two_persons`).
ONE_PERSON = {
    "run_approval": "EXISTS (SELECT 1 FROM run_event WHERE bureau = NEW.bureau AND run_id = NEW.run_id "
    f"AND state = '{SUBMITTED}' AND actor = NEW.approved_by)",
    "rule_set_enactment": "EXISTS (SELECT 1 FROM rule_set_event WHERE bureau = NEW.bureau "
    f"AND fingerprint = NEW.fingerprint AND state = '{DRAFTED}' AND actor = NEW.enacted_by)",
    "objection_event": f"NEW.state IN {OUTCOMES} AND EXISTS (SELECT 1 FROM objection WHERE bureau = NEW.bureau "
    "AND number = NEW.objection AND raised_by = NEW.actor)",
}
REFUSE_ONE_PERSON = """
CREATE OR REPLACE FUNCTION {table}_two_persons() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF {one_person} THEN
    RAISE EXCEPTION USING MESSAGE = 'two persons: {table}', ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
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
        for name in ("no_update", "no_delete", "no_replace", "no_truncate", "two_persons"):
            on = "" if sqlite else f' ON "{table}"'
            connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS "{table}_{name}"{on}')


def protected(connection: Connection) -> list[str]:
    existing = set(inspect(connection).get_table_names())
    return [table for table in APPEND_ONLY if table in existing]


def creations(dialect: str, table: str) -> list[str]:
    return [*no_changes(dialect, table), *two_persons(dialect, table)]


def two_persons(dialect: str, table: str) -> list[str]:
    one_person = ONE_PERSON.get(table)
    if one_person is None:
        return []
    trigger = f'CREATE TRIGGER "{table}_two_persons" BEFORE INSERT ON "{table}"'
    if dialect == "postgresql":
        return [
            REFUSE_ONE_PERSON.format(table=table, one_person=one_person),
            f"{trigger} FOR EACH ROW EXECUTE FUNCTION {table}_two_persons()",
        ]
    return [f"{trigger} WHEN {one_person} BEGIN SELECT RAISE(ABORT, 'two persons: {table}'); END"]


def no_changes(dialect: str, table: str) -> list[str]:
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
