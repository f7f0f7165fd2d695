"""What a rule does not find is told with the sheet, the row and the cell to fill."""

from __future__ import annotations

import pytest

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError, Lack
from tests.calculation.agreement import disagreements, sealed
from tests.calculation.programs import period
from tests.calculation.small_sets import rule_set

RUN = "2020-2021-1"
PROGRAM = rule_set(
    """
表:
  学校: {主键: 校号, 列: {校号: 代码, 补贴: 金额 可空}}
  年度补贴: {主键: [校号, 期间], 列: {校号: 代码, 期间: 期间 学期, 加: 金额}}
  等级: {主键: 级, 列: {级: 整数 0至99, 奖: 金额}}
  单价: {主键: [校号, 自], 有效至: 到, 列: {校号: 代码, 自: 日期, 到: 日期 可空, 价: 金额}}
  人员:
    主键: 号
    收款人: 个人
    查找: {校: 学校 按 校号, 年度: 年度补贴 按 校号、本期, 等: 等级 按 级, 时: 单价 按 校号 在 期末}
    列: {号: 证件号, 校号: 代码 可空, 得分: 整数 0至99}
规则:
- {列: 人员.级, 公式: 得分 + 1, 依据: 办法 一}
- {列: 人员.合, 公式: 校.补贴 + 年度.加 + 等.奖 + 时.价, 依据: 办法 一}
发放:
- {编号: 合, 项目: 人员.合, 给: 本行, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""
)
SCHOOLS = [{"校号": "A", "补贴": "1"}, {"校号": "B"}]
YEARS = [{"校号": "A", "期间": RUN, "加": "2"}]
GRADES = [{"级": "6", "奖": "3"}]
PRICES = [{"校号": "A", "自": "2020-01-01", "价": "4"}]


def lack(school: str | None, mark: str = "5", **tables: list[dict]) -> Lack:
    people = [{"号": "P1", "校号": school, "得分": mark}]
    rows: dict[str, list[dict]] = {
        "学校": SCHOOLS,
        "年度补贴": YEARS,
        "等级": GRADES,
        "单价": PRICES,
        "人员": people,
    }
    snapshot = sealed(PROGRAM, rows | tables)
    assert disagreements(PROGRAM, snapshot, period(RUN)) == []
    with pytest.raises(CalculationError) as told:
        calculate(PROGRAM, snapshot, period(RUN))
    (problem,) = told.value.problems
    assert problem.lack is not None
    return problem.lack


def test_an_empty_cell_is_named_with_its_row():
    assert lack("B") == Lack(
        "「学校」表的「补贴」没有填",
        "请在「学校」表 B 这一行填上「补贴」；本来可以不填的，公式里写「补贴 否则 …」",
        "学校",
    )


def test_an_empty_key_is_named_with_what_it_looks_up():
    assert lack(None) == Lack("「人员」表的「校号」没有填，找不到「校」", "请填上「校号」", "人员")


def test_a_row_of_the_period_that_nobody_handed_in_is_named_with_its_key():
    found = lack("A", 年度补贴=[])
    assert found.message == f"「年度补贴」表里没有这一行：校号 A，期间 {RUN}"


def test_a_row_looked_up_by_a_rule_is_named():
    assert lack("A", mark="6") == Lack(
        "「等级」表里没有「人员」表 P1 要找的「等」", "请在「等级」表补上这一行，或核对 级", "等级"
    )


@pytest.mark.parametrize(
    "prices",
    [
        [{"校号": "A", "自": "2021-09-01", "价": "4"}],
        [{"校号": "A", "自": "2020-01-01", "到": "2020-12-31", "价": "4"}],
    ],
    ids=["not yet in force", "no longer"],
)
def test_a_row_in_force_on_a_day_is_named_with_the_day(prices):
    """The row is there, but of another time: to say that there is none would send the reader the wrong way."""
    found = lack("A", 单价=prices)
    assert found.message == "「单价」表里没有期末有效的一行：校号 A"
    assert found.remedy == "请在「单价」表补上：校号 A，「自」不晚于期末，「到」不早于期末或不填"
