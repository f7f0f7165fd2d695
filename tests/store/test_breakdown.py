"""My own breakdown is one indexed look-up, in the bytes that are sent."""

import threading

from sqlalchemy import text

from payroll_service.store.breakdowns import LOOK_UP

PLANS = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}


def test_a_breakdown_comes_in_the_bytes_that_were_stored(store, shelf):
    record = shelf.records[1]
    assert store.breakdown("dushan", "r1", record.payee_id) == record.content
    assert store.breakdown("dushan", "r1", "nobody") is None
    with store.reading() as session:
        assert session.runs.record("dushan", "r1", record.payee_id) == record


def test_a_breakdown_is_read_from_any_thread_and_after_the_connection_is_gone(store, shelf):
    read: list[bytes | None] = []
    record = shelf.records[0]
    thread = threading.Thread(target=lambda: read.append(store.breakdown("dushan", "r1", record.payee_id)))
    thread.start()
    thread.join()
    if "postgresql" in store.database.url:
        for connection in store.breakdowns.idle:
            end = f"SELECT pg_terminate_backend({connection.info.backend_pid})"
            with store.database.writing() as other:
                other.exec_driver_sql(end)
    read.append(store.breakdown("dushan", "r1", record.payee_id))
    store.close()
    read.append(store.breakdown("dushan", "r1", record.payee_id))
    assert read == [record.content] * 3


def test_a_breakdown_is_found_through_the_primary_key(store, shelf):
    dialect = store.database.reader.dialect.name
    query = LOOK_UP.replace("?", "'x'")
    with store.writing() as session:
        if dialect == "postgresql":
            session.connection.execute(text("SET LOCAL enable_seqscan = off"))  # three rows need no index
        plan = " ".join(str(row) for row in session.connection.exec_driver_sql(PLANS[dialect] + query))
    assert "pk_run_record" in plan or "sqlite_autoindex_run_record_1" in plan
    for column in ("bureau", "run_id", "payee_id"):
        assert f"{column}=?" in plan or f"{column})::text = 'x'" in plan
