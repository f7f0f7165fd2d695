"""The middle of a long number is never shown, however it is written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.workflow.masking import masked, masked_cell


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("522726198207022314", "522***********2314"),
        ("52272619820702231X", "522***********231X"),
        ("５２２７２６１９８２０７０２２３１４", "５２２***********２３１４"),
        (522726198207022314, "522***********2314"),
        (5.227261982070223e17, "522***********2272"),
        ("电话 13812345678，卡 6217231988005763389", "电话 138****5678，卡 621************3389"),
        ("2020-2021-1", "2020-2021-1"),
        ("任务 c1234567890123456789012345678901", "任务 c1234567890123456789012345678901"),
        (3580.25, "3580.25"),
        (None, ""),
    ],
)
def test_numbers_are_masked_and_amounts_are_not(cell, shown):
    assert masked_cell(cell) == shown


@given(st.text(alphabet="0123456789X 号-", max_size=60))
def test_no_nine_digits_stand_together_any_more(text):
    assert not re.search(r"[0-9]{9}", masked(text))
    assert len(masked(text)) == len(text)
    assert masked(masked(text)) == masked(text)
