"""Numbers by the column are exact: against Fractions, at every size, on both sides of 64 bits."""

from __future__ import annotations

import operator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation import arithmetic
from payroll_service.calculation.rounding import round_to
from payroll_service.calculation.statuses import FIRST_FAULT, MISSING, OK
from payroll_service.calculation.vectors import (
    Vector,
    bounds_of,
    cleared,
    constant_number,
    narrow,
    spread,
)

BY_ZERO = FIRST_FAULT
scales = st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000)
sizes = st.sampled_from([3, 100, 10**6, 2**31, 2**62, 10**25])


@st.composite
def numbers(draw, rows: int = 4, least: int | None = None) -> Vector:
    size = draw(sizes)
    low = -size if least is None else least
    data = draw(st.lists(st.integers(low, size), min_size=rows, max_size=rows))
    low, high = min(data), max(data)
    return Vector(narrow(np.array(data, object), low, high), draw(scales), low, high)


def told(v: Vector, rows: int = 4) -> list[Fraction]:
    v = spread(cleared(v), rows)
    low, high = bounds_of(v.data)
    assert v.low <= low <= high <= v.high, "bounds hold"
    assert v.data.dtype in (np.int64, object)
    return [int(one) * v.scale for one in v.data]


@given(numbers(), numbers())
def test_sums_differences_and_products_are_exact(a: Vector, b: Vector):
    pairs = list(zip(told(a), told(b), strict=True))
    for op, function in [
        (operator.add, arithmetic.add),
        (operator.sub, arithmetic.subtract),
        (operator.mul, arithmetic.multiply),
    ]:
        assert told(function(a, b)) == [op(x, y) for x, y in pairs]
    assert told(arithmetic.extreme("取小", [a, b])) == [min(pair) for pair in pairs]
    assert told(arithmetic.extreme("取大", [a, b])) == [max(pair) for pair in pairs]


@given(numbers(), st.fractions(max_denominator=1000))
def test_constants_go_into_the_scale(a: Vector, factor: Fraction):
    assert told(arithmetic.multiply(a, constant_number(factor))) == [x * factor for x in told(a)]
    assert told(arithmetic.add(a, constant_number(factor))) == [x + factor for x in told(a)]
    if factor:
        assert told(arithmetic.divide(a, constant_number(factor), BY_ZERO)) == [x / factor for x in told(a)]


@given(numbers(), numbers(), numbers())
def test_quotients_stay_exact_and_only_division_by_zero_is_a_fault(a: Vector, b: Vector, c: Vector):
    quotient = arithmetic.divide(a, b, BY_ZERO)
    rows = list(zip(told(a), told(b), told(c), strict=True))
    statuses = [OK] * 4 if quotient.status is None else quotient.status.tolist()
    assert statuses == [OK if y else BY_ZERO for _, y, _ in rows]
    for op, function in [
        (operator.add, arithmetic.add),
        (operator.sub, arithmetic.subtract),
        (operator.mul, arithmetic.multiply),
    ]:
        found = told(function(quotient, c))
        assert all(got == op(x / y, z) for got, (x, y, z) in zip(found, rows, strict=True) if y)
    for name, compare in arithmetic.COMPARISONS.items():
        held = arithmetic.compare(name, quotient, c).data
        assert all(got == compare(x / y, z) for got, (x, y, z) in zip(held, rows, strict=True) if y)


@given(numbers(), numbers(), st.fractions(max_denominator=50))
def test_comparisons_are_exact(a: Vector, b: Vector, threshold: Fraction):
    constant = constant_number(threshold)
    for name, compare in arithmetic.COMPARISONS.items():
        left = np.broadcast_to(arithmetic.compare(name, a, constant).data, 4)
        right = np.broadcast_to(arithmetic.compare(name, constant, a).data, 4)
        assert left.tolist() == [compare(x, threshold) for x in told(a)]
        assert right.tolist() == [compare(threshold, x) for x in told(a)]
        both = arithmetic.compare(name, a, b).data
        assert both.tolist() == [compare(x, y) for x, y in zip(told(a), told(b), strict=True)]


def by_hand(value: Fraction, step: Fraction, mode: str) -> Fraction:
    """Rounding as a clerk would explain it: on the size, then the sign."""
    steps = abs(value) / step
    whole, rest = steps.numerator // steps.denominator, steps - steps.numerator // steps.denominator
    more = {
        "四舍五入": rest >= Fraction(1, 2),
        "四舍六入五成双": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1),
        "去尾": False,
        "进一": rest > 0,
    }[mode]
    return (whole + more) * step * (-1 if value < 0 else 1)


MODES = ["四舍五入", "四舍六入五成双", "去尾", "进一"]


@given(numbers(), scales, st.sampled_from(MODES))
def test_rounding_is_exact_and_the_same_on_both_sides_of_zero(a: Vector, step: Fraction, mode: str):
    assert told(round_to(a, step, mode)) == [by_hand(x, step, mode) for x in told(a)]


@given(numbers(), numbers(least=1), scales, st.sampled_from(MODES))
def test_a_quotient_is_rounded_once(a: Vector, b: Vector, step: Fraction, mode: str):
    rounded = round_to(arithmetic.divide(a, b, BY_ZERO), step, mode)
    assert told(rounded) == [by_hand(x / y, step, mode) for x, y in zip(told(a), told(b), strict=True)]


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        ("四舍五入", [-3, -2, -1, 0, 1, 2, 3]),
        ("四舍六入五成双", [-2, -2, 0, 0, 0, 2, 2]),
        ("去尾", [-2, -1, 0, 0, 0, 1, 2]),
        ("进一", [-3, -2, -1, 0, 1, 2, 3]),
    ],
)
def test_exact_halves(mode: str, wanted: list[int]):
    halves = Vector(np.array([-5, -3, -1, 0, 1, 3, 5]), Fraction(1, 2), -5, 5)
    assert told(round_to(halves, Fraction(1), mode), 7) == wanted


def test_a_product_beyond_64_bits_becomes_a_big_integer():
    big = Vector(np.array([10**12, 3]), low=3, high=10**12)
    product = arithmetic.multiply(arithmetic.multiply(big, big), big)
    assert product.data.dtype == object
    assert product.data.tolist() == [10**36, 27]
    back = round_to(product, Fraction(10**30), "去尾")
    assert back.data.dtype == np.int64
    assert back.data.tolist() == [10**6, 0]


def test_the_first_operand_that_is_not_there_decides():
    there = Vector(np.array([1, 1, 1]))
    left = there.with_status(np.array([MISSING, OK, BY_ZERO], np.int8))
    right = there.with_status(np.array([BY_ZERO, BY_ZERO, MISSING], np.int8))
    total = arithmetic.add(left, right)
    assert total.status is not None
    assert total.status.tolist() == [MISSING, BY_ZERO, BY_ZERO]
    caught = arithmetic.otherwise(total, constant_number(Fraction(0)))
    assert caught.status is not None
    assert caught.status.tolist() == [OK, BY_ZERO, BY_ZERO]
