"""An approval takes two persons, by the database itself; what approved runs grant comes out by entitlement."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.records import PayeeRecord
from payroll_service.store.errors import AlreadyStored
from tests.store.shelf import APPROVAL, NOON, OUTCOME, RUN, approve, prepare

INSERT = (
    "INSERT INTO run_approval (bureau, run_id, number, prepared_by, approved_by, receipt, at, first_day, last_day) "
    "VALUES ('dushan', '{run}', {number}, '{prepared}', '{approved}', '', '{at}', '2020-09-01', '2020-09-30')"
)


def test_an_approval_comes_out_with_the_number_of_its_event(store, shelf):
    approval = approve(store)
    with store.reading() as session:
        assert session.runs.approved("dushan") == [replace(APPROVAL, number=3)] == [approval]
        event = session.runs.latest_events("dushan")["r1"]
    assert (event.number, event.state, event.actor, event.detail) == (
        3,
        "approved",
        "李局长",
        APPROVAL.receipt,
    )


def test_a_run_is_approved_once(store, shelf):
    approve(store)
    with pytest.raises(AlreadyStored, match="审批"):
        approve(store)


@pytest.mark.parametrize(
    ("run", "number", "prepared", "approved"),
    [
        ("r1", 2, "王会计", "王会计"),  # one person
        ("r1", 2, "张会计", "李局长"),  # somebody else is said to have prepared the run
        ("r2", 2, "王会计", "李局长"),  # no such run
        ("r1", 9, "王会计", "李局长"),  # nothing in the log
    ],
)
def test_the_database_itself_refuses_one_person_and_what_is_not_there(
    store, shelf, run, number, prepared, approved
):
    with pytest.raises(DBAPIError), store.writing() as session:
        session.connection.exec_driver_sql(
            INSERT.format(run=run, number=number, prepared=prepared, approved=approved, at=NOON)
        )
    with store.writing() as session:
        fine = INSERT.format(run="r1", number=2, prepared="王会计", approved="李局长", at=NOON)
        session.connection.exec_driver_sql(fine)


def test_a_run_without_a_receipt_cannot_be_approved(store):
    with store.writing() as session:
        prepare(session)
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        approve(store)


def line(amount: str, **more: str) -> dict[str, str]:
    return {"amount": amount, "earned": "2020-09", "fund": "绩效", "item": "基础", "unit": "A01", **more}


def test_what_approved_runs_grant_comes_out_by_entitlement_in_the_order_of_approval(store):
    contents: dict[str, dict[str, tuple[dict[str, str], ...]]] = {
        "r1": {"1": (line("10.00"), line("0.00", item="津贴")), "2": (line("5.00"),)},
        "r2": {"1": (line("12.00", granted="10.00", due="2.00"), line("3.00", item="奖", event="一等"))},
        "r3": {"1": (line("99.00"),)},  # never approved
    }
    with store.writing() as session:
        prepare(session)
        ids = session.payees.enrol("dushan", "个人", {"1": "韦䶮", "2": "陆𠮷"})
        for run, payees in contents.items():
            if run != "r1":
                session.runs.create(replace(RUN, run_id=run))
            records = [
                PayeeRecord.of(
                    ids[key], json.dumps({"held": "待核" * (key == "2"), "lines": lines}).encode(), 0
                )
                for key, lines in payees.items()
            ]
            session.runs.save_outcome("dushan", run, records, OUTCOME)
        for run in ("r2", "r1"):
            session.runs.approve(replace(APPROVAL, run_id=run, at=NOON + timedelta(1)))
    with store.reading() as session:
        found = [(run.run_id, *pair) for run, *pair in session.runs.granted("dushan")]
    first = Entitlement(ids["1"], "基础", "A01", "绩效", "2020-09")
    assert found == [
        ("r2", first, 200),
        ("r2", first._replace(item="奖", event="一等"), 300),
        ("r1", first, 1000),
    ]
