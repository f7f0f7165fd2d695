"""My own breakdown is one query of four indexed look-ups, in the bytes that are sent."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from payroll_service.access.accounts import Account
from payroll_service.access.roles import Role
from payroll_service.store.breakdowns import AT_ONCE, LOOK_UP
from payroll_service.workflow.read_payouts import own_breakdown
from payroll_service.workflow.sign_in import open_session
from tests.store.shelf import APPROVAL, NOON

PLANS = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}


@pytest.fixture
def teacher(store, shelf):
    """(account, token) of the second teacher; the run is approved."""
    record = shelf.records[1]
    account = Account("dushan", "t1", "wang", "王芳", frozenset({Role.TEACHER}), payee=record.payee_id)
    with store.writing() as session:
        session.runs.approve(APPROVAL)
        session.access.add(account, "-")
        return account, open_session(session, account, NOON).token


def read(store, token, run_id="r1", now=NOON):
    return asyncio.run(own_breakdown(store, token, run_id, now))


def test_a_breakdown_comes_with_its_reader_in_the_bytes_that_were_stored(store, shelf, teacher):
    account, token = teacher
    found = read(store, token)
    assert (found.account, found.content) == (account, shelf.records[1].content)


def test_only_an_open_session_reads_and_only_approved_runs(store, shelf, teacher):
    account, token = teacher
    assert read(store, "another token") is None
    assert read(store, token, now=NOON + timedelta(hours=10, microseconds=-1)) is not None
    assert read(store, token, now=NOON + timedelta(hours=10)) is None
    assert read(store, token, "r2").content is None
    with store.writing() as session:
        session.access.change(Account(**(vars(account) | {"disabled": True})))
    assert read(store, token) is None


def test_a_run_that_is_not_approved_shows_nothing(store, shelf):
    account = Account(
        "dushan", "t1", "wang", "王芳", frozenset({Role.TEACHER}), payee=shelf.records[1].payee_id
    )
    with store.writing() as session:
        session.access.add(account, "-")
        token = open_session(session, account, NOON).token
    assert read(store, token).content is None


def test_many_read_at_once_and_after_the_connection_is_gone(store, shelf, teacher):
    _, token = teacher
    content = shelf.records[1].content

    async def many():
        first = await asyncio.gather(*(own_breakdown(store, token, "r1", NOON) for _ in range(3 * AT_ONCE)))
        for waiting in store.breakdowns.loops.values():
            assert 0 < len(waiting.idle) <= AT_ONCE
            for connection in waiting.idle:
                with store.database.writing() as other:
                    other.exec_driver_sql(f"SELECT pg_terminate_backend({connection.info.backend_pid})")
        return [*first, await own_breakdown(store, token, "r1", NOON)]

    assert {found.content for found in asyncio.run(many())} == {content}
    assert read(store, token).content == content, "in another event loop"


def test_a_breakdown_is_found_through_primary_keys(store, shelf):
    dialect = store.database.reader.dialect.name
    query = LOOK_UP.replace("> ?", "> '2020-10-09'").replace("?", "'x'")
    with store.writing() as session:
        if dialect == "postgresql":
            session.connection.execute(text("SET LOCAL enable_seqscan = off"))  # three rows need no index
        plan = " ".join(str(row) for row in session.connection.exec_driver_sql(PLANS[dialect] + query))
    assert plan.count("Index" if dialect == "postgresql" else "SEARCH") >= 4, plan
    assert ("Seq Scan" if dialect == "postgresql" else "SCAN") not in plan
