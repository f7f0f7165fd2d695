"""Units multiply and divide like numbers, and read back as they are written."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.language.units import BASE_UNITS, MONTH, NO_UNIT, YUAN, Unit, parse_unit, step_of_both

UNITS = st.dictionaries(st.sampled_from(BASE_UNITS), st.integers(-2, 2).filter(bool), max_size=3).map(
    lambda powers: Unit(tuple(sorted(powers.items())))
)


@given(UNITS, UNITS, UNITS)
def test_units_multiply_like_numbers(a, b, c):
    assert a * b == b * a
    assert (a * b) * c == a * (b * c)
    assert (a * b) / b == a
    assert a * NO_UNIT == a
    assert a / a == NO_UNIT


@given(st.sampled_from(BASE_UNITS), st.lists(st.sampled_from(BASE_UNITS), max_size=2, unique=True))
def test_a_unit_reads_back_as_it_is_written(above, below):
    unit = parse_unit("/".join([above, *(name for name in below if name != above)]))
    assert unit is not None
    assert parse_unit(str(unit)) == unit


@pytest.mark.parametrize("text", ["", "块", "元/", "/月", "元月", "元·月"])
def test_other_texts_are_no_units(text):
    assert parse_unit(text) is None


@pytest.mark.parametrize(
    ("text", "money"), [("元", True), ("元/月", True), ("元/月/人", True), ("月", False), ("人/月", False)]
)
def test_money_is_yuan_per_anything(text, money):
    unit = parse_unit(text)
    assert unit is not None
    assert unit.is_money is money


def test_yuan_per_month_times_months_is_yuan():
    assert YUAN / MONTH * MONTH == YUAN
    assert not (YUAN * YUAN).is_money
    assert not (YUAN * MONTH).is_money


STEPS = st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000)


@given(STEPS, STEPS)
def test_both_steps_are_whole_multiples_of_the_common_one_and_no_greater_step_does(a, b):
    step = step_of_both(a, b)
    assert step is not None
    assert (a / step).denominator == (b / step).denominator == 1
    ratio = (a / step).numerator, (b / step).numerator
    assert Fraction(*ratio).numerator == ratio[0], "what is left over has no common factor"


def test_without_a_step_there_is_no_common_one():
    assert step_of_both(None, Fraction(1)) is None
