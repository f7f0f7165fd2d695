"""One use case is one transaction; one writer at a time; a reader sees one moment."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import ExitStack
from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError

from payroll_service.book.records import PayeeRecord
from payroll_service.store import database, migrate, open_store
from payroll_service.store.errors import NotStored, StoreBusy, UnsupportedDatabase
from payroll_service.store.store import Store
from tests.store.shelf import BUREAU, NOON, OUTCOME, RUN, calculate, prepare

PROCESSES, UPDATES = 4, 40

APPEND = """
import sys
from datetime import UTC, datetime
from payroll_service.store import open_store
store = open_store(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with store.writing() as session:
        count = int(session.runs.events("dushan", "r1")[-1].detail or 0)
        session.runs.append("dushan", "r1", "counted", datetime(2020, 10, 9, tzinfo=UTC), "x", str(count + 1))
"""


def test_nothing_is_stored_when_anything_fails(store):
    def use_case() -> None:
        with store.writing() as session:
            prepare(session)
            calculate(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        use_case()
    with store.reading() as session:
        assert session.bureaus() == []
        assert session.runs.all("dushan") == []


@pytest.mark.parametrize(
    ("content", "fen"),
    [(b"{}", 1.0), (b"{}", True), (b"{}", None), (b"{}", "100"), ("{}", 100), (b"{}", 2**63)],
)
def test_a_bulk_row_of_the_wrong_type_stops_the_transaction(store, content, fen):
    with store.writing() as session:
        prepare(session)
        ids = session.payees.enrol("dushan", "个人", {"1": "甲", "2": "乙"})
    records = [PayeeRecord.of(ids["1"], b"{}", 1), PayeeRecord(ids["2"], content, fen, "0" * 64)]
    with pytest.raises((TypeError, OverflowError)), store.writing() as session:
        session.runs.save_outcome("dushan", "r1", records, OUTCOME)
    with store.reading() as session:
        assert list(session.runs.records("dushan", "r1")) == []


@pytest.mark.parametrize(
    "wrong", [{"period": 202009}, {"created_at": NOON.replace(tzinfo=None)}, {"kind": None}]
)
def test_a_single_row_of_the_wrong_type_is_refused(store, wrong):
    with store.writing() as session:
        prepare(session)
    with pytest.raises(ValueError, match="RunRow"), store.writing() as session:
        session.runs.create(replace(RUN, run_id="r2", **wrong))


def test_a_record_of_an_unknown_payee_or_run_is_refused(store, shelf):
    with store.writing() as session:
        session.runs.create(replace(RUN, run_id="r2"))
    for run_id, payee_id in [("r2", "nobody"), ("r3", shelf.records[0].payee_id)]:
        record = PayeeRecord.of(payee_id, b"{}", 1)
        with pytest.raises(NotStored), store.writing() as session:
            session.runs.save_outcome("dushan", run_id, [record], OUTCOME)


def test_a_reading_session_cannot_write(store):
    with pytest.raises(DBAPIError), store.reading() as session:
        session.add_bureau(BUREAU)


def test_a_reader_sees_one_moment(store, shelf):
    with store.reading() as reader:
        before = reader.runs.events("dushan", "r1")
        with store.writing() as session:
            session.runs.append("dushan", "r1", "submitted", NOON, "王会计")
        assert reader.runs.events("dushan", "r1") == before
    with store.reading() as reader:
        assert len(reader.runs.events("dushan", "r1")) == len(before) + 1


def test_use_cases_put_together_read_one_moment_over_one_connection(store, shelf):
    """Were it two, forty readers who all have one would wait for each other's second."""
    pool = store.database.reader.pool
    taken = pool.checkedout()
    with store.reading() as outer:
        events = outer.runs.events("dushan", "r1")
        with store.writing() as session:
            session.runs.append("dushan", "r1", "submitted", NOON, "王会计")
            with store.reading() as inside:
                assert len(inside.runs.events("dushan", "r1")) == len(events) + 1
        with store.reading() as inner:
            assert inner.runs.events("dushan", "r1") == events
            assert pool.checkedout() == taken + 1
    with store.reading() as later:
        assert len(later.runs.events("dushan", "r1")) == len(events) + 1


def test_a_second_writer_waits_and_then_sees_what_the_first_wrote(store, shelf):
    seen: list[str] = []
    entered = threading.Event()

    def second(other: Store) -> None:
        entered.wait()
        with other.writing() as session:
            seen.extend(event.state for event in session.runs.events("dushan", "r1"))

    thread = threading.Thread(target=second, args=[store])
    thread.start()
    with store.writing() as session:
        entered.set()
        thread.join(0.1)
        session.runs.append("dushan", "r1", "submitted", NOON, "王会计")
    thread.join()
    assert seen[-1] == "submitted"


def test_who_finds_all_connections_taken_is_told_the_same(store, monkeypatch):
    pool = store.database.reader.pool
    monkeypatch.setattr(pool, "_timeout", 0.05)
    with ExitStack() as taken:
        for _ in range(pool.size() + pool._max_overflow):
            taken.enter_context(store.database.reader.connect())
        with pytest.raises(StoreBusy, match="稍后重试"), store.reading():
            pass


def test_a_writer_that_waited_too_long_is_told_so_in_chinese(database_url, monkeypatch):
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.05)
    migrate(database_url)
    store, other = open_store(database_url), open_store(database_url)
    with pytest.raises(StoreBusy, match="稍后重试"), store.writing(), other.writing():
        pytest.fail("two writers at once")
    store.close()
    other.close()


def test_four_processes_lose_no_update(store, shelf, database_url):
    with store.writing() as session:
        session.runs.append("dushan", "r1", "counted", NOON, "x", "0")
    command = [sys.executable, "-c", APPEND, database_url, str(UPDATES)]
    processes = [subprocess.Popen(command) for _ in range(PROCESSES)]
    assert [process.wait() for process in processes] == [0] * PROCESSES
    with store.reading() as session:
        counted = [event for event in session.runs.log("dushan") if event.state == "counted"]
    assert [int(event.detail) for event in counted] == list(range(PROCESSES * UPDATES + 1))
    assert [event.number for event in counted] == list(range(3, PROCESSES * UPDATES + 4))


def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite_database_url):
    store = open_store(sqlite_database_url)
    with store.writing() as session:
        read = {
            name: session.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert read == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    store.close()
    assert sqlite3.connect(sqlite_database_url.removeprefix("sqlite:///")).execute("SELECT 1").fetchone() == (
        1,
    )


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/db", "not a url"])
def test_other_databases_are_refused_in_chinese(url):
    with pytest.raises(UnsupportedDatabase, match="不支持"):
        open_store(url)
