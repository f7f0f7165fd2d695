"""Rows that read the one before them: carried-over balances, streaks, escalation; 开头; circles through 上月 and 上一行."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation import blocks
from payroll_service.calculation.closing_rows import closing_rows
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from payroll_service.calculation.outcome import CalculationError
from payroll_service.snapshot.tables import UnsoundTables
from rules.language.show import show
from tests.calculation.agreement import sealed
from tests.calculation.programs import period
from tests.calculation.small_sets import column, fractions, mistakes, outcome_of, rule_set
from tests.examples import examples

RUN = "2020-2021-1"  # September 2020 to February 2021

BALANCE = """
表:
  人员:
    主键: 号
    收款人: 个人
    列: {号: 文字, 起: 日期, 止: 日期 可空, 月绩效: 金额 元/月, 应扣: 金额 元}
    查找: {旧账: 结转表 按 号}
  结转表: {主键: 号, 列: {号: 文字, 余额: 金额 元}}
  人员月: {分月: 人员, 到任: 当月起, 离任: 当月止, 依据: 办法 一}
规则:
- {列: 人员月.发放额, 公式: 月绩效 × 1月 - 本月扣, 依据: 办法 一}
- 列: 人员月.本月扣
  公式: 取小(月绩效 × 1月, 待扣)
  依据: 办法 一
- {列: 人员月.待扣, 公式: 上月.未扣, 依据: 办法 一}
- 列: 人员月.未扣
  公式: 待扣 - 本月扣
  开头: 应扣 + (旧账.余额 否则 0元)
  依据: 办法 一
