"""Combinations of codes and rows by key are those that a dictionary would find, however many codes there could be."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.matching import combinations, matched_rows, no_keys, packed_keys
from payroll_service.snapshot.tables import Values
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


NUMBERS = st.one_of(st.none(), st.integers(0, 4), st.sampled_from([-(2**61), 10**6, 2**40, 2**61]))
CLOSE = st.sampled_from([None, 0, 1, 60_000])
WORDS = st.sampled_from([None, "甲", "乙", "丙", "丁"])


def of_numbers(cells: list[int | None]) -> Values:
    lacking = np.array([cell is None for cell in cells], bool)
    data = np.array([cell or 0 for cell in cells], np.int64)
    return Values(data, lacking if lacking.any() else None)


def of_words(cells: list[str | None], words: tuple[str, ...]) -> Values:
    lacking = np.array([cell is None for cell in cells], bool)
    codes = np.array([0 if cell is None else words.index(cell) for cell in cells], np.int64)
    return Values(codes, lacking if lacking.any() else None, words)


def found(keys: list[tuple[Values, Values]], size: int, target_size: int) -> list[int]:
    return matched_rows(packed_keys(keys, no_keys(size, target_size))).tolist()


def by_key(wanted: list[tuple], held: list[tuple]) -> list[int]:
    rows = {key: row for row, key in enumerate(held)}
    return [-1 if None in key else rows.get(key, -1) for key in wanted]


@given(
    st.lists(st.tuples(NUMBERS, WORDS, CLOSE), max_size=8),
    st.lists(st.tuples(NUMBERS, WORDS, CLOSE), max_size=8, unique=True),
    st.permutations(["甲", "乙", "丙", "丁", "戊"]),
)
@examples(400)
def test_rows_are_found_by_all_their_keys(wanted, held, words):
    own, theirs = ("丁", "丙", "乙", "甲"), tuple(words)
    keys = [
        (of_numbers([row[0] for row in wanted]), of_numbers([row[0] for row in held])),
        (of_words([row[1] for row in wanted], own), of_words([row[1] for row in held], theirs)),
        (of_numbers([row[2] for row in wanted]), of_numbers([row[2] for row in held])),
    ]
    assert found(keys, len(wanted), len(held)) == by_key(wanted, held)


@given(st.lists(NUMBERS, max_size=8), st.lists(NUMBERS, max_size=8, unique=True))
@examples(200)
def test_rows_are_found_by_one_key(wanted, held):
    keys = [(of_numbers(wanted), of_numbers(held))]
    assert found(keys, len(wanted), len(held)) == by_key([(one,) for one in wanted], [(one,) for one in held])


def test_a_number_finds_no_word():
    keys = [(of_numbers([0, 1]), of_words(["甲", "乙"], ("甲", "乙")))]
    assert found(keys, 2, 2) == [-1, -1]
