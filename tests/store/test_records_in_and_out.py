"""What comes out of the store is what went in, and a thing that is written once stays what it was."""

import traceback
from dataclasses import replace
from datetime import timedelta

import pytest

from payroll_service.book.records import Bureau, PayeeIdentity
from payroll_service.store.errors import AlreadyStored, NotStored, NumberTaken, StoredBytesChanged
from payroll_service.store.triggers import put_on, take_off
from tests.store.shelf import BUREAU, IMPORT, NOON, OUTCOME, POOLS, RULE_SET, RUN, SNAPSHOT, TEACHERS, TOTALS


def test_every_record_comes_out_as_it_went_in(store, shelf):
    with store.reading() as session:
        assert session.bureaus() == [BUREAU]
        assert session.rule_sets.get("dushan", RULE_SET.fingerprint) == RULE_SET
        assert session.rule_sets.all("dushan") == [RULE_SET]
        assert session.imports.get("dushan", IMPORT.content_hash) == IMPORT
        assert session.snapshots.get("dushan", SNAPSHOT.fingerprint) == SNAPSHOT
        assert session.runs.get("dushan", "r1") == RUN
        assert session.runs.all("dushan") == [RUN]
        assert list(session.runs.records("dushan", "r1")) == shelf.records
        assert session.runs.pools("dushan", "r1") == list(POOLS)
        assert session.runs.totals("dushan", "r1") == list(TOTALS)
        assert session.runs.receipt("dushan", "r1") == OUTCOME.receipt


def test_a_state_is_the_last_event_of_a_log_without_gaps(store, shelf):
    with store.reading() as session:
        events = session.runs.events("dushan", "r1")
        assert [(event.number, event.state) for event in events] == [(1, "prepared"), (2, "calculated")]
        assert events[0].at == NOON
        assert events[0].at.tzinfo is not None
        assert session.runs.log("dushan") == events
        assert session.runs.latest_events("dushan") == {"r1": events[1]}
        assert [event.state for event in session.rule_sets.log("dushan")] == ["stored"]
        judged = session.imports.events("dushan", IMPORT.content_hash)
        assert [(event.state, event.rule_set) for event in judged] == [("accepted", RULE_SET.fingerprint)]


def test_each_bureau_sees_its_own_and_counts_its_own_events(store, shelf):
    with store.writing() as session:
        session.add_bureau(Bureau("libo", "荔波县教育局"))
        session.rule_sets.save(replace(RULE_SET, bureau="libo"))
        event = session.rule_sets.append("libo", RULE_SET.fingerprint, "enacted", NOON, "莫局长")
        assert event.number == 1
        assert session.runs.all("libo") == []
        assert session.payees.ids("libo", "个人") == {}
        with pytest.raises(NotStored):
            session.runs.get("libo", "r1")
        assert session.runs.record("libo", "r1", shelf.records[0].payee_id) is None


def test_what_is_content_addressed_is_written_once(store, shelf):
    with store.writing() as session:
        assert not session.imports.save(
            replace(IMPORT, file_name="again.xlsx", received_at=NOON + timedelta(1))
        )
        assert not session.snapshots.save(SNAPSHOT)
        assert not session.rule_sets.save(RULE_SET)
        assert not session.add_bureau(BUREAU)
        assert session.imports.get("dushan", IMPORT.content_hash) == IMPORT


def test_a_rule_set_a_run_and_an_outcome_are_never_written_over(store, shelf):
    with store.writing() as session:
        with pytest.raises(AlreadyStored, match="规则集"):
            session.rule_sets.save(replace(RULE_SET, document=b"other"))
        with pytest.raises(AlreadyStored, match="核算批次"):
            session.runs.create(RUN)
        with pytest.raises(AlreadyStored, match="核算结果"):
            session.runs.save_outcome("dushan", "r1", shelf.records, OUTCOME)


def test_bytes_that_do_not_match_their_hash_are_neither_stored_nor_given_out(store, shelf):
    with store.writing() as session:
        with pytest.raises(AssertionError):
            session.imports.save(replace(IMPORT, content_hash="0" * 64))
        take_off(session.connection, "import")
        session.connection.exec_driver_sql("UPDATE import SET content = substr(content, 2)")
        put_on(session.connection)
        with pytest.raises(StoredBytesChanged, match="导入文件"):
            session.imports.get("dushan", IMPORT.content_hash)


def test_a_payee_keeps_the_random_id_and_the_identity_can_be_put_right(store, shelf):
    number = "520111198001010014"
    with store.writing() as session:
        again = session.payees.enrol("dushan", "个人", TEACHERS | {"520111198001010049": "罗新"})
        assert {key: again[key] for key in TEACHERS} == shelf.payee_ids
        assert session.payees.enrol("dushan", "学校", {number: "同号学校"})[number] != again[number]
        payee_id = again[number]
        assert session.payees.find("dushan", "个人", number) == PayeeIdentity(
            "dushan", payee_id, "个人", number, "韦䶮"
        )
        right = PayeeIdentity("dushan", payee_id, "个人", number, "韦龑", "6228480000000000001", "农业银行")
        session.payees.put_right([right])
        assert session.payees.get("dushan", payee_id) == right
        assert len(session.payees.all("dushan", "个人")) == 4


def test_a_number_belongs_to_one_payee_and_an_error_does_not_tell_it(store, shelf):
    first, second = list(TEACHERS)[:2]
    taken = PayeeIdentity("dushan", shelf.payee_ids[first], "个人", second, "韦䶮")
    with pytest.raises(NumberTaken) as error, store.writing() as session:
        session.payees.put_right([taken])
    assert second not in "".join(traceback.format_exception(error.value))
    with pytest.raises(NotStored), store.writing() as session:
        session.payees.put_right([replace(taken, payee_id="nobody")])


def test_payee_ids_say_nothing_about_the_order_of_the_numbers(store):
    numbers = {f"{number:018d}": "某" for number in range(200)}
    with store.writing() as session:
        session.add_bureau(BUREAU)
        payee_ids = list(session.payees.enrol("dushan", "个人", numbers).values())
    assert payee_ids != sorted(payee_ids)
    assert len(set(payee_ids)) == 200
