"""Handing out a pool: nothing is lost, nothing is invented, and the order of the rows changes nothing."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.groups import Grouping
from payroll_service.calculation.shares import Rank, shares
from tests.examples import examples

amounts = st.one_of(st.integers(0, 50), st.integers(0, 10**9), st.integers(0, 10**30))
weights = st.one_of(st.integers(0, 3), st.integers(0, 10**7), st.integers(0, 10**22))


def handed_out(
    pools: list[int], given_weights: list[int], rows: list[int], ties: list[Rank] | None = None
) -> list[int]:
    def packed(values: list[int]) -> np.ndarray:
        return np.array(values, object if max(values, default=0) >= 2**62 else np.int64)

    bounds = max(pools, default=0), max(given_weights, default=0)
    grouping = Grouping(np.array(rows, np.int64), len(pools))
    return shares(packed(pools), packed(given_weights), grouping, bounds, ties or []).tolist()


def by_hand(pool: int, own: list[int]) -> list[int]:
    """Largest remainder with Fractions; equal remainders in the order of the rows."""
    total = sum(own)
    if not total:
        return [0] * len(own)
    exact = [Fraction(pool * weight, total) for weight in own]
    cut = [due.numerator // due.denominator for due in exact]
    order = sorted(range(len(own)), key=lambda row: (cut[row] - exact[row], row))
    for row in order[: pool - sum(cut)]:
        cut[row] += 1
    return cut


@st.composite
def cases(draw):
    pools = draw(st.lists(amounts, min_size=1, max_size=4))
    count = draw(st.integers(0, 12))
    given_weights = draw(st.lists(weights, min_size=count, max_size=count))
    rows = draw(st.lists(st.integers(0, len(pools) - 1), min_size=count, max_size=count))
    if draw(st.booleans()):
        rows.sort()
    return pools, given_weights, rows


@given(cases())
@examples(300)
def test_shares_add_up_to_the_pool_and_are_those_of_the_largest_remainder(case):
    pools, given_weights, rows = case
    found = handed_out(*case)
    for number, pool in enumerate(pools):
        members = [row for row, held in enumerate(rows) if held == number]
        own = [given_weights[row] for row in members]
        assert [found[row] for row in members] == by_hand(pool, own)
        assert sum(found[row] for row in members) == (pool if any(own) else 0)


@given(cases(), st.randoms())
def test_the_order_of_rows_changes_nothing_but_who_wins_a_tie(case, random):
    pools, given_weights, rows = case
    order = list(range(len(rows)))
    random.shuffle(order)
    rank = [0] * len(rows)
    for place, row in enumerate(order):
        rank[place] = row
    ties = [(np.array(rank, np.int64), max(len(rows), 1))]
    moved = handed_out(pools, [given_weights[row] for row in order], [rows[row] for row in order], ties)
    plain = handed_out(*case)
    assert [moved[order.index(row)] for row in range(len(rows))] == plain


def test_equal_remainders_go_by_the_tie_then_by_the_row():
    assert handed_out([2], [1, 1, 1], [0, 0, 0]) == [1, 1, 0]
    tie = (np.array([2, 1, 0]), 3)
    assert handed_out([2], [1, 1, 1], [0, 0, 0], [tie]) == [0, 1, 1]


def test_rows_that_lead_nowhere_and_weigh_nothing_get_nothing():
    assert handed_out([100, 7], [0, 3, 0, 4], [-1, 0, 1, 0]) == [0, 43, 0, 57]
    assert handed_out([], [0, 0], [-1, -1]) == [0, 0]


def test_one_huge_group_beside_many_small_ones():
    rows = [0] * 3000 + list(range(1, 60))
    found = handed_out([1000] * 60, [1] * len(rows), rows)
    assert found[:1000] == [1] * 1000
    assert sum(found[:3000]) == 1000
    assert found[3000:] == [1000] * 59


def test_remainders_and_pools_that_do_not_fit_one_integer():
    """65 pools and weights of 2^60: 7 bits for the pool and 61 for the remainder."""
    rows = [pool for pool in range(65) for _ in range(2)]
    weights = [2**60, 2**60 - 1] * 65
    ties = [(np.arange(130), 130)]
    assert handed_out([1] * 65, weights, rows, ties) == [1, 0] * 65
    assert handed_out([1] * 65, [2**60] * 130, rows, [(np.arange(130)[::-1].copy(), 130)]) == [0, 1] * 65


def test_many_ties_that_do_not_fit_one_integer():
    codes = np.arange(5)[::-1].copy()
    ties = [(codes * 2**40, 2**43), (codes, 5)]
    assert handed_out([3], [1] * 5, [0] * 5, ties) == [0, 0, 1, 1, 1]
