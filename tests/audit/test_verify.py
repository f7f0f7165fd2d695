"""A stored run verifies as written, and no number in it can be changed by one fen without a named check failing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
import rfc8785

from payroll_service.audit.evidence import StoredRun
from payroll_service.audit.verify import verify_run
from payroll_service.book.money import fen_text, text_fen
from payroll_service.book.receipt import read_receipt, receipt_bytes
from payroll_service.book.records import PayeeRecord, RuleSetEnactment, RunApproval, sha256
from tests.audit.stored import stored_run


def failing(stored: StoredRun) -> list[str]:
    return [check.name for check in verify_run(stored) if not check.holds]


@pytest.mark.parametrize("period", ["2020-2021-1", "2020-10"])
@pytest.mark.parametrize("noted", [True, False])
def test_a_run_as_written_verifies_with_and_without_identities(period, noted):
    stored = stored_run(period, noted)
    checks = verify_run(stored)
    assert [check for check in checks if not check.holds] == []
    assert len({check.name for check in checks}) == len(checks) == (16 if noted else 14)
    unnamed = verify_run(replace(stored, identities=None))
    assert len(unnamed) == len(checks) - 1
    assert all(check.holds for check in unnamed)


def test_who_put_the_rule_set_in_force_is_named_and_was_not_who_drafted_it():
    stored = stored_run()
    noon = datetime(2021, 1, 4, 4, tzinfo=UTC)
    enacted = RuleSetEnactment("县", stored.rule_set.fingerprint, 2, 1, "制表", "局长", 3, noon)
    (told,) = set(verify_run(replace(stored, enactment=enacted))) - set(verify_run(stored))
    assert (told.holds, told.detail) == (True, "局长 于 2021-01-04 12:00 启用，制表 起草，通过用例 3 个")
    alone = replace(stored, enactment=replace(enacted, enacted_by="制表"))
    assert failing(alone) == ["规则集：由起草以外的人启用"]


def numbers_changed(part):
    """The record with each of its numbers one higher, one lower."""
    for field in fields(part):
        value = getattr(part, field.name)
        if isinstance(value, int):
            yield replace(part, **{field.name: value + 1})
            yield replace(part, **{field.name: value - 1})


def with_outcome(stored, name):
    """The run with one number of one pool or total changed; members of a pool are no money and no count of lines."""
    parts = getattr(stored.outcome, name)
    for place, part in enumerate(parts):
        for other in numbers_changed(part):
            if getattr(other, "members", None) == getattr(part, "members", None):
                changed = (*parts[:place], other, *parts[place + 1 :])
                yield replace(stored, outcome=replace(stored.outcome, **{name: changed}))


def with_record(stored: StoredRun, place: int, record: PayeeRecord) -> StoredRun:
    return replace(stored, records=(*stored.records[:place], record, *stored.records[place + 1 :]))


def lines_changed(record: PayeeRecord, by: int) -> Iterator[PayeeRecord]:
    """The record with one line's amount changed, and total, sum and digest made to fit: a careful forger."""
    for number in range(len(json.loads(record.content)["lines"])):
        content = json.loads(record.content)
        line = content["lines"][number]
        line["amount"] = fen_text(text_fen(line["amount"]) + by)
        content["total"] = fen_text(record.amount_fen + by)
        yield PayeeRecord.of(record.payee_id, rfc8785.dumps(content), record.amount_fen + by)


@pytest.mark.parametrize("name", ["pools", "totals"])
def test_one_fen_in_a_pool_or_total_is_noticed_without_the_log(name):
    stored = stored_run(noted=False)
    changes = [*with_outcome(stored, name)]
    assert len(changes) >= 12
    assert [number for number, one in enumerate(changes) if not failing(one)] == []


@pytest.mark.parametrize("by", [1, -1])
def test_one_fen_in_a_payout_is_noticed_however_carefully_it_is_forged(by):
    stored = replace(stored_run(noted=False), identities=None)
    changes = [
        with_record(stored, place, other)
        for place, record in enumerate(stored.records)
        for other in lines_changed(record, by)
    ]
    assert len(changes) == 17
    for one in changes:
        assert "合计：单位、项目、资金的合计等于各笔之和" in failing(one)


def test_two_payouts_changed_so_that_every_sum_stays_are_noticed_by_fingerprint():
    stored = stored_run()
    one, other = (next(lines_changed(stored.records[place], by)) for place, by in ((2, 1), (5, -1)))
    forged = with_record(with_record(stored, 2, one), 5, other)
    assert failing(forged) == ["日志：记录与计算时登记的指纹相符", "凭据：结果指纹与记录相符"]


def test_a_careless_change_names_the_payee():
    stored = stored_run()
    content = stored.records[2].content.replace(b"5784.35", b"5784.36")
    forged = with_record(stored, 2, replace(stored.records[2], content=content))
    check = next(check for check in verify_run(forged) if check.name == "记录：每位收款人的内容与摘要相符")
    assert not check.holds
    assert check.detail == "id-P1"


@pytest.mark.parametrize("change", [{"amount_fen": 1}, {"digest": "0" * 64}, {"content": b"{}"}])
def test_every_part_of_a_record_is_covered(change):
    stored = stored_run(noted=False)
    assert failing(with_record(stored, 2, replace(stored.records[2], **change)))


