"""A column counted in another column's step: the same numbers where they can be, missing where they cannot."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.made_values import counted_in, values_from, values_of
from payroll_service.calculation.outcome import Computed
from payroll_service.snapshot.tables import Values
from rules.language.program import DATE, NUMBER, TEXT, Type
from tests.examples import examples

STEPS = st.sampled_from([Fraction(1), Fraction(1, 100), Fraction(1, 8), Fraction(3), Fraction(5, 2)])
CELL = st.one_of(st.none(), st.integers(-40, 40), st.sampled_from([-(2**70), 2**61, 2**62, 2**70]))


@given(st.lists(CELL, min_size=1, max_size=6), STEPS, STEPS)
@examples(300)
def test_numbers_stay_what_they_are_or_are_missing(cells, own, wanted):
    lacking = np.array([cell is None for cell in cells])
    whole = all(abs(cell or 0) < 2**62 for cell in cells)
    data = np.array([cell or 0 for cell in cells], np.int64 if whole else object)
    values = Values(data, lacking if lacking.any() else None)
    found = counted_in(values, Type(NUMBER, step=own), Type(NUMBER, step=wanted))
    missing = [False] * len(cells) if found.missing is None else found.missing.tolist()
    for cell, counted, lacks in zip(cells, found.data.tolist(), missing, strict=True):
        same = None if cell is None else cell * own / wanted
        if same is None or same.denominator != 1 or (not whole and abs(same) >= 2**62):
            assert lacks
        elif abs(same) < 2**62:
            assert not lacks
            assert counted == same


def test_days_need_no_counting():
    values = Values(np.array([737000, 0], np.int64), np.array([False, True]))
    assert counted_in(values, Type(DATE), Type(DATE)) is values


@given(st.lists(CELL, max_size=6), STEPS, st.sampled_from([1, 2, 100, 2**40]), st.sampled_from([1, 4, 10]))
@examples(300)
def test_both_evaluators_hand_on_a_finished_column_alike(cells, step, coarser, finer):
    """`cells` are counted in the column's own step; the evaluator has its data `coarser` or `finer`."""
    kind = Type(NUMBER, step=step)
    lacking = np.array([cell is None for cell in cells], bool)
    data = [(cell or 0) * finer for cell in cells]
    wide = any(abs(number) > 2**62 for number in data)
    computed = Computed(np.array(data, object if wide else np.int64), step * coarser / finer, lacking)
    columns = values_of(computed, kind)
    rows = values_from([None if cell is None else cell * step * coarser for cell in cells], kind)
    assert columns.data.tolist() == rows.data.tolist() == [(cell or 0) * coarser for cell in cells]
    missing = [None if one.missing is None else one.missing.tolist() for one in (columns, rows)]
    assert missing == [lacking.tolist() if lacking.any() else None] * 2


@given(
    st.lists(st.sampled_from([None, "甲", "乙", "丙"]), max_size=5), st.permutations(["丙", "丁", "甲", "乙"])
)
@examples(60)
def test_both_evaluators_hand_on_a_finished_column_of_words_alike(cells, words):
    lacking = np.array([cell is None for cell in cells], bool)
    codes = np.array([0 if cell is None else words.index(cell) for cell in cells], np.int64)
    columns = values_of(Computed(codes, Fraction(1), lacking, tuple(words)), Type(TEXT))
    rows = values_from(cells, Type(TEXT))
    for told in (columns, rows):
        missing = np.zeros(len(cells), bool) if told.missing is None else told.missing
        found = [None if lacks else told.words[code] for code, lacks in zip(told.data, missing, strict=True)]
        assert found == cells


def test_a_column_of_words_without_rows_has_one_word_all_the_same():
    nothing = np.zeros(0, np.int64)
    assert values_of(Computed(nothing, Fraction(1)), Type(TEXT)).words == ("",)
    assert values_from([], Type(TEXT)).words == ("",)
