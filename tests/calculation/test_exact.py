"""Rounding of exact halves and sharing out of whole fen."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.exact import MODES, Cut, largest_remainder, rounded

FEN = Fraction(1, 100)
HALVES = ["0.005", "0.015", "0.025", "2772.495"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("四舍五入", ["0.01", "0.02", "0.03", "2772.50"]),
        ("四舍六入五成双", ["0", "0.02", "0.02", "2772.50"]),
        ("去尾", ["0", "0.01", "0.02", "2772.49"]),
        ("进一", ["0.01", "0.02", "0.03", "2772.50"]),
    ],
)
def test_exact_halves_go_where_the_mode_says_and_the_same_below_zero(mode, expected):
    for text, wanted in zip(HALVES, expected, strict=True):
        assert rounded(Fraction(text), FEN, mode) == Fraction(wanted)
        assert rounded(-Fraction(text), FEN, mode) == -Fraction(wanted)


@given(
    st.fractions(-1000, 1000),
    st.sampled_from(["0.01", "0.1", "1", "0.05", "100"]),
    st.sampled_from(list(MODES)),
)
def test_a_rounded_number_is_a_multiple_of_the_step_less_than_one_step_away(value, step, mode):
    found = rounded(value, Fraction(step), mode)
    assert (found / Fraction(step)).denominator == 1
    assert abs(found - value) < Fraction(step)
    assert rounded(found, Fraction(step), mode) == found


@given(st.integers(0, 10**6), st.lists(st.fractions(Fraction(1, 100), 100), min_size=1, max_size=12))
def test_shares_of_a_pool_add_up_to_the_pool_and_a_higher_weight_never_earns_less(units, weights):
    by_row = dict(enumerate(weights))
    cut = largest_remainder(units, by_row, list(by_row))
    shares, line = cut.units, cut.line
    assert sum(shares.values()) == units
    assert sorted(line) == list(by_row)
    for less, more in pairwise(sorted(by_row, key=by_row.__getitem__)):
        assert shares[less] <= shares[more] or by_row[less] == by_row[more]


def test_equal_remainders_are_served_in_the_order_of_the_line():
    even = dict.fromkeys(range(4), Fraction(1))
    assert largest_remainder(2, even, [3, 1, 0, 2]) == Cut({0: 0, 1: 1, 2: 0, 3: 1}, (3, 1, 0, 2), left=2)


def test_one_fen_for_a_hundred_people_goes_to_the_first_in_line():
    shares = largest_remainder(1, dict.fromkeys(range(100), Fraction(7)), list(range(99, -1, -1))).units
    assert [row for row, fen in shares.items() if fen] == [99]
