"""Many rows at once come out as they went in, or nothing was written; and no record is a stranger's."""

from contextlib import suppress
from time import sleep

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from payroll_service.book.records import Bureau, PayeeRecord
from payroll_service.store import bulk, enrolled, migrate, open_store
from payroll_service.store.bulk import LARGEST, write_rows
from payroll_service.store.enrolled import check_payees
from payroll_service.store.errors import ConnectionLost, NotStored
from payroll_service.store.rows import sql_table
from payroll_service.store.tables import RunRecordRow
from tests.examples import examples

RECORDS = sql_table(RunRecordRow)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
INTEGERS = st.integers(-LARGEST, LARGEST) | st.sampled_from([0, -LARGEST, LARGEST])
ROWS = st.lists(
    st.tuples(TEXTS, TEXTS, TEXTS, st.binary(), INTEGERS, TEXTS), max_size=9, unique_by=lambda row: row[:3]
)
ROW = ("dushan", "r1", "p", b"{}", 1, "0" * 64)
NOT_THERE = [
    (0, None, TypeError),
    (1, b"r1", TypeError),
    (3, "{}", TypeError),
    (3, bytearray(b"{}"), TypeError),
    (4, 1.0, TypeError),
    (4, True, TypeError),
    (4, LARGEST + 1, OverflowError),
    (4, -LARGEST - 2, OverflowError),
    (5, "a\0b", ValueError),
    (5, "\ud800", UnicodeEncodeError),
]


class GivenUp(Exception):
    """What was written in a test is not kept."""


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch):
    """So that a few rows are several batches."""
    monkeypatch.setattr(bulk, "BATCH", 2)
    monkeypatch.setattr(enrolled, "ROWS_AT_ONCE", 2)


@pytest.fixture
def on_postgresql(postgres_database_url):
    migrate(postgres_database_url)
    opened = open_store(postgres_database_url)
    yield opened
    opened.close()


def rows_like(*changed):
    """Rows of different payees, each with the cell `place` replaced."""
    for number, (place, cell) in enumerate(changed):
        row = [*ROW[:2], f"p{number}", *ROW[3:]]
        row[place] = cell
        yield row


def stored(store):
    with store.reading() as session:
        return [tuple(row) for row in session.connection.execute(select(RECORDS))]


def comes_out(store, rows):
    found = []
    with suppress(GivenUp), store.writing() as session:
        assert write_rows(session.connection, RECORDS, iter(rows)) == len(rows)
        found = [tuple(row) for row in session.connection.execute(select(RECORDS))]
        raise GivenUp
    assert sorted(found) == sorted(rows)


def test_rows_come_out_as_they_went_in(store):
    @examples(60)
    @given(ROWS)
    def round_trip(rows):
        comes_out(store, rows)

    round_trip()


def test_texts_are_the_same_whatever_a_server_speaks_by_default(on_postgresql):
    with on_postgresql.writing() as session:
        name = session.connection.engine.url.database
        session.connection.exec_driver_sql(f"ALTER DATABASE {name} SET client_encoding = 'GB18030'")
    on_postgresql.database.close()  # connections made from now on begin with it
    comes_out(on_postgresql, [("独山", "𠮷", "韦䶮", "王芳".encode(), 1, "é")])


def test_a_cell_that_does_not_belong_leaves_nothing_behind(store):
    for place, cell, error in NOT_THERE:
        for good in (0, 1, 5):
            rows = rows_like(*[(5, "0")] * good, (place, cell), (5, "0"))
            with pytest.raises(error), store.writing() as session:
                write_rows(session.connection, RECORDS, rows)
            assert stored(store) == []


def test_a_row_of_another_width_leaves_nothing_behind(store):
    for row in (ROW[:-1], (*ROW, 1), ()):
        for good in range(3):
            rows = [*rows_like(*[(5, "0")] * good), row]
            with pytest.raises(ValueError, match=r"zip\(\)"), store.writing() as session:
                write_rows(session.connection, RECORDS, rows)
            assert stored(store) == []


def test_what_fails_half_way_is_raised_as_it_is_and_leaves_nothing_behind(store):
    def failing():
        yield from rows_like(*[(5, "0")] * 5)
        raise GivenUp("half-way")

    with pytest.raises(GivenUp, match="half-way"), store.writing() as session:
        write_rows(session.connection, RECORDS, failing())
    assert stored(store) == []
    with store.writing() as session:
        assert write_rows(session.connection, RECORDS, rows_like(*[(5, "0")] * 5)) == 5
    assert len(stored(store)) == 5


def test_what_the_database_refuses_is_raised_and_leaves_nothing_behind(store):
    with pytest.raises(Exception, match=r"pk_run_record|append-only"), store.writing() as session:
        write_rows(session.connection, RECORDS, [ROW, *rows_like(*[(5, "0")] * 9), ROW])
    assert stored(store) == []


def test_a_connection_cut_half_way_is_raised_and_leaves_nothing_behind(on_postgresql):
    def cut(connection):
        backend = connection.connection.driver_connection.info.backend_pid
        yield from rows_like(*[(5, "0")] * 5)
        with on_postgresql.database.reader.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({backend}, 10000)")
        yield from ((*ROW[:2], f"q{number}", bytes(10_000), *ROW[4:]) for number in range(1000))

    with pytest.raises(ConnectionLost), on_postgresql.writing() as session:
        write_rows(session.connection, RECORDS, cut(session.connection))
    assert stored(on_postgresql) == []


def test_rows_wait_for_a_slow_server(on_postgresql, monkeypatch):
    """So that a million rows are never in memory at once."""
    ahead, sent, write = [], [], psycopg.Copy.write

    def slow(copy, packed):
        sleep(0.01)
        write(copy, packed)
        sent.append(len(packed))

    def drawn():
        for number, row in enumerate(rows_like(*[(5, "0")] * 20)):
            ahead.append(number // bulk.BATCH - len(sent))
            yield row

    monkeypatch.setattr(psycopg.Copy, "write", slow)
    with on_postgresql.writing() as session:
        assert write_rows(session.connection, RECORDS, drawn()) == 20
    assert max(ahead) <= 1


def test_no_rows_are_no_error(store):
    comes_out(store, [])


def test_a_record_is_refused_exactly_if_its_payee_is_not_enrolled(store):
    with store.writing() as session:
        session.add_bureau(Bureau("dushan", "独山县教育局"))
        session.add_bureau(Bureau("libo", "荔波县教育局"))
        ours = list(session.payees.enrol("dushan", "个人", dict.fromkeys("abcdefg", "王芳")).values())
        theirs = list(session.payees.enrol("libo", "个人", dict.fromkeys("ab", "王芳")).values())
    strangers = [*theirs, "", "x", "\n", f"{ours[0]}\n{ours[1]}", f"{ours[2]}\n", '"', "}", ours[3].upper()]

    def write_and_check(ids):
        records = [PayeeRecord.of(payee_id, b"{}", 1) for payee_id in ids]
        rows = [("dushan", "r1", each.payee_id, b"{}", 1, each.digest) for each in records]
        with store.writing() as session:
            write_rows(session.connection, RECORDS, rows)
            check_payees(session.connection, RECORDS, records, "dushan", run_id="r1")
            raise GivenUp

    @examples(60)
    @given(st.lists(st.sampled_from(ours + strangers) | st.sampled_from(ours), unique=True))
    def refused(ids):
        wrong = set(ids) - set(ours)
        with pytest.raises((NotStored, GivenUp)) as raised:
            write_and_check(ids)
        named = raised.value.key if isinstance(raised.value, NotStored) else None
        assert named in (wrong or {None})

    refused()
