"""分段计: every unit is paid at its own band's value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.outcome import CalculationError
from rules.language.program import Formula
from rules.language.render import render
from tests.calculation.short import F, column, mistake, people, short, value_of
from tests.examples import examples

small = examples(40)


def rate(bands: str, key: str = "节数") -> str:
    return f"标准:\n  单价: {{按: [{key}], 档: {{{bands}}}, 依据: 办法 一}}"


WHOLE = rate("30以下: 10元/节, 31以上: 15元/节")
OPEN = rate("30以下: 10元/节, 超过30: 15元/节")
THREE = rate("不满3: 0元/节, 满3不满6: 5元/节, 6以上: 7.5元/节", "课时")


@pytest.mark.parametrize(("taught", "paid"), [(0, 0), (1, 10), (30, 300), (31, 315), (33, 345)])
@pytest.mark.parametrize("bands", [WHOLE, OPEN])
def test_the_31st_lesson_is_paid_at_the_higher_rate(bands, taught, paid):
    assert value_of("分段计(节数, 单价)", people({"节数": taught}), rates=bands) == paid


@pytest.mark.parametrize(
    ("taught", "paid"),
    [("2.5", 0), ("3", F("0.5")), ("5.9", 15), ("6", F("15.75")), ("7.5", 27)],
)
def test_full_bands_take_the_step_that_fills_them(taught, paid):
    """In steps of 0.1: 不满3 holds up to 2.9, 满3不满6 from 3.0 to 5.9 (30 steps), the rest from 6.0."""
    assert value_of("分段计(课时, 单价)", people({"课时": taught}), rates=THREE) == paid


def test_the_key_of_the_rate_is_replaced_and_the_steps_hit_every_edge():
    """22 × 1.4 = 30.8: 30 at 10 and 0.8 at 15, though 30 is no multiple of 1.4."""
    assert value_of("分段计(节数 × 1.4, 单价)", people({"节数": 22}), rates=OPEN) == 312


def test_tax_like_rates_of_money():
    bands = rate("不超过1000: 3%, 超过1000至5000: 10%, 超过5000: 20%", "金额")
    assert value_of(
        "分段计(金额, 单价)", people({"金额": "6000.50"}), rates=bands, rounding="分 四舍五入"
    ) == F("630.10")


def test_dated_rates_go_by_the_month():
    bands = (
        "标准:\n  单价: {按: [节数], 分期: {2020-09-01起: {30以下: 10元/节, 超过30: 15元/节}, "
        "2020-11-01起: {10以下: 1元/节, 超过10: 2元/节}}, 依据: 办法 一}"
    )
    program = short(
        "- 列: 人月.费\n  公式: 分段计(节数, 单价)", "- 列: 人.值\n  公式: 合计(人月.费)", rates=bands
    )
    assert column(program, "人.值", people({"节数": 31})) == [2 * 315 + 4 * 52]
    assert value_of("分段计(节数, 单价@期末)", people({"节数": 31}), rates=bands) == 52
    with pytest.raises(CalculationError):
        value_of("分段计(节数, 单价)", people({"节数": 31}), rates=bands)


@pytest.mark.parametrize("formula", ["分段计(节数 - 40节, 单价)", "分段计(节数, 单价)"])
def test_a_number_below_zero_or_missing_is_an_error(formula):
    with pytest.raises(CalculationError):
        value_of(formula, people({"节数": 33 if "40" in formula else None}), rates=WHOLE)


def test_a_part_without_a_band_is_an_error():
    bands = rate("30以下: 10元/节, 31至40: 15元/节")
    assert value_of("分段计(节数 + 7节, 单价)", people({"节数": 33}), rates=bands) == 450
    with pytest.raises(CalculationError):
        value_of("分段计(节数 + 8节, 单价)", people({"节数": 33}), rates=bands)


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 2000)), min_size=1, max_size=5),
    st.integers(1, 90),
    st.integers(1, 90),
)
@small
def test_the_sum_over_single_steps_is_the_same(taught, first, more):
    bands = rate(
        f"不超过{first}: 1.23元/节, 超过{first}至{first + more}: 4元/节, 超过{first + more}: 0.1元/节", "课时"
    )
    rows = people(*({"课时": None if n is None else f"{n / 10:.1f}"} for n in taught))
    program = short("- 列: 人.值\n  公式: 分段计(课时, 单价) 否则 -1元", rates=bands)
    edges = (10 * first, 10 * (first + more))
    by_hand = [
        -1
        if n is None
        else sum(F("1.23") if k <= edges[0] else 4 if k <= edges[1] else F("0.1") for k in range(1, n + 1))
        / 10
        for n in taught
    ]
    assert column(program, "人.值", rows) == by_hand


def test_numbers_beyond_64_bits():
    formula = "分段计(节数 × 100000000000000000000, 单价)"
    assert value_of(formula, people({"节数": 2}), rates=OPEN) == 2 * 10**20 * 15 - 150


def test_it_is_written_as_it_was():
    (step,) = [
        step
        for step in short("- 列: 人.值\n  公式: 分段计( 节数+1节 ,单价@期末)", rates=WHOLE).steps
        if step.table == "人"
    ][:1]
    assert isinstance(step, Formula)
    assert render(step.value) == "分段计(节数 + 1节, 单价@期末)"


@pytest.mark.parametrize(
    ("formula", "rates", "told"),
    [
        ("分段计(节数)", WHOLE, "要 2 项"),
        ("分段计(节数, 得分)", WHOLE, "「得分」不是标准"),
        ("分段计(节数, 3)", WHOLE, "「3」不是标准"),
        ("分段计(身份, 单价)", WHOLE, "应是数"),
        ("分段计(节数 ÷ 课时, 单价)", WHOLE, "请先用 舍入"),
        ("分段计(课时, 单价)", WHOLE, "之间有空档"),
        ("分段计(节数, 单价)", rate("满5不满10: 1元/节, 10以上: 2元/节"), "不从 0 起"),
        ("分段计(节数, 单价)", "标准: {单价: {值: 5元, 依据: 办法 一}}", "不分档"),
        ("分段计(金额, 单价)", rate("30以下: 10元, 超过30: 15元"), "只能有一个是金额"),
    ],
)
def test_slips_are_told_with_their_cure(formula, rates, told):
    assert told in mistake(formula, rates)
