"""最高n项 and 去极端平均: by hand, at their edges, and as both evaluators see them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calculation.short import F, column, mistake, people, short, value_of, with_awards
from tests.examples import examples

small = examples(40)
scores = st.one_of(st.none(), st.integers(-300, 300).map(lambda n: f"{n / 100:.2f}"))


@pytest.mark.parametrize(
    ("formula", "values", "result"),
    [
        ("最高3项(荣誉.分值)", ["1", "5", "2.5", "7"], F("14.5")),  # 7 + 5 + 2.5
        ("最高三项(荣誉.分值)", ["1", "5", "2.5", "7"], F("14.5")),
        ("最高两项(荣誉.分值)", ["1", "5", "5", "5"], 10),
        ("最高1项(荣誉.分值)", ["1", "5", "2.5"], 5),
        ("最高3项(荣誉.分值)", ["1", "5"], 6),  # fewer than three: all of them
        ("最高3项(荣誉.分值)", [], 0),
        ("最高3项(荣誉.分值)", [None, "4", None], 4),
        ("最高2项(荣誉.分值)", ["-1", "-5", "-2"], -3),
        ("最高2项(荣誉.分值 其中 分值 < 本行.得分)", ["1", "5", "9", "12"], 14),
        ("最高2项(荣誉.分值 × 2 经 人)", ["1", "5", "9"], 28),
    ],
)
def test_the_highest_are_added_up(formula, values, result):
    assert value_of(formula, with_awards(*values, 得分="10")) == result


@pytest.mark.parametrize(
    ("formula", "values", "result"),
    [
        ("去极端平均(荣誉.分值, 1)", ["1", "9", "4", "5"], F("4.5")),  # 1 and 9 go
        ("去极端平均(荣誉.分值, 10%)", [str(n) for n in range(1, 11)], F("5.5")),  # 1 and 10 of ten go
        ("去极端平均(荣誉.分值, 10%)", ["1", "2", "9"], 4),  # 10 % of three is none
        ("去极端平均(荣誉.分值, 1)", ["3"], -1),
        ("去极端平均(荣誉.分值, 1)", ["3", "4"], -1),
        ("去极端平均(荣誉.分值, 1)", ["3", "4", "9"], 4),
        ("去极端平均(荣誉.分值, 5)", ["3", "4", "9"], -1),
        ("去极端平均(荣誉.分值 其中 分值 > 2, 1)", ["1", "9", "4", "5"], 5),
        ("去极端平均(荣誉.分值, 1 其中 分值 > 2)", ["1", "9", "4", "5"], 5),
        (
            "去极端平均(荣誉.分值, 49%)",
            ["1", "2", "3", "4", "5", "6"],
            F("3.5"),
        ),  # 2.94, cut to 2, at either end
    ],
)
def test_the_extremes_are_taken_away_before_averaging(formula, values, result):
    formula = formula.replace(")", " 无则 -1)")
    assert value_of(formula, with_awards(*values), rounding="2位小数 四舍五入") == result


def test_a_quotient_must_be_rounded():
    assert "取整" in mistake("去极端平均(荣誉.分值, 1)")


def test_money_over_months_adds_up_to_money():
    program = short("- 列: 人月.津贴\n  公式: 100元/月", "- 列: 人.值\n  公式: 最高2项(人月.津贴)")
    assert program.types["人", "值"].unit.is_money
    assert str(program.types["人", "值"].unit) == "元"
    assert column(program, "人.值", people({})) == [200]


@given(
    st.lists(st.lists(scores, max_size=6), min_size=1, max_size=4),
    st.integers(1, 4),
    st.sampled_from(["10%", "25%", "1", "2"]),
)
@small
def test_both_evaluators_agree_and_python_confirms(awards, count, extent):
    rows = people(*({} for _ in awards))
    rows["荣誉"] = [
        {"号": f"P{who:03d}", "项": f"{number}", "分值": value, "有效": "是"}
        for who, values in enumerate(awards)
        for number, value in enumerate(values)
    ]
    program = short(
        f"- 列: 人.高\n  公式: 最高{count}项(荣誉.分值)",
        f"- 列: 人.均\n  公式: 去极端平均(荣誉.分值, {extent} 无则 0)\n  取整: 3位小数 四舍五入",
    )
    known = [sorted((F(value) for value in values if value), reverse=True) for values in awards]
    assert column(program, "人.高", rows) == [sum(values[:count]) for values in known]
    column(program, "人.均", rows)


def test_numbers_beyond_64_bits():
    formula = "最高2项(荣誉.分值 × 100000000000000000000 + 荣誉.分值)"
    assert value_of(formula, with_awards("1", "3", "2")) == 5 * (10**20 + 1)


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("最高(荣誉.分值)", "写明几项"),
        ("最高n项(荣誉.分值)", "写明几项"),
        ("最高0项(荣誉.分值)", "至少一项"),
        ("最高3项(荣誉)", "要写出算哪一列"),
        ("最高3项(荣誉.有效)", "应是数"),
        ("最高3项(荣誉.分值 无则 0)", "请删去「无则」"),
        ("去极端平均(荣誉.分值)", "没有写去掉多少"),
        ("去极端平均(荣誉.分值, 50%)", "小于 50%"),
        ("去极端平均(荣誉.分值, 0)", "不是个数"),
        ("去极端平均(荣誉.分值, 1.5)", "不是个数"),
        ("去极端平均(荣誉.分值, 得分)", "应是个数或百分比"),
        ("合计(荣誉.分值, 1)", "缺少「)」"),
    ],
)
def test_slips_are_told_with_their_cure(formula, told):
    assert told in mistake(formula)
