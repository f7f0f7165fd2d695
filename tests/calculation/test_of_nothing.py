"""The average, the least and the greatest of nothing are errors that name the rows, unless 无则 says what they are."""

import pytest

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError
from payroll_service.calculation.second_opinion import second_opinion
from tests.calculation.agreement import sealed
from tests.calculation.programs import SEMESTER
from tests.calculation.short import column, people, short, value_of, with_awards
from tests.calculation.small_sets import outcome_of, rule_set

ASKING = ("平均(荣誉.分值)", "最小(荣誉.分值)", "最大(荣誉.分值)", "去极端平均(荣誉.分值, 1)")
ROUNDED = "2位小数 四舍五入"


def refused(formula: str, rows) -> list[str]:
    """What both evaluators say of a formula that cannot be calculated, the one after the other."""
    program = short(f"- 列: 人.值\n  公式: {formula}\n  取整: {ROUNDED}")
    said = []
    for evaluator in (calculate, second_opinion):
        with pytest.raises(CalculationError) as error:
            evaluator(program, sealed(program, rows), SEMESTER)
        said.append(str(error.value))
    return said


@pytest.mark.parametrize("formula", ASKING)
@pytest.mark.parametrize("after", ["", " 否则 7"])
def test_nothing_is_an_error_at_once_that_names_the_row_and_no_otherwise_catches_it(formula, after):
    for said in refused(formula + after, with_awards()):
        assert f"「{formula}」没有可以算的行" in said
        assert "P000" in said
        assert "无则" in said


@pytest.mark.parametrize("formula", ASKING)
def test_what_to_take_for_nothing_may_be_said(formula):
    assert value_of(formula.replace(")", " 无则 3)"), with_awards(), rounding=ROUNDED) == 3


@pytest.mark.parametrize("formula", ASKING[:3])
def test_rows_without_a_value_or_outside_the_condition_are_nothing(formula):
    refused(formula, with_awards(None, None))
    refused(formula.replace(")", " 其中 分值 > 5)"), with_awards("1", "2"))


@pytest.mark.parametrize(
    ("formula", "zero"), [("合计(荣誉.分值)", 0), ("最高3项(荣誉.分值)", 0), ("计数(荣誉)", 0)]
)
def test_sum_count_and_the_highest_of_nothing_are_0(formula, zero):
    assert value_of(formula, with_awards()) == zero


def test_where_the_rule_does_not_apply_or_the_branch_is_not_taken_nobody_asks():
    limited = "- 列: 人.值\n  限于: 计数(荣誉) > 0\n  公式: 最大(荣誉.分值)"
    assert column(short(limited), "人.值", with_awards()) == [None]
    assert value_of("如果(计数(荣誉) = 0, 0, 最大(荣誉.分值))", with_awards()) == 0


def test_a_taken_for_that_is_itself_missing_is_missing():
    assert value_of("最大(荣誉.分值 无则 得分) 否则 8", people({"得分": None})) == 8


ENDED = """
表:
  人员: {主键: 号, 收款人: 个人, 列: {号: 文字, 止: 日期 可空}}
规则:
- {列: 人员.应发, 公式: 1元, 依据: 办法 一}
发放:
- {编号: 发, 项目: 人员.应发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
名册:
  表: 人员
  不发: [{名称: 已离任, 当: 止 ≤ 2020-12-31, 依据: 办法 一}]
"""


def test_who_has_no_day_of_leaving_is_not_on_the_list_of_those_who_left():
    rows: list[dict] = [
        {"号": "甲", "止": None},
        {"号": "乙", "止": "2020-10-01"},
        {"号": "丙", "止": "2021-01-01"},
    ]
    (mark,) = outcome_of(rule_set(ENDED), {"人员": rows}, "2020-2021-1").roster
    assert dict(zip("丙乙甲", mark.rows.tolist(), strict=True)) == {"甲": False, "乙": True, "丙": False}
