"""排名: 1, 1, 3 among the rows of a group; who is not ranked has no rank."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.outcome import CalculationError
from rules.language.program import Formula
from rules.language.render import render
from tests.calculation.short import column, mistake, people, short
from tests.examples import examples

small = examples(60)


def ranks(formula: str, *cells: dict) -> list:
    return column(short(f"- 列: 人.名次\n  公式: {formula} 否则 0"), "人.名次", people(*cells))


SCORES = [{"得分": score} for score in ("90", "80", "90", None, "70", "80")]


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("排名(得分 在 校)", [1, 3, 1, 0, 5, 3]),
        ("排名(得分 在 校 由高到低)", [1, 3, 1, 0, 5, 3]),
        ("排名(得分 在 校 连续)", [1, 2, 1, 0, 3, 2]),
        ("排名(得分 在 校组 由低到高)", [4, 2, 4, 0, 1, 2]),
        ("RANK(人.得分 在 全体 由低到高 连续)", [3, 2, 3, 0, 1, 2]),
        ("排名(得分 在 校 其中 得分 < 90)", [0, 1, 0, 0, 3, 1]),
        ("排名(-得分 ÷ 3 在 校)", [4, 2, 4, 0, 1, 2]),
        ("排名(得分 否则 85 在 校)", [1, 4, 1, 3, 6, 4]),
        ("排名(起 在 校)", [1, 1, 1, 1, 1, 1]),
    ],
)
def test_places(formula, result):
    assert ranks(formula, *SCORES) == result


def test_each_group_ranks_its_own_and_who_is_in_none_has_no_rank():
    cells = [
        {"校号": school, "得分": score}
        for school, score in (("A", 5), ("B", 4), ("A", 9), (None, 10), ("B", 4))
    ]
    assert ranks("排名(得分 在 校)", *cells) == [2, 1, 1, 0, 1]
    assert ranks("排名(得分 在 全体)", *cells) == [3, 4, 2, 1, 4]


def test_the_top_fifth_is_rank_over_heads():
    program = short(
        "- 列: 人.名次\n  公式: 排名(得分 在 校)",
        "- 列: 学校.人数\n  公式: 计数(人)",
        "- 列: 人.优秀\n  公式: 名次 ÷ 校.人数 ≤ 20%",
    )
    rows = people(*({"得分": score} for score in range(10)))
    assert column(program, "人.优秀", rows) == [False] * 8 + [True, True]


def test_a_rule_for_some_rows_ranks_among_all():
    program = short("- 列: 人.名次\n  限于: 身份 = 校长\n  公式: 排名(得分 在 校)\n  否则: 0")
    assert column(program, "人.名次", people({"得分": 3}, {"得分": 2, "身份": "校长"}, {"得分": 1})) == [
        0,
        2,
        0,
    ]


def test_an_error_of_one_is_an_error_of_its_group_unless_it_is_not_ranked():
    cells = [{"得分": 1}, {"得分": 0}, {"得分": 2}]
    with pytest.raises(CalculationError):
        ranks("排名(1 ÷ 得分 在 校)", *cells)
    assert ranks("排名(1 ÷ 得分 在 校 其中 得分 > 0)", *cells) == [1, 0, 2]


def test_who_has_no_rank_is_an_error_unless_the_rule_says_otherwise():
    with pytest.raises(CalculationError):
        column(short("- 列: 人.名次\n  公式: 排名(得分 在 校)"), "人.名次", people({"得分": None}))


def test_numbers_beyond_64_bits():
    formula = "排名(得分 × 100000000000000000000 + 节数 ÷ 1节 在 校)"
    assert ranks(formula, {"得分": 9, "节数": 1}, {"得分": 9, "节数": 2}, {"得分": 8, "节数": 9}) == [2, 1, 3]


cells = st.fixed_dictionaries(
    {
        "校号": st.sampled_from(["A", "A", "B", None]),
        "身份": st.sampled_from(["教师", "校长"]),
        "得分": st.one_of(st.none(), st.integers(0, 4)),
        "课时": st.one_of(st.none(), st.integers(0, 2)),
    }
)


@given(
    st.lists(cells, max_size=8),
    st.sampled_from(["校", "校组", "全体"]),
    st.sampled_from(["", "由低到高"]),
    st.sampled_from(["", "连续"]),
    st.sampled_from(["", "其中 身份 = 教师", "其中 得分 > 1"]),
    st.sampled_from(["得分", "得分 ÷ (1 + 得分)", "10节 ÷ 课时"]),
)
@small
def test_both_evaluators_agree(rows, link, order, dense, where, value):
    program = short(f"- 列: 人.名次\n  公式: 排名({value} 在 {link} {order} {dense} {where}) 否则 0")
    try:
        found = column(program, "人.名次", people(*rows))
    except CalculationError:
        return
    assert all(place <= len(rows) for place in found)


def test_it_is_written_as_it_was():
    step = short("- 列: 人.名次\n  公式: 排名(得分+1 在 校 连续 由低到高 其中 身份=教师)").steps[0]
    assert isinstance(step, Formula)
    assert render(step.value) == "排名(得分 + 1 在 校 由低到高 连续 其中 身份 = 教师)"


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("排名(得分)", "没有写在哪一组里排"),
        ("排名(得分, 校)", "没有写在哪一组里排"),
        ("排名(得分 在校)", "两边要有空格"),
        ("排名(得分 在 身份)", "不是查找，也不是分组"),
        ("排名(得分 在 县)", "没有「县」"),
        ("排名(身份 在 校)", "不能按选项排"),
        ("排名(得分 在 校 由低到高 由高到低)", "重复或相反"),
        ("排名(得分 在 校 连续 连续)", "重复或相反"),
        ("排名(得分 在 校 其中 得分)", "应是条件"),
        ("排名(得分 在 校 从低到高)", "缺少「)」"),
    ],
)
def test_slips_are_told_with_their_cure(formula, told):
    assert told in mistake(formula)
