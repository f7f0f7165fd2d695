"""A column counted in another column's step: the same numbers where they can be, missing where they cannot."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.made_values import counted_in
from payroll_service.snapshot.tables import Values
from rules.language.program import DATE, NUMBER, Type
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
