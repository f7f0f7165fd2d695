"""Rules as few counties write them: both evaluators say the same of them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from payroll_service.calculation import applicability
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from payroll_service.calculation.outcome import CalculationError
from rules.language.program import Program
from tests.calculation.agreement import disagreements, sealed
from tests.calculation.programs import period
from tests.calculation.small_sets import column, outcome_of, rule_set

RUN = "2020-2021-1"
PEOPLE = """
表:
  学校: {主键: 校号, 列: {校号: 代码}}
  考勤: {主键: [号, 期], 列: {号: 证件号, 期: 期间 学期}}
  补助: {主键: [校号, 自], 列: {校号: 代码, 自: 日期, 补: 金额 元/月}}
  人员:
    主键: 号
    收款人: 个人
    查找: {校: 学校 按 校号, 勤: 考勤 按 号、本期}
    列:
      {号: 证件号, 校号: 代码 可空, 身份: 选项 教师、校长, 甲: 金额, 乙: 金额, 丙: 金额 可空, 除数: 整数 0至9, 起: 日期,
      止: 日期 可空}
  人员月: {分月: 人员, 到任: 当月起, 离任: 当月止, 依据: 办法 一, 查找: {助: 补助 按 校号 在 月首日}}
  校组: {分组: 人员, 按: [校]}
"""
PAID = "- {编号: %d, 项目: %s, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}"
SCHOOLS: dict[str, list[dict]] = {
    "学校": [{"校号": "A"}, {"校号": "B"}],
    "补助": [{"校号": "A", "自": "2020-11-01", "补": "8"}],
}


def rules(text: str, *paid: str, late: str = "") -> Program:
    """A rule set of these rules that pays what is told, else people's 发; `late` at the end of the year."""
    payments = [PAID % (number, item) for number, item in enumerate(paid or ("人员.发",))]
    payments += [PAID.replace("学期", "学年") % (99, late)] if late else []
    before, _, after = text.partition("否决:")
    written = [PEOPLE, "规则:", before, *([f"否决:{after}"] if after else []), "发放:", *payments]
    return rule_set("\n".join(written))


def person(number: int, **cells: str | None) -> dict:
    plain = {"校号": "A", "身份": "教师", "甲": "10.01", "乙": "3", "除数": "1", "起": "2015-09-01"}
    return {"号": f"P{number:04}"} | plain | cells


def rows(*people: dict) -> dict[str, list[dict]]:
    return SCHOOLS | {"人员": list(people)}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules for few rows are calculated on these alone, however few rows there are."""
    monkeypatch.setattr(applicability, "SMALL", 2)


SPLIT_TWICE = """
- {拆分: 人员.甲, 限于: 身份 = 校长, 各份: {甲发: 70%, 甲留: 其余}, 取整: 分 四舍五入, 依据: 办法 一}
- {拆分: 人员.甲, 限于: 身份 = 教师, 各份: {甲教: 其余}, 依据: 办法 一}
- {拆分: 人员.乙, 限于: 身份 = 校长, 各份: {乙发: 50%, 乙留: 其余}, 取整: 分 四舍五入, 依据: 办法 一}
- {拆分: 人员.乙, 限于: 身份 = 教师, 各份: {乙教: 其余}, 依据: 办法 一}
- {退回: {人员.甲留: 绩效, 人员.甲教: 绩效, 人员.乙留: 绩效, 人员.乙教: 绩效}, 依据: 办法 一}
"""


def test_two_amounts_are_split_under_one_condition():
    program = rules(SPLIT_TWICE, "人员.甲发", "人员.乙发")
    outcome = outcome_of(program, rows(person(1, 身份="校长"), person(2), person(3)), RUN)
    assert [*column(program, outcome, "人员", "甲发").values()] == [Fraction("7.01"), None, None]
    assert [*column(program, outcome, "人员", "乙发").values()] == [Fraction("1.5"), None, None]


DIVIDED = """
- {列: 人员.发, 限于: 身份 = 校长, 公式: 甲 ÷ 除数, 取整: 分 四舍五入, 否则: 0元, 依据: 办法 一}
"""


def test_a_fault_on_one_of_the_few_rows_of_a_rule_is_told_of_that_row(small):
    program = rules(DIVIDED)
    heads = [person(1, 身份="校长", 除数="0"), person(2, 身份="校长", 除数="3")]
    data = sealed(program, rows(*heads, *(person(number, 除数="0") for number in range(3, 20))))
    assert disagreements(program, data, period(RUN)) == []
    with pytest.raises(CalculationError) as told:
        calculate(program, data, period(RUN))
    assert [problem.key for problem in told.value.problems] == [("P0001",)]


GATHERED = """
- {列: 校组.人数, 公式: 计数(人员), 依据: 办法 一}
- {列: 校组.池, 限于: 人数 > 1, 汇集: 人员.丙, 依据: 办法 一}
- {列: 校组.孤池, 限于: 人数 ≤ 1, 汇集: 人员.丙, 依据: 办法 一}
- {退回: {校组.孤池: 绩效}, 依据: 办法 一}
- {列: 人员.发, 分配: 校组.池, 按: 甲, 余分: [主键], 无权重: 退回 绩效, 迟到更正: 重新分配, 依据: 办法 一}
"""


def test_money_is_gathered_for_the_few_groups_of_a_rule(small):
    program = rules(GATHERED)
    schools: list[dict] = [{"校号": f"S{number:02}"} for number in range(20)]
    people = [person(number, 校号=f"S{number:02}", 丙="1") for number in range(20)]
    people += [person(20, 校号="S07", 丙="2.50", 甲="0"), person(21, 校号="S07", 甲="0")]
    outcome = outcome_of(program, {"学校": schools, "人员": people}, RUN)
    found = column(program, outcome, "人员", "发")
    assert {key: value for key, value in found.items() if value is not None} == {
        ("P0007",): Fraction("3.5"), ("P0020",): 0, ("P0021",): 0,
    }  # fmt: skip
    assert sum(int(back.amount.sum()) for back in outcome.returned) == 1900, "what the lone ones had"


MONTHLY = """
- {列: 人员月.补, 公式: 助.补 否则 0元/月, 依据: 办法 一}
- {列: 人员.发, 公式: 合计(人员月.补), 依据: 办法 一}
"""


def test_months_of_posts_without_a_school_look_up_nothing():
    program = rules(MONTHLY)
    outcome = outcome_of(program, rows(person(1), person(2, 校号=None), person(3, 校号="B")), RUN)
    assert [*column(program, outcome, "人员", "发").values()] == [32, 0, 0]


PERIODS = """
- {列: 考勤.时, 公式: 期, 依据: 办法 一}
- 列: 人员.发
  公式: 如果(勤.时 = 勤.期, 甲, 乙) 否则 1元
  依据: 办法 一
  说明: "{勤.时} 在"