- {列: 人员.应发, 公式: 合计(人员月.发放额), 依据: 办法 一}
发放:
- {编号: 绩, 项目: 人员.应发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""


def test_a_deduction_is_carried_from_month_to_month_until_nothing_is_left():
    of = rule_set(BALANCE)
    people = [
        {"号": "甲", "起": "2015-09-01", "月绩效": "300", "应扣": "700"},
        {"号": "乙", "起": "2020-11-01", "止": "2021-01-31", "月绩效": "100", "应扣": "0"},
    ]
    made = outcome_of(
        of, {"人员": people, "结转表": [{"号": "甲", "余额": "0"}, {"号": "乙", "余额": "250.50"}]}, RUN
    )
    months = ["2020-09", "2020-10", "2020-11", "2020-12", "2021-01", "2021-02"]
    left = column(of, made, "人员月", "未扣")
    assert [left["甲", month] for month in months] == [400, 100, 0, 0, 0, 0]
    # 乙 brings 250.50 of last year: 100, 100 and 50.50 are taken
    assert [left["乙", month] for month in months[2:5]] == [Fraction("150.5"), Fraction("50.5"), 0]
    assert column(of, made, "人员", "应发") == {("甲",): 1100, ("乙",): Fraction("49.5")}


STREAK = """
表:
  人员: {主键: 号, 收款人: 个人, 列: {号: 文字}}
  考核:
    主键: 编
    列: {编: 文字, 号: 文字, 学年: 整数 2000至2099, 优秀: 是否, 扣: 金额 元}
    查找: {人: 人员 按 号}
    顺序: {在: [号], 按: [学年]}
规则:
- 列: 考核.连优
  限于: 优秀
  否则: 0
  公式: 上一行.连优 + 1
  开头: 0
  依据: 办法 一
- 列: 考核.档
  公式: 如果(连优 ≥ 3, "突出", 如果(上一行.档 否则 "新" = "突出", "曾突出", "一般"))
  依据: 办法 一
- 列: 考核.累扣
  公式: (上一行.累扣 否则 0元) + 扣
  依据: 办法 一
- 列: 考核.奖
  公式: 如果(连优 ≥ 2, 100元 × 连优, 0元) - 取小(累扣, 100元)
  例外: [{当: 累扣 > 300元, 值: 0元, 依据: 办法 二}]
  依据: 办法 一
- 列: 人员.应发
  公式: 取大(0元, 合计(考核.奖 其中 非 (档 = "曾突出")))
  依据: 办法 一
发放:
- {编号: 奖, 项目: 人员.应发, 给: 本行, 单位: 本行, 所属: 学年, 何时: 学年末, 资金: 绩效}
"""


def year(n, person, when, good, less="0"):
    return {"编": n, "号": person, "学年": str(when), "优秀": "是" if good else "否", "扣": less}


def test_a_streak_counts_along_the_order_of_years_whatever_the_order_of_rows():
    of = rule_set(STREAK)
    rows = [
        year("a", "甲", 2020, True),
        year("b", "甲", 2018, True),
        year("c", "甲", 2019, True, "50"),
        year("d", "甲", 2021, False),
        year("e", "乙", 2020, True, "301"),
    ]
    made = outcome_of(of, {"人员": [{"号": "甲"}, {"号": "乙"}], "考核": rows}, "2020-2021")
    assert column(of, made, "考核", "连优") == {("b",): 1, ("c",): 2, ("a",): 3, ("d",): 0, ("e",): 1}
    assert column(of, made, "考核", "档") == {
        ("b",): "一般", ("c",): "一般", ("a",): "突出", ("d",): "曾突出", ("e",): "一般",
    }  # fmt: skip
    assert column(of, made, "考核", "奖") == {("b",): 0, ("c",): 150, ("a",): 250, ("d",): -50, ("e",): 0}
    assert column(of, made, "人员", "应发") == {("甲",): 400, ("乙",): 0}


@examples(30)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("甲乙丙"), st.integers(2000, 2012)),
        st.tuples(st.booleans(), st.integers(0, 40_000)),
        max_size=14,
    ),
    st.randoms(use_true_random=False),
)
def test_lines_agree_in_both_evaluators_and_in_any_order_of_rows(found, dice):
    of = rule_set(STREAK)
    rows = [
        year(f"{n}{when}", n, when, good, str(Fraction(fen, 100))) if fen % 100 == 0
        else year(f"{n}{when}", n, when, good, f"{fen / 100:.2f}")
        for (n, when), (good, fen) in found.items()
    ]  # fmt: skip
    people = [{"号": n} for n in "甲乙丙"]
    once = outcome_of(of, {"人员": people, "考核": rows}, "2020-2021")
    dice.shuffle(rows)
    again = outcome_of(of, {"人员": people, "考核": rows}, "2020-2021")
    for name in ("连优", "档", "累扣", "奖"):
        assert column(of, once, "考核", name) == column(of, again, "考核", name)
    for (n, when), (good, _) in found.items():
        streak, back = 0, when if good else None
        earlier = sorted((w for (m, w) in found if m == n and w <= when), reverse=True)
        for one in earlier:
            if not found[n, one][0]:
                break
            streak += 1
        assert back is None or streak
        assert column(of, once, "考核", "连优")[f"{n}{when}",] == streak


def test_a_line_of_thousands_of_rows_is_no_deeper_than_a_short_one():
    of = rule_set(STREAK.replace("2000至2099", "0至9999"))
    rows = [year(f"{n:04}", "甲", 9999 - n, n % 7 != 0, "0.01") for n in range(1500)]
    made = outcome_of(of, {"人员": [{"号": "甲"}], "考核": rows}, "2020-2021")
    assert column(of, made, "考核", "累扣")["0000",] == 15
    texts = explain(of, made, "人员", ("甲",))
    assert texts[0].root is not None


def test_two_rows_of_one_place_in_the_order_are_a_problem_of_the_data():
    of = rule_set(STREAK)
    rows = [year("a", "甲", 2020, True), year("b", "甲", 2020, False), year("c", "乙", 2020, True)]
    with pytest.raises(UnsoundTables) as caught:
        outcome_of(of, {"人员": [{"号": "甲"}, {"号": "乙"}], "考核": rows}, "2020-2021")
    assert [(one.cell, one.kind) for one in caught.value.problems] == [("3", "先后不明")]


