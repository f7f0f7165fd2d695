"""Lines become one record a payee and come back as they were; their canonical bytes tell every line."""

import json
from dataclasses import replace

import numpy as np
import pytest
import rfc8785

from payroll_service.book.lines_digest import canonical_lines, lines_fingerprint
from payroll_service.book.payee_records import records_fingerprint, records_of
from payroll_service.book.records import PayeeRecord
from payroll_service.book.stored_lines import UnreadableRecord, payouts_from
from tests.book.tiny import funds, identities, ids, lines, run


def test_a_record_is_canonical_json_without_name_or_number():
    _, _, payouts = run()
    records = [*records_of(payouts, ids(payouts))]
    assert [record.payee_id for record in records] == ["id-A01", "id-B02", "id-P1", "id-P2", "id-P3", "id-P4"]
    for record in records:
        content = json.loads(record.content)
        assert rfc8785.dumps(content) == record.content
        assert not any(name in record.content.decode() for name in ("张一", "P1", "李二", "P2"))
    assert json.loads(records[2].content) == {
        "currency": "CNY",
        "held": "",
        "period": "2020-2021-1",
        "total": "5784.38",
        "lines": [
            {
                "item": "奖励", "name": "奖励性绩效工资", "earned": "2020-2021-1", "basis": "办法 三",
                "unit": "A01", "unit_name": "甲小学", "fund": "绩效", "amount": "5784.35",
            },
            {
                "item": "津贴", "name": "目标津贴", "earned": "2020-2021-1", "basis": "办法 四；办法 六",
                "unit": "A01", "unit_name": "甲小学", "fund": "省级", "amount": "0.01",
            },
            {
                "item": "津贴", "name": "目标津贴", "earned": "2020-2021-1", "basis": "办法 四；办法 六",
                "unit": "A01", "unit_name": "甲小学", "fund": "县级", "amount": "0.02",
            },
        ],
    }  # fmt: skip
    assert json.loads(records[3].content)["held"] == "账号待核"


@pytest.mark.parametrize("period", ["2020-2021-1", "2020-10"])
def test_records_come_back_as_the_same_lines_in_any_order(period):
    _, _, payouts = run(period)
    records = [*records_of(payouts, ids(payouts))]
    for stored in (records, records[::-1]):
        back = payouts_from(stored, identities(payouts), period, payouts.items, funds(payouts))
        assert lines(back) == lines(payouts)
        assert back.held.tolist() == payouts.held.tolist()
        assert [*records_of(back, ids(payouts))] == records
        assert lines_fingerprint(back) == lines_fingerprint(payouts)
        assert records_fingerprint(stored) == records_fingerprint(records)


def test_a_run_that_pays_nothing_has_no_records():
    _, _, payouts = run("2019-2020")
    assert [*records_of(payouts, {})] == []
    assert len(payouts_from([], {}, "2019-2020", payouts.items, funds(payouts))) == 0


def test_canonical_lines_are_one_json_array_each():
    _, _, payouts = run()
    text = b"".join(canonical_lines(payouts)).decode()
    assert text.endswith("\n")
    read = [json.loads(line) for line in text.splitlines()]
    assert read[2] == ["个人", "P1", "A01", "奖励", "绩效", "2020-2021-1", 578435, ""]
    assert read[5] == ["个人", "P2", "A01", "奖励", "绩效", "2020-2021-1", 385623, "账号待核"]
    assert len(read) == len(payouts)


def test_one_fen_or_a_hold_changes_the_fingerprint():
    _, _, payouts = run()
    by_fen = replace(payouts, amount_fen=payouts.amount_fen + np.eye(len(payouts), dtype=np.int64)[4])
    freed = replace(payouts, hold=np.full_like(payouts.hold, -1))
    assert len({lines_fingerprint(each) for each in (payouts, by_fen, freed)}) == 3


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff", b"[]", b"{}", b'{"lines":[{}],"held":""}', b'{"lines":[1],"held":""}', b'{"lines":[],"held":1}',
        '{"held":"","lines":[{"amount":"1.0","earned":"2020","fund":"绩效","item":"奖励","unit":"A","unit_name":""}]}'.encode(),
        '{"held":"","lines":[{"amount":"1.00","earned":"2020","fund":"别的","item":"奖励","unit":"A","unit_name":""}]}'.encode(),
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_content_of_another_form_names_its_payee(content):
    _, _, payouts = run()
    record = PayeeRecord.of("id-P1", content, 0)
    with pytest.raises(UnreadableRecord, match="id-P1"):
        payouts_from([record], identities(payouts), "2020-2021-1", payouts.items, funds(payouts))
