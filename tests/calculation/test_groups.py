"""Rows gathered under the rows they lead to: what a loop over all rows would find."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.groups import SHORT, Grouping, received
from payroll_service.calculation.statuses import FIRST_FAULT, MISSING, OK, REPORTED
from tests.examples import examples

EDGE = 2**61


@st.composite
def gathered(draw):
    """Receivers of a few rows, in order or not, some leading nowhere, lasting or not; a number and a status a row."""
    size = draw(st.integers(1, 5))
    rows = draw(st.lists(st.integers(draw(st.sampled_from([-1, 0])), size - 1), max_size=8))
    rows = sorted(rows) if draw(st.booleans()) else rows
    number = st.one_of(st.integers(-9, 9), st.sampled_from([-EDGE, EDGE]))
    data = draw(st.lists(number, min_size=len(rows), max_size=len(rows)))
    codes = st.sampled_from([OK, OK, MISSING, REPORTED, FIRST_FAULT, FIRST_FAULT + 1])
    statuses = draw(st.lists(codes, min_size=len(rows), max_size=len(rows)))
    return Grouping(np.array(rows, np.int64), size, draw(st.booleans())), data, statuses


def below(grouping: Grouping, values: list) -> list[list]:
    """The values of the rows of each receiving row, as they stand."""
    return [
        [value for value, row in zip(values, grouping.rows.tolist(), strict=True) if row == receiver]
        for receiver in range(grouping.size)
    ]


@given(gathered())
@examples(300)
def test_sums_extremes_and_counts_are_those_of_a_loop(case):
    grouping, data, statuses = case
    values, low, high = np.array(data, np.int64), min(data, default=0), max(data, default=0)
    sums, least, most = grouping.sums(values, low, high)
    assert sums.tolist() == [sum(found) for found in below(grouping, data)]
    assert all(least <= one <= most for one in sums.tolist())
    assert grouping.extremes("最小", values, low, high).tolist() == [
        min(found, default=high) for found in below(grouping, data)
    ]
    assert grouping.extremes("最大", values, low, high).tolist() == [
        max(found, default=low) for found in below(grouping, data)
    ]
    assert grouping.count(None).tolist() == [len(found) for found in below(grouping, data)]
    included = np.array(statuses, np.int8) == OK
    assert grouping.count(included).tolist() == [found.count(OK) for found in below(grouping, statuses)]
    assert grouping.largest == max(map(len, below(grouping, data)))


@given(gathered())
@examples(300)
def test_the_first_error_among_the_rows_is_that_of_the_receiving_row(case):
    grouping, _, statuses = case
    told = grouping.statuses(np.array(statuses, np.int8))
    wanted = [
        next((status for status in found if status >= REPORTED), OK) for found in below(grouping, statuses)
    ]
    assert (told.tolist() if told is not None else [OK] * grouping.size) == wanted
    assert grouping.statuses(None) is None


@given(gathered())
@examples(200)
def test_each_receiver_knows_where_its_rows_begin(case):
    grouping, _, _ = case
    rows = grouping.rows.tolist()
    order = sorted((row for row in range(len(rows)) if rows[row] >= 0), key=lambda row: rows[row])
    groups = below(grouping, list(range(len(rows))))
    for receiver, found in enumerate(groups):
        start = int(grouping.starts[receiver])
        assert order[start : start + len(found)] == found
    assert grouping.filled.tolist() == [receiver for receiver, found in enumerate(groups) if found]
    assert grouping.nowhere == (-1 in rows)
    brought = received(np.arange(grouping.size) * 10, grouping)
    assert [int(value) for value, row in zip(brought, rows, strict=True) if row >= 0] == [
        row * 10 for row in rows if row >= 0
    ]


@given(st.lists(st.integers(0, 3), max_size=8).map(sorted), st.integers(0, 4), st.integers(0, 4))
@examples(200)
def test_a_part_of_ordered_rows_is_a_grouping_of_its_own(rows, one, other):
    whole, receivers = Grouping(np.array(rows, np.int64), 4), slice(min(one, other), max(one, other))
    inside = [place for place, row in enumerate(rows) if receivers.start <= row < receivers.stop]
    piece = slice(inside[0], inside[-1] + 1) if inside else slice(0, 0)
    part = whole.part(piece, receivers)
    alone = Grouping(np.array(rows[piece], np.int64) - receivers.start, receivers.stop - receivers.start)
    assert (part.rows.tolist(), part.size) == (alone.rows.tolist(), alone.size)
    assert part.counts.tolist() == alone.counts.tolist()
    data = np.arange(len(part.rows)) + 1
    assert part.sums(data, 0, 9)[0].tolist() == alone.sums(data, 0, 9)[0].tolist()


@given(gathered(), st.data())
@examples(200)
def test_chosen_rows_stand_by_receiver_as_they_stood(case, drawn):
    grouping, _, _ = case
    rows = grouping.rows.tolist()
    chosen = [row for row in range(len(rows)) if rows[row] >= 0 and drawn.draw(st.booleans())]
    places, few = grouping.among(np.array(chosen, np.int64))
    assert places.tolist() == sorted(chosen, key=lambda row: rows[row])
    alone = Grouping(np.array([rows[row] for row in places], np.int64), grouping.size)
    assert (few.rows.tolist(), few.size, few.nowhere) == (alone.rows.tolist(), alone.size, alone.nowhere)
    assert (few.ordered, few.counts.tolist()) == (alone.ordered, alone.counts.tolist())


@pytest.mark.parametrize("size", [SHORT - 1, SHORT, SHORT + 1])
def test_rows_are_sorted_once_for_any_number_of_receivers(size):
    rows = [size - 1, 0, -1, size - 1, 1, size - 2, 0]
    once, each = (Grouping(np.array(rows, np.int64), size, lasting) for lasting in (True, False))
    assert once.order.tolist() == [1, 6, 4, 5, 0, 3]
    data = np.array([1, 2, 4, 8, 16, 32, 64])
    assert (once.sums(data, 0, 64)[0] == each.sums(data, 0, 64)[0]).all()


@pytest.mark.parametrize("size", [0, 3])
def test_no_rows_sum_to_nothing(size):
    grouping = Grouping(np.zeros(0, np.int64), size)
    sums, low, high = grouping.sums(np.zeros(0, np.int64), 0, 0)
    assert (sums.tolist(), low, high) == ([0] * size, 0, 0)
    assert (grouping.largest, grouping.nowhere, grouping.count(None).tolist()) == (0, False, [0] * size)
