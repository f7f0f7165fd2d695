"""Lists are read page by page, each by an index that has its order: no table is read through, and nothing is sorted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event

from payroll_service.store.errors import UnknownPlace
from payroll_service.store.paging import Page, walk
from payroll_service.store.store import Session
from tests.store.long_lists import Lists
from tests.store.shelf import IMPORT, NOON, OUTCOME, RULE_SET, SNAPSHOT, approve, ids, publish

FEW, MANY = 60, 3000  # rows; the more there are, the less a database wants to read them all
SORTED = {"overdue objections"}  # what is late and still open is little
KINDS = ("import", "part", "assembly")
SCANNED = "Seq Scan|^SCAN (?!.*USING)"
DAY = date(2020, 10, 9)


def pages(session: Session, payee: str) -> dict[str, tuple[str | int, Callable[..., Page[Any]]]]:
    """Of every list: the key before its first row, and how it is read from (after, limit)."""
    runs, objections, access, jobs = session.runs, session.objections, session.access, session.jobs
    states = ("open", "upheld", "rejected", "corrected")
    return {
        "runs": ("", partial(runs.page, "dushan")),
        "events of a run": (0, partial(runs.page_of_events, "dushan", "r1")),
        "own payouts": ("", partial(runs.page_of_payee, "dushan", payee)),
        "snapshots": ("", partial(session.imports.page_of_accepted, "dushan")),
        "rule sets": ("", partial(session.rule_sets.page, "dushan")),
        "objections": (0, partial(objections.page, "dushan")),
        **{f"{state} objections": (0, partial(objections.page, "dushan", state=state)) for state in states},
        "overdue objections": (0, partial(objections.page, "dushan", late_on=DAY)),
        "objections by their last day": (0, partial(objections.page_of_waiting, "dushan")),
        "answered objections": (0, partial(objections.page_of_answered, "dushan")),
        "own objections": (0, partial(objections.page_of_payee, "dushan", payee)),
        "account changes": (0, partial(session.bank_accounts.page, "dushan")),
        "accounts": ("", partial(access.page, "dushan")),
        "clients": ("", partial(access.page_of_clients, "dushan")),
        "reads": (0, partial(access.page_of_reads, "dushan")),
        "imports": ("", partial(jobs.page, "dushan", KINDS, "")),
        "imports of a school": ("", partial(jobs.page, "dushan", KINDS, "A01")),
        "replays of a run": ("", partial(jobs.page, "dushan", ["replay"], "", request='{"run": "r1"}')),
        "movements": (0, partial(session.ledger.page, "dushan")),
    }


def lengthen(store, count: int) -> str:
    """Make the shelf's lists so long; one of its teachers."""
    approve(store)
    publish(store)
    found = next(iter(ids(store).values()))
    with store.writing() as session:
        lists = Lists(
            session, "dushan", "r1", found, RULE_SET.fingerprint, SNAPSHOT.fingerprint, IMPORT.content_hash,
            OUTCOME.receipt, b"{}", NOON,
        )  # fmt: skip
        for name in (
            "runs", "run_events", "snapshots", "rule_sets", "objections", "account_changes", "accounts", "clients",
            "reads", "jobs", "replays", "movements",
        ):  # fmt: skip
            lists.of(name)(3 * count if name == "objections" else count)
        lists.accept_again()
    with store.database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return found


@pytest.fixture
def payee(store, shelf):
    return lengthen(store, FEW)


@pytest.fixture
def plans(store):
    """Collects how the database goes about each query that is sent while it is open."""
    found: list[str] = []
    explaining: list[bool] = []

    def explain(connection, cursor, statement, parameters, context, many):
        if explaining or not statement.startswith("SELECT"):
            return
        explaining.append(True)
        words = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        rows = connection.exec_driver_sql(f"{words} {statement}", parameters).all()
        found.append("\n".join(str(row[-1]) for row in rows))
        explaining.pop()

    engine = store.database.reader
    event.listen(engine, "before_cursor_execute", explain)
    yield found
    event.remove(engine, "before_cursor_execute", explain)


def test_no_page_reads_a_table_through_or_sorts_it(store, shelf, plans):
    payee, wrong = lengthen(store, MANY), {}
    with store.reading() as session:
        for name, (start, page) in pages(session, payee).items():
            first = page(start, 50)
            assert len(first.items) == 50, name
            plans.clear()
            page(start, 50)
            page(first.next, 50)
            assert plans
            bad = SCANNED if name in SORTED else f"{SCANNED}|Sort|TEMP B-TREE"
            told = [plan for plan in plans if re.search(bad, plan, re.MULTILINE)]
            if told:
                wrong[name] = told
    assert wrong == {}, "\n\n".join(f"{name}:\n{plan}" for name, found in wrong.items() for plan in found)


def test_pages_of_any_size_are_the_whole_list_in_order(store, payee):
    with store.reading() as session:
        for name, (start, page) in pages(session, payee).items():
            whole = page(start, 10 * FEW)
            assert whole.next is None
            size = len({repr(one) for one in whole.items})
            assert size == len(whole.items) >= 6, name
            for limit in (1, 7, size - 1, size, size + 1):
                assert tuple(walk(partial(page, limit=limit), start)) == whole.items, (name, limit)


def test_what_finance_has_still_to_do_follows_from_the_events(store, payee):
    with store.reading() as session:
        states: dict[int, str] = {one.number: "open" for one in session.objections.find("dushan")}
        for noted in session.objections.events("dushan"):
            states[noted.objection] = noted.state
        for state in ("open", "upheld", "rejected", "corrected"):
            page = session.objections.page("dushan", 0, 10 * FEW, state)
            wanted = sorted((number for number, is_ in states.items() if is_ == state), reverse=True)
            assert [one.number for one in page.items] == wanted
        waiting = session.objections.page_of_waiting("dushan", 0, 10 * FEW).items
        assert [one.answer_by for one in waiting] == sorted(one.answer_by for one in waiting)
        answered = session.objections.page_of_answered("dushan", 0, 10 * FEW).items
        assert len(waiting) + len(answered) == len(states)


def test_a_place_that_is_not_there_is_refused(store, payee):
    with store.reading() as session:
        for name in (
            "runs",
            "own payouts",
            "snapshots",
            "rule sets",
            "imports",
            "objections by their last day",
        ):
            start, page = pages(session, payee)[name]
            with pytest.raises(UnknownPlace):
                page(10**9 if start == 0 else "nowhere", 50)