def test_an_error_in_a_row_is_told_once_and_not_again_of_the_rows_after_it():
    text = STREAK.replace(
        "公式: (上一行.累扣 否则 0元) + 扣\n",
        "公式: (上一行.累扣 否则 0元) + 扣 ÷ (学年 - 2019)\n  取整: 分 四舍五入\n",
    )
    of = rule_set(text)
    rows = [year(f"{when}", "甲", when, True, "10") for when in range(2017, 2023)]
    snapshot = sealed(of, {"人员": [{"号": "甲"}], "考核": rows})
    with pytest.raises(CalculationError) as caught:
        calculate(of, snapshot, period("2020-2021"))
    assert [(one.key, one.column) for one in caught.value.problems] == [(("2019",), "累扣")]


def test_the_month_before_is_that_of_the_same_row_above_and_no_other():
    text = """
表:
  人员: {主键: 号, 收款人: 个人, 列: {号: 文字, 起: 日期, 止: 日期 可空, 额: 金额 元/月}, 查找: {}}
  人员月: {分月: 人员, 到任: 当月起, 离任: 当月止, 依据: 办法 一}
规则:
- {列: 人员月.前额, 公式: 上月.月额 否则 0元/月, 依据: 办法 一}
- {列: 人员月.月额, 公式: 额, 依据: 办法 一}
- {列: 人员月.前前额, 公式: 上月.上月.月额 否则 0元/月, 依据: 办法 一}
- {列: 人员月.上岗, 公式: 上月.起 否则 2000-01-01, 依据: 办法 一}
- {列: 人员月.有前月, 公式: 上岗 > 2000-01-01, 依据: 办法 一}
- {列: 人员.应发, 公式: 合计(人员月.前额) + 合计(人员月.前前额) + 合计(人员月.月额 其中 有前月) × 0, 依据: 办法 一}
发放:
- {编号: 绩, 项目: 人员.应发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
""".replace(", 查找: {}", "")
    of = rule_set(text)
    people = [
        {"号": "甲", "起": "2020-01-01", "止": "2020-11-30", "额": "100"},
        {"号": "乙", "起": "2020-12-01", "额": "10"},
    ]
    made = outcome_of(of, {"人员": people}, RUN)
    assert list(column(of, made, "人员月", "前额").values()) == [0, 10, 10, 0, 100, 100]
    assert list(column(of, made, "人员月", "前前额").values()) == [0, 0, 10, 0, 0, 100]
    assert list(column(of, made, "人员月", "有前月").values()) == [False, True, True, False, True, True]
    assert column(of, made, "人员", "应发") == {("甲",): 300, ("乙",): 30}


GROUPS = """
表:
  人员: {主键: 号, 收款人: 个人, 列: {号: 文字, 校: 文字, 级: 整数 1至9, 额: 金额 元}}
  级组: {分组: 人员, 按: [校, 级], 顺序: {在: [校], 按: [级]}}
规则:
- {列: 级组.小计, 公式: 合计(人员.额), 依据: 办法 一}
- {列: 级组.累计, 公式: (上一行.累计 否则 0元) + 小计, 依据: 办法 一}
- {列: 人员.应发, 公式: 级组.累计, 依据: 办法 一}
发放:
- {编号: 绩, 项目: 人员.应发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""


RESERVE = """
表:
  人员: {主键: 号, 收款人: 个人, 列: {号: 文字, 起: 日期, 止: 日期 可空, 月绩效: 金额 元/月, 违规月: 日期 可空}}
  人员月: {分月: 人员, 到任: 当月起, 离任: 当月止, 依据: 办法 一}
规则:
- {列: 人员月.可发, 公式: 月绩效 × 1月 + (上月.补回 否则 0元), 依据: 办法 一}
- 拆分: 人员月.可发
  各份: {发放额: 70%, 预留: 其余}
  取整: 分 四舍五入
  依据: 办法 二
- 列: 人员月.补回
  公式: 预留 × 50%
  取整: 角 去尾
  依据: 办法 三