"""


def test_a_rule_may_have_a_period():
    program = rules(PERIODS)
    data = sealed(program, rows(person(1), person(2)) | {"考勤": [{"号": "P0001", "期": RUN}]})
    assert disagreements(program, data, period(RUN)) == []
    outcome = calculate(program, data, period(RUN))
    assert column(program, outcome, "人员", "发") == {("P0001",): Fraction("10.01"), ("P0002",): 1}
    (line,) = explain(program, outcome, "人员", ("P0001",))
    assert line.root is not None
    assert line.root.sentence == "2020-2021-1 在"


ALONG = """
- {列: 人员月.额, 公式: 上月.额 × 1000000, 开头: 甲, 依据: 办法 一}
- {列: 人员月.连, 公式: 上月.连 且 月末日 < 2020-12-01, 开头: 是, 依据: 办法 一}
- {列: 人员.发, 公式: 计数(人员月 其中 连) × 1元/月, 依据: 办法 一}
- {列: 人员.多, 公式: 最大(人员月.额 无则 0元) > 1元, 依据: 办法 一}
否决:
- {名称: 停, 表: 人员月, 当: 月末日 > 2021-02-01, 项目: {额: 退回 绩效}, 依据: 办法 一}
检查:
- {名称: 多, 表: 人员, 提示: 多, 依据: 办法 一, 说明: 不多}
"""


def test_an_answer_is_carried_from_month_to_month():
    program = rules(ALONG)
    outcome = outcome_of(program, rows(person(1), person(2, 起="2020-10-05")), RUN)
    assert [*column(program, outcome, "人员", "发").values()] == [3, 2]
    (taken,) = outcome.withheld
    assert max(taken.amount.tolist()) == 1001 * 10**36


WAITING = """
- {列: 校组.人数, 公式: 计数(人员), 依据: 办法 一}
- {拆分: 人员.甲, 各份: {甲发: 60%, 甲留: 其余}, 取整: 分 四舍五入, 依据: 办法 一}
- {列: 校组.大池, 限于: 人数 > 1, 汇集: 人员.甲留, 依据: 办法 一}
- {列: 校组.小池, 限于: 人数 ≤ 1, 汇集: 人员.甲留, 依据: 办法 一}
- {列: 人员.大份, 分配: 校组.大池, 按: 乙, 余分: [主键], 无权重: 退回 绩效, 迟到更正: 重新分配, 依据: 办法 一}
- {列: 人员.小份, 分配: 校组.小池, 按: 乙, 余分: [主键], 无权重: 退回 绩效, 迟到更正: 重新分配, 依据: 办法 一}
"""


def test_what_is_gathered_for_some_groups_only_later_waits_for_the_later_run():
    program = rules(WAITING, "人员.甲发", "人员.大份", late="人员.小份")
    outcome = outcome_of(program, rows(person(1), person(2), person(3, 校号="B", 甲="5")), RUN)
    assert [(one.column, one.amount) for one in outcome.accruals] == [("甲留", 200)]
