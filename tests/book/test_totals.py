"""Totals and pools of the tiny county, and weights that are never rounded."""

from fractions import Fraction

import pytest

from payroll_service.book.records import PoolRecord, TotalRecord
from payroll_service.book.totals import exact_text, pool_records, sum_by, totals_of
from tests.book.tiny import run


def test_totals_are_by_unit_item_and_fund_with_what_is_held():
    _, _, payouts = run()
    assert totals_of(payouts) == (
        TotalRecord("A01", "奖励", "绩效", 4, 1285410, 385623),
        TotalRecord("A01", "津贴", "省级", 4, 1501, 1500),
        TotalRecord("A01", "津贴", "县级", 4, 3502, 3500),
        TotalRecord("A01", "校奖", "绩效", 1, 100000, 0),
        TotalRecord("B02", "奖励", "绩效", 1, 408000, 0),
        TotalRecord("B02", "津贴", "省级", 1, 50, 0),
        TotalRecord("B02", "津贴", "县级", 1, 117, 0),
        TotalRecord("B02", "校奖", "绩效", 1, 0, 0),
    )
    assert sum_by(totals_of(payouts), "fund") == {"绩效": 1793410, "省级": 1551, "县级": 3619}


def test_a_pool_says_whose_it_is_and_what_became_of_it():
    program, outcome, _ = run()
    assert pool_records(program, outcome) == (
        PoolRecord("任职.奖励", "本校组.奖励池", "A01", "A01", "绩效", 1285410, 1285410, 0, 4, "200"),
        PoolRecord("任职.奖励", "本校组.奖励池", "B02", "B02", "绩效", 408000, 408000, 0, 1, "70"),
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("-7/2", "-3.5"),
        ("1/100", "0.01"),
        ("1/3", "1/3"),
        ("-1/3", "-1/3"),
        ("12345678901234567890123/1000", "12345678901234567890.123"),
    ],
)
def test_a_weight_is_a_decimal_where_it_ends_and_a_fraction_else(value, text):
    assert exact_text(Fraction(value)) == text
