"""The receipt says everything about a run in canonical bytes, and says it again."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from payroll_service.book.receipt import RuleSetName, read_receipt, receipt_bytes
from tests.book.tiny import receipt, run
from tests.goldens import same_as_golden

GOLDEN = Path(__file__).parent / "golden"


def test_the_receipt_has_these_very_bytes():
    same_as_golden(GOLDEN / "receipt.json", receipt_bytes(receipt()))


def test_a_receipt_reads_back():
    made = receipt()
    assert read_receipt(receipt_bytes(made)) == made


def test_a_receipt_names_the_schemes_and_reads_back():
    used = (RuleSetName("甲小方案", "1", "ab"), RuleSetName("乙小方案", "2", "cd"))
    made = replace(receipt(), schemes=used)
    assert json.loads(receipt_bytes(made))["schemes"] == [
        {"name": "甲小方案", "version": "1", "fingerprint": "ab"},
        {"name": "乙小方案", "version": "2", "fingerprint": "cd"},
    ]
    assert read_receipt(receipt_bytes(made)) == made


def test_the_figures_are_those_of_the_run():
    made = receipt()
    assert (made.payees, made.lines, made.held_lines) == (6, 17, 3)
    assert (made.amount_fen, made.held_fen) == (1798580, 390623)
    assert sum(one.amount_fen for one in made.totals) == made.amount_fen
    assert [(one.kind, one.rule, one.payees, one.amount_fen) for one in made.roster] == [
        ("暂缓", "账号待核", 1, 390623),
        ("不发", "没有任职", 1, 0),
    ]
    assert [(one.rule, one.pools, one.amount_fen) for one in made.pools] == [("任职.奖励", 2, 1693410)]
    # 未兑现 56.68 (half of 0.05, 100, 10.01, 3.33, what is left of it) and P3's 5.01 by the veto
    assert [(one.fund, one.amount_fen) for one in made.returned] == [
        ("县级", 5668),
        ("县级", 501),
        ("绩效", 0),
    ]
    assert [(one.check, one.count) for one in made.findings] == [("得分偏低", 1)]


@pytest.mark.parametrize("content", [b"", b"\xff", b"{}", b"[]", b"null", b'{"period":"2020"}'])
def test_other_bytes_are_no_receipt(content):
    with pytest.raises(ValueError, match=r"^"):
        read_receipt(content)


def test_a_receipt_in_other_spelling_is_refused():
    with pytest.raises(ValueError, match="canonical"):
        read_receipt(receipt_bytes(receipt()) + b"\n")


def test_another_period_is_another_receipt():
    assert receipt("2020-10").outputs != receipt("2020-11").outputs
    assert run("2020-10")[1].period.text == receipt("2020-10").period
