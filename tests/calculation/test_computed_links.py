"""Lookups in force at a date, by computed keys and by unique columns; groups by computed columns."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from payroll_service.calculation.matching import matched_rows
from payroll_service.calculation.outcome import CalculationError
from payroll_service.snapshot.tables import UnsoundTables
from rules.language.show import show
from tests.calculation.agreement import disagreements, sealed
from tests.calculation.programs import period
from tests.calculation.small_sets import column, mistakes, outcome_of, rule_set
from tests.examples import examples

RUN = "2020-2021-1"  # September 2020 to February 2021

HISTORY = """
表:
  人员:
    {主键: 号, 收款人: 个人, 列: {号: 文字, 起: 日期, 止: 日期 可空}, 查找: {初: 职称史 按 号 在 期初, 入: 职称史 按 号 在 起}}
  职称史: {主键: [号, 自], 有效至: 到, 列: {号: 文字, 自: 日期, 到: 日期 可空, 职称: 选项 高级、初级、未评}}
  人员月:
    {分月: 人员, 到任: 当月起, 离任: 当月止, 依据: 办法 一, 查找: {首: 职称史 按 号 在 月首日, 末: 职称史 按 号 在 月末日}}
标准:
  津贴: {按: [职称], 档: {高级: 300元/月, 初级: 100元/月, 未评: 0元/月}, 依据: 办法 二}
规则:
- {列: 人员月.职称, 公式: 首.职称 否则 未评, 依据: 办法 二}
- {列: 人员月.月末职称, 公式: 末.职称 否则 未评, 依据: 办法 二}
- {列: 人员月.月津贴, 公式: 津贴, 依据: 办法 二}
- {列: 人员.期初职称, 公式: 初.职称 否则 未评, 依据: 办法 二}
- {列: 人员.入职职称, 公式: 入.职称 否则 未评, 依据: 办法 二}
- 列: 人员.应发
  公式: 合计(人员月.月津贴) + 合计(人员月.月津贴 其中 月末职称 = 高级 且 本行.期初职称 = 本行.入职职称) × 0
  依据: 办法 二
