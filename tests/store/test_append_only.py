"""The database itself refuses to change or remove what is in the book."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from payroll_service.store.tables import APPEND_ONLY, Row
from payroll_service.store.triggers import put_on, take_off
from tests.store.shelf import admit, approve, enact, move, publish, register

CHANGES = {
    "update": 'UPDATE "{table}" SET {first} = {first}',
    "delete": 'DELETE FROM "{table}"',
    "replace": 'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"',
    "truncate": 'TRUNCATE "{table}" CASCADE',
}


def attempt(store, statement):
    with store.writing() as session:
        session.connection.exec_driver_sql(statement)


def test_each_append_only_table_refuses_every_kind_of_change(store, shelf):
    approve(store)
    move(store)
    admit(store)
    register(store)
    enact(store)
    publish(store)
    acts = ("update", "delete", "replace" if "sqlite" in store.database.url else "truncate")
    for table, act in product(APPEND_ONLY, acts):
        first = Row.metadata.tables[table].primary_key.columns[0].name
        with pytest.raises(DBAPIError, match=f"append-only: {table}"):
            attempt(store, CHANGES[act].format(table=table, first=first))


COME_AND_GO = {
    "account", "signed_in", "failed_try", "setup_link", "client", "client_token", "answered", "job", "job_content",
    "objection_pending",
}  # fmt: skip


def test_every_table_is_append_only_but_the_bureau_the_guarded_identities_jobs_and_who_may_act(store):
    tables = set(inspect(store.database.reader).get_table_names())
    assert tables - set(APPEND_ONLY) == {"alembic_version", "bureau", "payee_identity"} | COME_AND_GO
    assert set(Row.metadata.tables) == tables - {"alembic_version"}


def test_a_table_can_be_changed_only_while_its_triggers_are_off(store, shelf):
    with store.writing() as session:
        take_off(session.connection, "run_record")
        session.connection.exec_driver_sql("UPDATE run_record SET amount_fen = amount_fen + 1")
        put_on(session.connection)
    with pytest.raises(DBAPIError, match="append-only"):
        attempt(store, "UPDATE run_record SET amount_fen = amount_fen - 1")


def test_rows_belong_to_rows_of_the_same_bureau(store, shelf):
    orphan = "INSERT INTO run_receipt VALUES ('libo', 'r1', '', '')"
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        attempt(store, orphan)


def test_every_key_begins_with_the_bureau():
    """But where somebody comes in: a token or an address is looked up before the bureau is known. Keys are of all;
    and the next job to be done is looked for among those of all bureaus."""
    for table in Row.metadata.sorted_tables:
        if table.name in ("signed_in", "failed_try", "setup_link", "client_token", "sealing_key"):
            continue
        keys: list[Any] = [table.primary_key, *table.foreign_key_constraints]
        keys += [index for index in table.indexes if index.name != "ix_job_state_asked_at"]
        assert {list(key.columns)[0].name for key in keys} == {"bureau"}, table.name  # noqa: RUF015


def test_every_constraint_has_a_name():
    assert all(each.name for table in Row.metadata.sorted_tables for each in table.constraints)


def test_no_column_is_a_float_or_a_decimal():
    kinds = {type(column.type).__name__ for table in Row.metadata.sorted_tables for column in table.columns}
    assert kinds == {"AutoString", "Date", "UTCDateTime", "LargeBinary", "Integer", "BigInteger", "Boolean"}
