"""Whoever writes into the database by hand cannot do alone what takes two persons, whichever act it is."""

from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from payroll_service.store.store import Store
from tests.store.shelf import RULE_SET, approve, publish

AT, DAY = "2020-10-10 01:02:03+00:00", "2020-10-10"
BOOKED: dict[str, Any] = {
    "day": DAY,
    "reason": "",
    "reference": "",
    "payees": 0,
    "amount_fen": 0,
    "digest": "d",
}


@contextmanager
def refused():
    with pytest.raises(IntegrityError, match=r"two.persons"):
        yield


def write(store: Store, table: str, **row: Any) -> None:
    """One row by plain SQL, in the shelf's bureau."""
    row = {"bureau": "dushan", "at": AT} | row
    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    with store.writing() as session:
        session.connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)


def note(store: Store, log: str, number: int, state: str, by: str, **of: Any) -> None:
    write(store, log, number=number, state=state, actor=by, detail="", **of)


def test_a_run_is_approved_by_neither_who_prepared_nor_who_submitted_it(store, shelf):
    def approve_by(person: str) -> None:
        days = {"first_day": "2020-09-01", "last_day": "2020-09-30"}
        row = {"run_id": "r1", "number": 3, "prepared_by": "王会计", "approved_by": person, "receipt": ""}
        write(store, "run_approval", **row, **days)

    note(store, "run_event", 3, "submitted", "张会计", run_id="r1")
    for person in ("王会计", "张会计"):
        with refused():
            approve_by(person)
    approve_by("李局长")


def test_a_rule_set_is_enacted_by_nobody_who_drafted_it_whatever_event_is_named(store, shelf):
    def enact(drafted: int, drafter: str, person: str) -> None:
        row = {"fingerprint": RULE_SET.fingerprint, "number": 2, "drafted": drafted, "drafted_by": drafter}
        write(store, "rule_set_enactment", **row, enacted_by=person, examples=3)

    note(store, "rule_set_event", 2, "checked", "张会计", fingerprint=RULE_SET.fingerprint)
    for drafted, drafter in ((1, "王会计"), (2, "张会计")):
        with refused():
            enact(drafted, drafter, "王会计")
    enact(1, "王会计", "李局长")


@pytest.mark.parametrize("state", ["upheld", "rejected"])
def test_an_objection_is_answered_by_nobody_who_raised_it(store, shelf, state):
    approve(store)
    publish(store)
    with store.writing() as session:
        raised = session.objections.add(session.objections.get("dushan", 1))

    def answer(person: str) -> None:
        row = {"number": 2, "objection": raised.number, "state": state, "actor": person, "sealed": b""}
        write(store, "objection_event", **row)

    with refused():
        answer(raised.raised_by)
    answer("李局长")


@pytest.mark.parametrize("kind", ["payment", "adjustment"])
def test_money_moves_by_a_draft_that_somebody_else_approves(store, shelf, kind):
    def book(draft: int | None, person: str | None) -> None:
        row = {"number": 1, "kind": kind, "prepared_by": "王会计", "approved_by": person, "draft": draft}
        write(store, "movement", **row, **BOOKED, detail="{}", approvals=0)

    write(store, "draft", number=1, kind=kind, prepared_by="王会计", request="{}", **BOOKED)
    for draft, person in ((1, "王会计"), (1, None), (None, "李局长"), (None, None)):
        with refused():
            book(draft, person)
    book(1, "李局长")


def test_a_bank_account_holds_once_somebody_else_approves_it(store, shelf):
    def decide(person: str) -> None:
        row = {"number": 1, "state": "approved", "prepared_by": "王会计", "decided_by": person, "reason": ""}
        write(store, "account_decision", **row)

    write(store, "account_change", number=1, prepared_by="王会计", reason="", payees=0)
    with refused():
        decide("王会计")
    decide("李局长")