- {退回: {人员月.预留: 绩效}, 依据: 办法 三}
否决:
- 名称: 当月违规
  表: 人员月
  当: 违规月 否则 2000-01-01 = 月首日 或 (上月.补回 否则 0元) > 40元
  项目: {发放额: 退回 绩效, 补回: 退回 绩效}
  依据: 办法 四
发放:
- {编号: 绩, 项目: 人员月.发放额, 给: 人员, 单位: 人员, 所属: 月, 何时: 学期末, 资金: 绩效}
"""


def test_a_split_and_a_veto_may_stand_in_a_line():
    of = rule_set(RESERVE)
    people = [
        {"号": "甲", "起": "2020-09-01", "止": "2020-12-31", "月绩效": "100.01"},
        {"号": "乙", "起": "2020-11-01", "止": "2021-01-31", "月绩效": "100.01", "违规月": "2020-12-01"},
        {"号": "丙", "起": "2020-11-01", "止": "2021-01-31", "月绩效": "300"},
    ]
    made = outcome_of(of, {"人员": people}, RUN)
    paid, back = column(of, made, "人员月", "发放额"), column(of, made, "人员月", "补回")
    # 甲 100.01: 70.01 paid, 30.00 kept, 15.00 back; then 115.01: 80.51 and 34.50, 17.20 back; 117.21: 82.05, 35.16, 17.50
    assert [paid["甲", f"2020-{m:02}"] for m in (9, 10, 11, 12)] == fractions(
        "70.01", "80.51", "82.05", "82.26"
    )
    assert [back["甲", f"2020-{m:02}"] for m in (9, 10, 11)] == fractions("15", "17.2", "17.5")
    # 乙: December's pay and what it would give back go to the fund, January starts anew
    assert [paid["乙", m] for m in ("2020-11", "2020-12", "2021-01")] == fractions("70.01", "0", "70.01")
    # 丙: 45.00 back in November vetoes December, whose own 0 lets January be paid
    assert [back["丙", m] for m in ("2020-11", "2020-12", "2021-01")] == fractions("45", "0", "45")
    taken = {one.column: int(one.amount.sum()) for one in made.withheld}
    assert taken["发放额"] == 8051 + 24150


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_lines_do_not_depend_on_the_size_of_blocks(monkeypatch, rows):
    of = rule_set(RESERVE)
    people = [
        {
            "号": f"{n:02}",
            "起": "2020-10-01",
            "月绩效": str(100 + n),
            "违规月": None if n % 3 else "2020-12-01",
        }
        for n in range(20)
    ]
    whole = column(of, outcome_of(of, {"人员": people}, RUN), "人员月", "发放额")
    monkeypatch.setattr(blocks, "BLOCK_ROWS", rows)
    assert column(of, outcome_of(of, {"人员": people}, RUN), "人员月", "发放额") == whole


def test_groups_stand_in_order_too():
    of = rule_set(GROUPS)
    people = [
        {"号": n, "校": school, "级": level, "额": amount}
        for n, school, level, amount in [
            ("甲", "一", 9, "1"),
            ("乙", "一", 2, "10"),
            ("丙", "一", 2, "20"),
            ("丁", "二", 1, "5"),
        ]
    ]
    made = outcome_of(of, {"人员": people}, RUN)
    assert column(of, made, "人员", "应发") == {("甲",): 31, ("乙",): 30, ("丙",): 30, ("丁",): 5}


def test_an_explanation_follows_the_line_back_to_where_it_opened():
    of = rule_set(BALANCE)
    people = [{"号": "甲", "起": "2020-12-01", "月绩效": "300", "应扣": "700"}]
    made = outcome_of(of, {"人员": people, "结转表": [{"号": "甲", "余额": "5"}]}, RUN)
    (told,) = explain(of, made, "人员", ("甲",))
    seen = []

    def walk(value):
        seen.append((value.column, value.value))
        for child in value.children:
            walk(child)

    walk(told.root)
    assert ("未扣", "405.00元") in seen
    assert ("应扣", "700.00元") in seen
    assert ("余额", "5.00元") in seen


CARRIED = STREAK.replace(
    "  考核:\n", "  上期扣: {上期: 考核, 主键: 号, 列: {号: 文字, 累扣: 金额}}\n  考核:\n"
)
CARRIED = CARRIED.replace("人: 人员 按 号}", "人: 人员 按 号, 旧: 上期扣 按 号}")
CARRIED = CARRIED.replace("(上一行.累扣 否则 0元)", "(上一行.累扣 否则 (旧.累扣 否则 0元))")


def test_the_last_row_of_a_line_is_carried_into_the_next_period():
    of = rule_set(CARRIED)
    rows = [
        year("a", "甲", 2019, False, "5"),
        year("b", "甲", 2018, False, "7"),
        year("c", "乙", 2018, False, "6"),
    ]
    people = [{"号": "甲"}, {"号": "乙"}]
    first = calculate(of, sealed(of, {"人员": people, "考核": rows}), period("2019-2020"))
    closing = closing_rows(of, first, of.tables["上期扣"])
    left = dict(zip(closing.columns["号"], closing.columns["累扣"], strict=True))
    assert left == {"甲": "12.00", "乙": "6.00"}
    brought = [{"号": person, "累扣": amount} for person, amount in left.items()]
    rows = [year("d", "甲", 2020, False, "100"), year("e", "乙", 2021, False, "0.50")]
    made = outcome_of(of, {"人员": people, "考核": rows, "上期扣": brought}, "2020-2021")
    assert column(of, made, "考核", "累扣") == {("d",): 112, ("e",): Fraction("6.5")}


VETOED = """- {列: 考核.丙, 公式: (上一行.丙 否则 0元) + 扣, 依据: 办法 一}
- {列: 考核.甲, 公式: 扣, 开头: 丙, 依据: 办法 一}
- {列: 考核.丁, 公式: 上一行.上一行.甲, 依据: 办法 一}
否决:
- {名称: 停, 表: 考核, 当: 丁 > 300元, 项目: {丙: 退回 绩效}, 依据: 办法 一}
发放:
"""


@pytest.mark.parametrize(
    ("text", "old", "new", "told"),
    [
        (CARRIED.replace("上期扣 按 号", "上期扣 按 编"), "主键: 号, 列: {号: 文字, 累", "主键: 编, 列: {编: 文字, 累",
         ["主键应是「号」：「考核」有顺序，带到下一期的是每一列的最后一行", "请写「主键: [号]」"]),
        (STREAK, "发放:\n", VETOED, ["成了一个圈：考核.丙", "不能隔几行读"]),
        (STREAK, "发放:\n", VETOED.replace("上一行.上一行.甲", "甲 + 丙"), ["成了一个圈：考核.丙 → 考核.丁 → 考核.丙", "去掉其中一处"]),
        (STREAK, "发放:\n", VETOED.replace("(上一行.丙 否则 0元) + 扣", "扣").replace("上一行.上一行.甲", "丙"),
         ["成了一个圈：考核.丙 → 考核.丁 → 考核.丙", "去掉其中一处"]),
        (STREAK, "公式: (上一行.累扣 否则 0元) + 扣", "公式: (上一行.累扣 否则 0元) + 1元 × 排名(上一行.累扣 在 人)",
         ["成了一个圈：考核.累扣", "不能放进合计等里面"]),
        (STREAK, "公式: 上一行.连优 + 1\n  开头: 0\n", "公式: 上一行.连优 + 1\n  开头: 无名\n", ["没有「无名」"]),
        (STREAK, "(上一行.累扣 否则 0元) + 扣\n", "(上一行.累扣 否则 丙) + 扣\n  依据: 办法 一\n- 列: 考核.丙\n  公式: 累扣 + 扣\n",
         ["却没有说第一行从什么开始", "成了一个圈：考核.累扣 → 考核.丙 → 考核.累扣"]),
        (STREAK, "(上一行.累扣 否则 0元) + 扣", "上一行.累扣 + 扣", ["却没有说第一行从什么开始", "开头: 0元"]),
        (STREAK, "公式: 上一行.连优 + 1\n  开头: 0\n", "公式: (上一行.连优 否则 0) + 上一行.扣 ÷ 1元\n  取整: 整数 去尾\n",
         ["第一行没有上一行，「上一行.扣」在那里没有值"]),
        (STREAK, "开头: 0\n", "开头: 0元\n", ["单位不同"]),
        (STREAK, "    顺序: {在: [号], 按: [学年]}\n", "", ["没有「上一行」"]),
        (STREAK, "按: [学年]}", "按: [年份]}", ["不是「考核」自己的列"]),
        (STREAK, "按: [学年]}", "按: [优秀]}", ["不能按「优秀」排先后"]),
        (STREAK, "学年: 整数 2000至2099", "学年: 整数 2000至2099 可空", ["可空，空着就不知道排在哪里"]),
        (STREAK, "- 列: 人员.应发\n  公式: 取大",
         "- {列: 人员.总, 公式: 合计(考核.奖), 开头: 0元, 依据: 办法 一}\n- 列: 人员.应发\n  公式: 总 × 0 + 取大", ["没有先后，不能写「开头」"]),
        (STREAK, "公式: (上一行.累扣 否则 0元) + 扣", "公式: 累扣 + 扣", ["成了一个圈：考核.累扣 → 考核.累扣"]),
        (STREAK, "公式: (上一行.累扣 否则 0元) + 扣", "公式: (上一行.奖 否则 0元) + 扣 + 奖", ["成了一个圈"]),
        (STREAK, "公式: (上一行.累扣 否则 0元) + 扣", "公式: (上一行.累扣 否则 0元) + 扣 + 人.应发", ["成了一个圈"]),
        (STREAK, "公式: (上一行.累扣 否则 0元) + 扣", "公式: (上一行.累扣 否则 0元) × 1.05 + 扣", ["没有尽头", "取整: 分 四舍五入"]),
        (GROUPS, "顺序: {在: [校], 按: [级]}", "顺序: {在: [], 按: [级]}", ["可能有几组排在同一处", "校"]),
        (BALANCE, "公式: 上月.未扣, 依据: 办法 一}\n",
         "公式: 上月.甲, 依据: 办法 一}\n- {列: 人员月.甲, 公式: 上月.甲 + 应扣, 开头: 待扣, 依据: 办法 一}\n",
         ["「人员月.甲」要读上一行的自己，却没有说第一行从什么开始"]),
        (BALANCE, "公式: 上月.未扣", "公式: 上月.上月.未扣 否则 0元", ["成了一个圈", "不能隔几行读"]),
    ],
)  # fmt: skip
def test_slips_in_lines_are_told_with_their_cure(text, old, new, told):
    assert text.count(old) == 1
    found = mistakes(text.replace(old, new))
    for words in told:
        assert words in found, found


def test_other_rows_may_be_ranked_in_a_line_by_what_is_not_carried_along_it():
    text = STREAK.replace("(上一行.累扣 否则 0元) + 扣", "(上一行.累扣 否则 0元) + 1元 × 排名(扣 在 人)")
    text = text.replace("公式: (上一行", "说明: 上年的，否则按名次\n  公式: (上一行")
    of = rule_set(text)
    rows = [
        year("a", "甲", 2018, False, "5"),
        year("b", "甲", 2019, False, "7"),
        year("c", "甲", 2020, False, "6"),
    ]
    made = outcome_of(of, {"人员": [{"号": "甲"}], "考核": rows}, "2020-2021")
    assert column(of, made, "考核", "累扣") == {("a",): 3, ("b",): 4, ("c",): 6}  # places 3, 1, 2


def test_rules_show_tells_the_order_the_opening_and_what_goes_row_by_row():
    told = show(rule_set(STREAK))
    assert "顺序：号 相同的各行按 学年 排，上一行可读" in told
    assert "开头 0" in told
    assert told.count("从第一行起逐行计算（每行要读上一行）") == 3  # 连优, 档, 累扣