def test_a_record_that_is_missing_doubled_or_of_a_stranger_is_noticed():
    stored = stored_run(noted=False)
    assert failing(replace(stored, records=stored.records[1:]))
    assert failing(replace(stored, records=(*stored.records, stored.records[-1])))
    assert failing(with_record(stored, 2, replace(stored.records[2], payee_id="id-P9")))


def test_every_number_of_the_receipt_is_covered_by_the_log():
    stored = stored_run()
    receipt = read_receipt(stored.outcome.receipt)
    for other in numbers_changed(receipt):
        forged = replace(stored, outcome=replace(stored.outcome, receipt=receipt_bytes(other)))
        assert "日志：凭据与计算时登记的摘要相符" in failing(forged)


@pytest.mark.parametrize("name", ["payees", "lines", "held_lines", "amount_fen", "held_fen"])
def test_sums_and_counts_of_the_receipt_are_those_of_the_lines(name):
    stored = stored_run(noted=False)
    receipt = read_receipt(stored.outcome.receipt)
    other = receipt_bytes(replace(receipt, **{name: getattr(receipt, name) + 1}))
    forged = replace(stored, outcome=replace(stored.outcome, receipt=other))
    assert failing(forged) == ["凭据：人数、笔数、金额与记录相符"]


def test_rule_set_snapshot_and_period_must_be_those_of_the_run():
    stored = stored_run()
    document = stored.rule_set.document.replace(b"66%", b"67%")
    changed_rules = replace(stored, rule_set=replace(stored.rule_set, document=document))
    assert failing(changed_rules) == ["规则集：文件与指纹相符"]
    relaid = replace(stored.rule_set, document=stored.rule_set.document + "# 说明\n".encode())
    assert failing(replace(stored, rule_set=relaid)) == []
    unreadable = replace(stored.rule_set, document=b"\xff")
    assert failing(replace(stored, rule_set=unreadable)) == ["规则集：文件与指纹相符"]
    changed_data = replace(stored.snapshot, content=b"another")
    assert failing(replace(stored, snapshot=changed_data)) == ["快照：内容与指纹相符"]
    other_period = replace(stored.run, period="2020-2021-2")
    assert failing(replace(stored, run=other_period)) == ["凭据：与批次、规则集、快照、期间一致"]


def test_an_unreadable_receipt_is_said_so():
    stored = stored_run()
    assert "凭据：可读且为规范格式" in failing(
        replace(stored, outcome=replace(stored.outcome, receipt=b"{}"))
    )


# A run that nets another --------------------------------------------------------------------------------------------


def test_a_run_that_nets_another_verifies_as_written():
    stored = stored_run(nets=True)
    assert failing(stored) == []
    assert failing(replace(stored, identities=None)) == []
    assert any(b'"granted"' in record.content for record in stored.records)


def test_one_fen_in_a_total_of_what_was_granted_is_noticed_without_the_log():
    changes = [*with_outcome(stored_run(noted=False, nets=True), "totals")]
    assert [number for number, one in enumerate(changes) if not failing(one)] == []


@pytest.mark.parametrize("by", [1, -1])
def test_one_fen_in_what_had_been_granted_is_noticed_however_carefully_it_is_forged(by):
    stored = replace(stored_run(noted=False, nets=True), identities=None)
    forgeries = [
        with_record(stored, place, other)
        for place, record in enumerate(stored.records)
        for other in granted_changed(record, by)
    ]
    assert len(forgeries) >= 8
    for one in forgeries:
        assert "合计：单位、项目、资金的合计等于各笔之和" in failing(one)


def test_a_due_that_is_not_the_rest_of_the_amount_names_the_payee():
    stored = stored_run(noted=False, nets=True)
    place = next(n for n, record in enumerate(stored.records) if b'"due"' in record.content)
    content = json.loads(stored.records[place].content)
    line = next(line for line in content["lines"] if "due" in line)
    line["due"] = fen_text(text_fen(line["due"]) + 1)
    record = stored.records[place]
    forged = PayeeRecord.of(record.payee_id, rfc8785.dumps(content), record.amount_fen)
    assert "记录：可读且与重写逐字节相符" in failing(with_record(stored, place, forged))


def test_an_approval_of_another_receipt_is_noticed():
    stored = stored_run()
    day = stored.run.created_at.date()
    approval = RunApproval(
        "县", "run-1", 3, "制表", "局长", sha256(stored.outcome.receipt), stored.run.created_at, day, day
    )
    assert failing(replace(stored, approval=approval)) == []
    other = replace(approval, receipt="f" * 64)
    assert failing(replace(stored, approval=other)) == ["审批：所批的就是这份凭据"]


def granted_changed(record: PayeeRecord, by: int) -> Iterator[PayeeRecord]:
    """The record with what had been granted of one line changed, and the dues made to fit."""
    for number, line in enumerate(json.loads(record.content)["lines"]):
        if "granted" not in line or text_fen(line["granted"]) + by == 0:
            continue
        content = json.loads(record.content)
        line = content["lines"][number]
        line["granted"] = fen_text(text_fen(line["granted"]) + by)
        line["due"] = fen_text(text_fen(line["due"]) - by)
        content["due"] = fen_text(text_fen(content["due"]) - by)
        yield PayeeRecord.of(record.payee_id, rfc8785.dumps(content), record.amount_fen)