发放:
- {编号: 津, 项目: 人员.应发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""


REVIEWS = """
表:
  人员: {主键: 号, 收款人: 个人, 列: {号: 文字}}
  任职: {主键: [号, 校], 列: {号: 文字, 校: 文字, 标准: 金额 元/学期}, 查找: {人: 人员 按 号, 考核: 考核 按 号、校、本期}}
  考核: {主键: [号, 校, 期间], 列: {号: 文字, 校: 文字, 期间: 期间 学期, 分: 整数 0至100}}
规则:
- {列: 任职.奖, 公式: 标准 × (考核.分 否则 0) × 1学期, 依据: 办法 一}
发放:
- {编号: 奖, 项目: 任职.奖, 给: 人, 单位: 人, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""


@pytest.mark.parametrize("people", [6, 400])  # the codes of people and schools are few, or far apart
def test_one_snapshot_tells_the_reviews_of_every_semester(people: int):
    of, terms = rule_set(REVIEWS), ("2020-2021-1", "2020-2021-2", "2021-2022-1")
    names = [f"{number:03}" for number in range(people)]
    rows = {
        "人员": [{"号": name} for name in names],
        "任职": [{"号": name, "校": f"校{name}", "标准": "1"} for name in names],
        "考核": [
            {
                "号": name,
                "校": f"校{name}" if int(name) % 5 else "别校",
                "期间": term,
                "分": str(10 * number + 5),
            }
            for number, term in enumerate(terms[:2])
            for name in names[number:]
            if (int(name) + number) % 3
        ],
    }
    data = sealed(of, rows)
    for term in terms:
        assert disagreements(of, data, period(term)) == []
    second = calculate(of, data, period(terms[1])).columns["任职", "奖"].data.tolist()
    assert second[:6] == [0, 1500, 0, 1500, 1500, 0]


def test_codes_that_are_too_many_to_count_are_searched():
    using, target = np.array([7, 2**50, -1, 3]), np.array([2**50, -1, 7])
    assert matched_rows((using, target, 2**60)).tolist() == [2, 0, -1, -1]


def test_the_row_in_force_is_the_latest_not_after_the_day():
    of = rule_set(HISTORY)
    rows = {
        "人员": [
            {"号": "甲", "起": "2010-09-01"},
            {"号": "乙", "起": "2020-09-01"},
            {"号": "丙", "起": "2020-09-01"},
        ],
        "职称史": [
            {"号": "甲", "自": "2012-07-01", "职称": "初级"},
            {"号": "甲", "自": "2020-11-01", "职称": "高级"},
            {"号": "乙", "自": "2020-10-02", "职称": "初级"},
        ],
    }
    made = outcome_of(of, rows, RUN)
    first = column(of, made, "人员月", "职称")
    assert [first["甲", f"2020-{month:02}"] for month in (9, 10, 11, 12)] == ["初级", "初级", "高级", "高级"]
    assert first["乙", "2020-10"] == "未评"  # in force from the 2nd, the month begins on the 1st
    assert first["乙", "2020-11"] == "初级"
    assert first["丙", "2020-09"] == "未评"
    last = column(of, made, "人员月", "月末职称")
    assert (last["乙", "2020-09"], last["乙", "2020-10"]) == ("未评", "初级")
    assert column(of, made, "人员", "期初职称") == {("甲",): "初级", ("乙",): "未评", ("丙",): "未评"}
    assert column(of, made, "人员", "入职职称")["甲",] == "未评"
    # 甲: 2 months at 100 and 4 at 300; 乙: November to February at 100
    assert column(of, made, "人员", "应发") == {("甲",): 1400, ("乙",): 400, ("丙",): 0}


def test_a_row_that_has_ended_is_not_in_force_and_no_earlier_one_comes_back():
    of = rule_set(HISTORY)
    rows = {
        "人员": [{"号": "甲", "起": "2020-09-01"}],
        "职称史": [
            {"号": "甲", "自": "2015-01-01", "职称": "初级"},
            {"号": "甲", "自": "2018-01-01", "到": "2020-10-01", "职称": "高级"},
        ],
    }
    made = column(of, outcome_of(of, rows, RUN), "人员月", "职称")
    assert [made["甲", month] for month in ("2020-09", "2020-10", "2020-11")] == ["高级", "高级", "未评"]


def in_force(history: list[dict], day: int) -> str:
    """The same by hand: walk the rows from the latest."""
    for row in sorted(history, key=lambda row: row["自"], reverse=True):
        if row["自"] <= date.fromordinal(day).isoformat():
            return "未评" if (row["到"] or "9999") < date.fromordinal(day).isoformat() else row["职称"]
    return "未评"


DAYS = st.integers(0, 230).map(lambda days: (date(2020, 8, 1) + timedelta(days)).isoformat())


@examples(40)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("甲乙丙"), DAYS),
        st.tuples(st.none() | DAYS, st.sampled_from(["高级", "初级"])),
        max_size=8,
    )
)
def test_rows_in_force_are_those_that_a_walk_by_hand_finds(history):
    of = rule_set(HISTORY)
    rows = [{"号": n, "自": day, "到": end, "职称": title} for (n, day), (end, title) in history.items()]
    people = [{"号": n, "起": "2020-09-15"} for n in "甲乙丙丁"]
    made = outcome_of(of, {"人员": people, "职称史": rows}, RUN)
    for (n, month), title in column(of, made, "人员月", "职称").items():
        own = [row for row in rows if row["号"] == n]
        assert title == in_force(own, date.fromisoformat(f"{month}-01").toordinal())
    for (n,), title in column(of, made, "人员", "入职职称").items():
        assert title == in_force([row for row in rows if row["号"] == n], date(2020, 9, 15).toordinal())


STAGED = """
表:
  人员:
    主键: 号
    收款人: 个人
    列: {号: 文字, 工号: 代码 可空, 校: 文字, 得分: 整数 0至100, 师: 代码 可空}
    唯一: [工号]
    查找: {档: 档次 按 等级、倍数, 师傅: 人员 按 师 对 工号, 师档: 档次 按 师傅等级、倍数}
  档次: {主键: [等级, 倍数], 列: {等级: 文字, 倍数: 整数, 单价: 金额 元}}
  等级组: {分组: 人员, 按: [校, 等级, 及格]}
  倍数组: {分组: 人员, 按: [倍数]}
规则:
- 列: 人员.等级
  公式: 如果(得分 ≥ 80, "优", "良")
  依据: 办法 一
- {列: 人员.及格, 公式: 得分 ≥ 60, 依据: 办法 一}
- 列: 人员.有好师傅
  公式: 师傅.得分 否则 0 ≥ 90
  依据: 办法 一
- 列: 人员.倍数
  限于: 得分 > 0
  公式: 如果(有好师傅, 4, 2)
  依据: 办法 一
- 列: 人员.师傅等级
  公式: 师傅.等级 否则 "无"
  依据: 办法 一
- {列: 等级组.人数, 公式: 计数(人员), 依据: 办法 一}
- {列: 人员.底数, 公式: (档.单价 否则 0元) + (师档.单价 否则 0元), 依据: 办法 一}
- {列: 倍数组.总额, 公式: 合计(人员.底数), 依据: 办法 一}
- {列: 人员.应发, 公式: 底数 × (等级组.人数 否则 0) + (倍数组.总额 否则 0元), 依据: 办法 一}
发放:
- {编号: 奖, 项目: 人员.应发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""
PRICES = [
    {"等级": "优", "倍数": 2, "单价": "10"},
    {"等级": "优", "倍数": 4, "单价": "20"},
    {"等级": "良", "倍数": 2, "单价": "1"},
]


def test_groups_and_lookups_by_computed_columns_are_made_when_these_are():
    of = rule_set(STAGED)
    people = [
        {"号": "甲", "工号": "G1", "校": "一", "得分": 95},
        {"号": "乙", "工号": "G2", "校": "一", "得分": 85, "师": "G1"},
        {"号": "丙", "校": "一", "得分": 70, "师": "G2"},
        {"号": "丁", "校": "二", "得分": 0},
    ]
    made = outcome_of(of, {"人员": people, "档次": PRICES}, RUN)
    assert column(of, made, "等级组", "人数") == {
        ("一", "优", "是"): 2,
        ("一", "良", "是"): 1,
        ("二", "良", "否"): 1,
    }
    assert column(of, made, "人员", "倍数") == {("甲",): 2, ("乙",): 4, ("丙",): 2, ("丁",): None}
    # 甲: 优2 is 10, no master; 乙: 优4 is 20, the master's 优4 20; 丙: 良2 is 1, the master's 优2 is 10
    assert column(of, made, "人员", "底数") == {("甲",): 10, ("乙",): 40, ("丙",): 11, ("丁",): 0}
    assert column(of, made, "倍数组", "总额") == {("2",): 21, ("4",): 40}
    # 丁 is in no group of multiples, and alone among the fails of school 二
    assert column(of, made, "人员", "应发") == {("甲",): 41, ("乙",): 120, ("丙",): 32, ("丁",): 0}


@examples(30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("一二"), st.sampled_from([0, 59, 60, 79, 80, 90]), st.none() | st.integers(0, 6)
        ),
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_staged_runs_agree_and_do_not_depend_on_the_order_of_rows(people, dice):
    of = rule_set(STAGED)
    rows = [
        {
            "号": f"{n}",
            "工号": f"G{n}",
            "校": school,
            "得分": score,
            "师": None if m is None or m >= len(people) else f"G{m}",
        }
        for n, (school, score, m) in enumerate(people)
    ]
    once = column(of, outcome_of(of, {"人员": rows, "档次": PRICES}, RUN), "人员", "应发")
    dice.shuffle(rows)
    again = column(of, outcome_of(of, {"人员": rows, "档次": PRICES}, RUN), "人员", "应发")
    assert once == again


def test_what_is_declared_unique_must_be_unique_where_it_is_filled():
    of = rule_set(STAGED)
    people = [
        {"号": n, "工号": g, "校": "一", "得分": 1}
        for n, g in (("甲", "G1"), ("乙", None), ("丙", None), ("丁", "G1"))
    ]
    with pytest.raises(UnsoundTables) as caught:
        outcome_of(of, {"人员": people, "档次": []}, RUN)
    (problem,) = caught.value.problems
    assert (problem.cell, problem.column, problem.kind) == ("5", "工号", "重复")


def test_a_filled_key_of_a_unique_column_that_leads_nowhere_is_a_problem_of_the_data():
    of = rule_set(STAGED)
    people = [{"号": "甲", "校": "一", "得分": 1, "师": "G9"}]
    with pytest.raises(UnsoundTables) as caught:
        outcome_of(of, {"人员": people, "档次": PRICES}, RUN)
    assert [problem.kind for problem in caught.value.problems] == ["查找不到"]


def test_a_computed_key_that_leads_nowhere_is_an_error_of_the_row_that_needs_it():
    of = rule_set(STAGED.replace("(档.单价 否则 0元)", "档.单价"))
    people = [{"号": "甲", "校": "一", "得分": 1}]
    with pytest.raises(CalculationError) as caught:
        outcome_of(of, {"人员": people, "档次": []}, RUN)
    assert [(one.key, one.column) for one in caught.value.problems] == [(("甲",), "底数")]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("按 号 在 月首日, 末", "按 号, 末", ["要按「职称史」的全部主键（号、自）", "职称史 按 号 在 期初"]),
        ("按 号 在 月首日, 末", "按 号 在 期初, 末", ["各月都一样", "请写到表「人员」里"]),
        ("职称史 按 号 在 起", "职称史 按 号 在 月首日", ["只有分月表的行才有"]),
        ("职称史 按 号 在 起", "职称史 按 号 在 号", ["不是日期列"]),
        ("职称史 按 号 在 起", "职称史 按 号 在 开始", ["没有列「开始」", "期初"]),
        ("职称史 按 号 在 起", "人员 按 号 在 起", ["最后一列不是日期"]),
        ("职称史 按 号 在 起", "职称史 按 起 在 起", ["类型不同"]),
        ("职称史 按 号 在 起", "职称史 按 号 对 号", ["可能有几行的号相同", "唯一: [号]"]),
        ("有效至: 到", "有效至: 职称", ["不是日期列"]),
        ("有效至: 到", "有效至: 止", ["不是本表的列"]),
    ],
)  # fmt: skip
def test_slips_in_lookups_are_told_with_their_cure(old, new, told):
    assert HISTORY.count(old) == 1
    found = mistakes(HISTORY.replace(old, new))
    for words in told:
        assert words in found


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("师傅: 人员 按 师 对 工号", "师傅: 人员 按 师 对 学号", ["没有列「学号」"]),
        ("师傅: 人员 按 师 对 工号", "师傅: 人员 按 师、校 对 工号", ["列数不同"]),
        ("唯一: [工号]", "唯一: [学号]", ["不是本表的列"]),
        ("档: 档次 按 等级、倍数,", "档: 档次 按 倍数、等级,", ["次序不同", "档次 按 等级、倍数"]),
        ("公式: 得分 ≥ 60,", "公式: 等级组.人数 ≥ 2,", ["成了一个圈"]),
        ("公式: 如果(得分 ≥ 80", "公式: 如果(档.单价 ≥ 80元", ["成了一个圈"]),
    ],
)  # fmt: skip
def test_slips_in_computed_keys_are_told_with_their_cure(old, new, told):
    assert STAGED.count(old) == 1
    found = mistakes(STAGED.replace(old, new))
    for words in told:
        assert words in found


def test_rules_show_tells_by_what_a_row_is_looked_up():
    told = show(rule_set(HISTORY))
    assert "查找：初 → 职称史（期初 有效的一行），入 → 职称史（起 有效的一行）" in told
    assert "每行从 自 起有效，至 到" in told
    told = show(rule_set(STAGED))
    assert "师傅 → 人员（对 工号）" in told
    assert "唯一：工号" in told


def test_an_explanation_shows_the_row_in_force_and_goes_on_to_it():
    of = rule_set(HISTORY)
    history = [{"号": "甲", "自": "2012-07-01", "职称": "高级"}]
    made = outcome_of(of, {"人员": [{"号": "甲", "起": "2020-12-01"}], "职称史": history}, RUN)
    (told,) = explain(of, made, "人员", ("甲",))
    seen = []

    def walk(value):
        seen.append((value.table, value.column, value.row, value.value))
        for child in value.children:
            walk(child)

    walk(told.root)
    assert ("职称史", "职称", "甲 2012-07-01", "高级") in seen
