"""Money as text, parts and sums: exact to the fen at every size."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.money import fen_text, part_half_up, text_fen, total, totals_by

FEN = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123450, "1234.50"), (-123400, "-1234.00")]
)
def test_money_is_text_with_two_decimals(fen, text):
    assert fen_text(fen) == text


@given(FEN)
def test_text_reads_back_to_the_same_fen(fen):
    assert text_fen(fen_text(fen)) == fen


@pytest.mark.parametrize(
    "text", ["1", "1.0", "1.000", "01.00", "1,000.00", "１.00", "1.00 ", "--1.00", "", "1e2"]
)
def test_other_spellings_of_money_are_refused(text):
    with pytest.raises(ValueError, match="two decimals"):
        text_fen(text)


def test_halves_are_rounded_away_from_zero():
    fen = np.array([1, 3, -1, -3, 277250])
    assert part_half_up(fen, 1, 2).tolist() == [1, 2, -1, -2, 138625]
    assert part_half_up(np.array([150, 250, -50]), 1, 100).tolist() == [2, 3, -1]


@given(st.lists(FEN, min_size=1), st.fractions(0, 1))
def test_a_part_lies_within_half_a_fen(fen, share):
    parts = part_half_up(np.array(fen), share.numerator, share.denominator)
    assert all(
        abs(part - whole * share) <= Fraction(1, 2) for part, whole in zip(parts.tolist(), fen, strict=True)
    )


def test_sums_beyond_int64_are_exact():
    fen = np.array([2**62, 2**62, 2**62, -7])
    assert total(fen) == 3 * 2**62 - 7
    assert totals_by(np.array([0, 0, 0, 1]), fen, 2).tolist() == [3 * 2**62, -7]
