"""Combinations of codes are those that a dictionary would find, however many codes there could be."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.matching import combinations
from tests.examples import examples

COUNTS = st.sampled_from([1, 2, 3, 70_000, 1 << 40, (1 << 62) - 1])


@st.composite
def keyed(draw):
    """Some keys with the codes of a few rows, most of them low or high, some lacking."""
    size = draw(st.integers(0, 9))
    keys = []
    for count in draw(st.lists(COUNTS, max_size=4)):
        code = st.sampled_from(sorted({-1, 0, min(1, count - 1), count // 2, count - 1}))
        keys.append((draw(st.lists(code, min_size=size, max_size=size)), count))
    return keys, size


@given(keyed())
@examples(300)
def test_combinations_are_numbered_in_their_order_and_rows_that_lack_a_code_are_in_none(case):
    keys, size = case
    example, member = combinations([(np.array(codes, np.int64), count) for codes, count in keys], size)
    rows = [tuple(codes[row] for codes, _ in keys) for row in range(size)]
    occurring = sorted({row for row in rows if -1 not in row})
    assert [rows[row] for row in example] == occurring
    assert member.tolist() == [-1 if -1 in row else occurring.index(row) for row in rows]
