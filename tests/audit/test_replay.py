"""A replay gives the receipt again byte for byte; with other data it says where it differs."""

from payroll_service.audit.replay import compare_lines, replay
from payroll_service.book.receipt import receipt_bytes
from tests.book.tiny import POSTS, data, receipt, rules, run


def test_a_replay_gives_the_same_bytes():
    stored = receipt_bytes(receipt())
    result = replay(rules(), data(), run()[1].period, stored)
    assert result.same
    assert result.same_lines
    assert result.receipt == stored
    assert result.differences == ()


def test_other_data_give_other_lines_and_each_is_shown():
    posts = [*POSTS[:-1], {**POSTS[-1], "津贴": "3.35"}]
    result = replay(rules(), data(任职=posts), run()[1].period, receipt_bytes(receipt()))
    assert not result.same
    assert not result.same_lines
    assert {"outputs", "amount", "totals"} <= set(result.differences)
    different = compare_lines(run()[2], result.payouts)
    assert [(one.line, one.stored) for one in different] == [
        ('["个人","P4","B02","津贴","县级","2020-2021-1",117,""]', True),
        ('["个人","P4","B02","津贴","县级","2020-2021-1",118,""]', False),
    ]


def test_nothing_stored_is_nothing_alike():
    assert not replay(rules(), data(), run()[1].period, b"{}").same
