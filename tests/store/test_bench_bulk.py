"""Benchmark: one run of 100 000 payees with 9 lines each (1.5 KB a payee) is stored and read in one transaction, and a
breakdown is looked up among them; the payees are enrolled, sealed, and read back. Proves that neither goes through ORM
objects, and what sealing costs; compare the two databases, not machines.
"""

import asyncio

import pytest

from payroll_service.access.accounts import Account
from payroll_service.access.roles import Role
from payroll_service.book.records import PayeeRecord
from payroll_service.workflow.read_payouts import own_breakdown
from payroll_service.workflow.sign_in import open_session
from tests.store.shelf import APPROVAL, NOON, OUTCOME, prepare

PAYEES = 100_000
CONTENT = b"x" * 1500

pytestmark = pytest.mark.bench


@pytest.fixture
def records(store):
    with store.writing() as session:
        prepare(session)
        labels = {f"{number:018d}": "王芳" for number in range(PAYEES)}
        payee_ids = session.payees.enrol("dushan", "个人", labels).values()
    return [PayeeRecord.of(payee_id, CONTENT, fen) for fen, payee_id in enumerate(payee_ids)]


@pytest.fixture
def labels(store):
    with store.writing() as session:
        prepare(session)
    return {f"{number:018d}": "王芳" for number in range(PAYEES)}


def enrol(store, labels):
    with store.writing() as session:
        return session.payees.enrol("dushan", "个人", labels)


def everybody(store):
    with store.reading() as session:
        return session.payees.all("dushan", "个人")


def test_enrol_payees_and_seal_who_they_are(benchmark, store, labels):
    assert len(benchmark.pedantic(enrol, args=(store, labels), rounds=1)) == PAYEES


def test_read_who_everybody_is(benchmark, store, labels):
    enrol(store, labels)
    assert len(benchmark.pedantic(everybody, args=(store,), rounds=3)) == PAYEES


def save(store, records):
    with store.writing() as session:
        return session.runs.save_outcome("dushan", "r1", records, OUTCOME)


def read(store):
    with store.reading() as session:
        return sum(1 for _ in session.runs.records("dushan", "r1"))


def test_store_a_run(benchmark, store, records):
    assert benchmark.pedantic(save, args=(store, records), rounds=1) == PAYEES


def test_read_a_run(benchmark, store, records):
    save(store, records)
    assert benchmark.pedantic(read, args=(store,), rounds=3) == PAYEES


def test_look_up_a_breakdown(benchmark, store, records):
    save(store, records)
    account = Account("dushan", "t1", "wang", "王芳", frozenset({Role.TEACHER}), payee=records[0].payee_id)
    with store.writing() as session:
        session.runs.approve(APPROVAL)
        session.access.add(account, "-")
        token = open_session(session, account, NOON).token
    with asyncio.Runner() as loop:
        found = benchmark(lambda: loop.run(own_breakdown(store, token, "r1", NOON)))
    assert found.content == CONTENT
