"""A run's outcome stored in PostgreSQL, beside a bare COPY of the same bytes into the same table with its indexes."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from time import perf_counter
from typing import Any

from payroll_service.book.records import PayeeRecord
from payroll_service.store.store import Store, open_store
from tests.store.shelf import OUTCOME, prepare

LINE = (
    b'{"item":"101","unit":"S%03d","fund":"\xe7\xbb\xa9\xe6\x95\x88","earned":"2020-09","amount":"1234.56"}'
)
CONTENT = b'{"lines":[' + b",".join(LINE % number for number in range(9)) + b"]}"
COPY = "COPY run_record FROM STDIN (FORMAT binary)"
AT_ONCE = 1 << 20


class Undone(Exception):
    """What was stored for a measurement is given up."""


def records_of(store: Store, payees: int) -> list[PayeeRecord]:
    """One record of nine lines for each of so many enrolled payees."""
    with store.writing() as session:
        prepare(session)
        labels = {f"{number:018d}": "王芳" for number in range(payees)}
        ids = session.payees.enrol("dushan", "个人", labels).values()
    return [PayeeRecord.of(payee, CONTENT, fen) for fen, payee in enumerate(ids)]


def ours(store: Store, records: Sequence[PayeeRecord]) -> float:
    """Seconds to store the outcome, with its checks, pools, totals and receipt."""
    try:
        with store.writing() as session:
            began = perf_counter()
            session.runs.save_outcome("dushan", "r1", records, OUTCOME)
            seconds = perf_counter() - began
            raise Undone
    except Undone:
        tidy(store)
    return seconds


@contextmanager
def going_on(url: str, payees: int) -> Iterator[None]:
    """Meanwhile another process stores a run of so many payees, again and again."""
    spawn = get_context("spawn")
    ready, enough = spawn.Event(), spawn.Event()
    process = spawn.Process(target=_store_on, args=(url, payees, ready, enough))
    process.start()
    try:
        assert ready.wait(300), "the other process stores"
        yield
    finally:
        enough.set()
        process.join()


def _store_on(url: str, payees: int, ready: Event, enough: Event) -> None:
    store = open_store(url)
    records = records_of(store, payees)
    ready.set()
    while not enough.is_set():
        with suppress(Undone), store.writing() as session:
            session.runs.save_outcome("dushan", "r1", records, OUTCOME)
            raise Undone
    store.close()


def bare(store: Store, packed: bytes) -> float:
    """Seconds of a COPY of ready bytes."""
    try:
        with store.writing() as session:
            driver: Any = session.connection.connection.driver_connection
            began = perf_counter()
            with driver.cursor() as cursor, cursor.copy(COPY) as copy:
                for start in range(0, len(packed), AT_ONCE):
                    copy.write(packed[start : start + AT_ONCE])
            seconds = perf_counter() - began
            raise Undone
    except Undone:
        tidy(store)
    return seconds


def tidy(store: Store) -> None:
    """Take away the dead rows, so that every measurement begins with an empty table and empty indexes."""
    with store.database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (FULL, ANALYZE) run_record")


def packed(records: Iterable[PayeeRecord]) -> bytes:
    """The rows in PostgreSQL's binary format."""
    parts = [b"PGCOPY\n\xff\r\n\0", struct.pack("!ii", 0, 0)]
    for each in records:
        amount = struct.pack("!q", each.amount_fen)
        texts = (b"dushan", b"r1", each.payee_id.encode(), each.content, amount, each.digest.encode())
        parts.append(struct.pack("!h", len(texts)))
        parts.extend(struct.pack("!i", len(text)) + text for text in texts)
    return b"".join([*parts, struct.pack("!h", -1)])
