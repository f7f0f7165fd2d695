"""拆分 of heads: whole numbers into whole numbers, nobody lost, and no pocket to empty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.balance import balance, broken
from payroll_service.book.payouts import make_payouts
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError
from rules.language import RuleSetError
from rules.language.program import Program
from rules.language.show import show
from tests.calculation.agreement import sealed
from tests.calculation.programs import SEMESTER
from tests.calculation.short import column, people, short
from tests.examples import examples

COUNT = "- 列: 学校.数\n  公式: 名额 ÷ 1个\n  依据: 办法 一"
small = examples(40)


def quotas(parts: str, rounding: str = "整数 四舍五入", source: str = "名额", *more: str) -> Program:
    split = f"- 拆分: 学校.{source}\n  各份: {{{parts}}}" + (f"\n  取整: {rounding}" if rounding else "")
    names = [part.split(":")[0].strip() for part in parts.split(",")]
    told = [f"- 列: 学校.有{name}\n  公式: {name} 否则 -1个" for name in names]
    return short(*more, split, *told)


def one_school(heads: int) -> dict[str, list[dict]]:
    return people({}) | {"学校": [{"校号": "A", "名额": heads}]}


def parts_of(program: Program, heads: int, *names: str) -> list:
    rows = one_school(heads)
    found = [column(program, f"学校.有{name}", rows)[0] for name in names]
    outcome = calculate(program, sealed(program, rows), SEMESTER)
    assert broken(balance(program, outcome, make_payouts(program, outcome))) == []
    return found


@pytest.mark.parametrize(
    ("parts", "rounding", "heads", "result"),
    [
        ("优: 20%, 良: 30%, 合: 其余", "整数 四舍五入", 7, [1, 2, 4]),  # 1.4 → 1, 2.1 → 2
        ("优: 20%, 良: 30%, 合: 其余", "整数 进一", 7, [2, 3, 2]),
        ("优: 20%, 良: 30%, 合: 其余", "整数 去尾", 7, [1, 2, 4]),
        ("优: 50%, 良: 其余, 合: 0%", "整数 四舍五入", 5, [3, 2, 0]),  # exactly half goes up
        ("优: 2个, 良: 1个, 合: 其余", "", 7, [2, 1, 4]),
        ("优: 20%, 良: 30%, 合: 其余", "整数 四舍五入", 0, [0, 0, 0]),
    ],
)
def test_heads_are_split_into_whole_heads(parts, rounding, heads, result):
    assert parts_of(quotas(parts, rounding), heads, "优", "良", "合") == result


def test_a_split_of_a_number_without_unit_takes_percentages_and_whole_numbers():
    count = "- 列: 学校.人数\n  公式: 名额 ÷ 1个"
    rule = "- 拆分: 学校.人数\n  各份: {优: 20%, 校长: 1, 其他: 其余}\n  取整: 整数 四舍五入"
    told = [f"- 列: 学校.有{name}\n  公式: {name}" for name in ("优", "校长", "其他")]
    program = short(count, rule, *told)
    rows = one_school(7)
    assert [column(program, f"学校.有{name}", rows)[0] for name in ("优", "校长", "其他")] == [1, 1, 5]


def test_the_best_get_the_quota():
    """20 % of seven, up: two places for the two best, none for the third."""
    split = "- 拆分: 学校.名额\n  各份: {优秀名额: 20%, 其他名额: 其余}\n  取整: 整数 进一"
    program = short(split, "- 列: 人.优秀\n  公式: 1个 × 排名(得分 在 校) ≤ 校.优秀名额")
    assert column(program, "人.优秀", people(*({"得分": n} for n in (3, 9, 5, 7)))) == [
        False,
        True,
        False,
        True,
    ]


def test_more_heads_than_there_are_is_an_error():
    with pytest.raises(CalculationError):
        parts_of(quotas("优: 5个, 良: 4个, 合: 其余", ""), 7, "优")


@given(st.integers(0, 1000), st.integers(0, 50), st.integers(0, 50), st.sampled_from(["四舍五入", "去尾"]))
@small
def test_nobody_is_lost(heads, first, second, mode):
    program = quotas(f"优: {first}%, 良: {second}%, 合: 其余", f"整数 {mode}")
    try:
        assert sum(parts_of(program, heads, "优", "良", "合")) == heads
    except CalculationError:
        assert (first, second) == (50, 50)


def test_heads_are_shown_and_need_no_destination():
    assert "学校：名额 拆分为 优、合" in show(quotas("优: 20%, 合: 其余"))


@pytest.mark.parametrize(
    ("parts", "rounding", "told"),
    [
        ("优: 20%, 合: 其余", "", "取整: 整数 四舍五入"),
        ("优: 20%, 合: 其余", "1位小数 四舍五入", "取整: 整数 四舍五入"),
        ("优: 20%, 合: 其余", "分 四舍五入", "不能按「分」取整"),
        ("优: 20%, 合: 30%", "整数 去尾", "有且只有一个「其余」"),
        ("优: 2元, 合: 其余", "", "既不是比例"),
    ],
)
def test_slips_are_told_with_their_cure(parts, rounding, told):
    with pytest.raises(RuleSetError) as caught:
        quotas(parts, rounding)
    assert told in caught.value.problems[0].message + caught.value.problems[0].remedy


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("- 拆分: 人.得分\n  各份: {甲: 20%, 乙: 其余}\n  取整: 整数 去尾", "不是金额"),
        (f"{COUNT}\n- 拆分: 学校.数\n  各份: {{甲: 0.2, 乙: 其余}}\n  取整: 整数 去尾\n  依据: 办法 一", "写百分比，如 20%"),
        ("- 退回: {学校.名额: 绩效}", "不是金额"),
    ],
)  # fmt: skip
def test_what_is_neither_money_nor_heads_cannot_be_split(rule, told):
    with pytest.raises(RuleSetError) as caught:
        short(rule)
    assert any(told in problem.message + problem.remedy for problem in caught.value.problems)
