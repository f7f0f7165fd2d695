"""Why an item is not paid, in one line, and what a rule's own sentence says of a row; nothing of other people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from payroll_service.calculation.explanation import Explanation
from rules.language.program import Formula, Program, Share
from tests.calculation.agreement import sealed
from tests.calculation.programs import period
from tests.calculation.small_sets import rule_set

RULES = """
表:
  学校:
    主键: 校号
    称呼: 校名
    列: {校号: 代码, 校名: 文字, 办学: 选项 公办、民办, 拨款: 金额}
  人员:
    主键: 号
    收款人: 个人
    查找: {校: 学校 按 校号, 师傅: 人员 按 师傅号}
    列:
      {号: 证件号, 校号: 代码 可空, 师傅号: 证件号 可空, 在编: 是否, 补贴: 金额 可空, 底薪: 金额, 得分: 小数2位 0至120}
规则:
- 拆分: 人员.补贴
  各份: {发的: 60%, 留的: 其余}
  取整: 分 四舍五入
  依据: 办法 一
- {退回: {人员.留的: 绩效}, 依据: 办法 一}
- 列: 学校.池
  限于: 办学 = 公办
  公式: 拨款
  依据: 办法 二
- 列: 人员.奖
  分配: 学校.池
  限于: 在编
  按: 得分
  余分: [主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 办法 三
  说明: 「{得分} 分」，师傅 {师傅.得分} 分，分得 {实得} 元。
- 拆分: 人员.底薪
  限于: 在编
  各份: {月发: 其余}
  依据: 办法 四
- 拆分: 人员.底薪
  限于: 非 在编
  各份: {代扣: 其余}
  依据: 办法 四
- {退回: {人员.代扣: 绩效}, 依据: 办法 四}
发放:
- {编号: 补, 项目: 人员.发的, 给: 本行, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 奖, 项目: 人员.奖, 给: 本行, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 底, 项目: 人员.月发, 给: 本行, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""


@pytest.fixture(scope="module")
def rules() -> Program:
    return rule_set(RULES)


def person(**cells: str | None) -> dict:
    return {"号": "甲", "校号": "A", "在编": "是", "底薪": "8.00", "得分": "90"} | cells


def told(program: Program, *people: dict) -> dict[str, Explanation]:
    """The first person's explanations by item."""
    schools = [
        {"校号": "A", "校名": "一小", "办学": "公办", "拨款": "10.00"},
        {"校号": "B", "校名": "二小", "办学": "民办", "拨款": "10.00"},
    ]
    outcome = calculate(program, sealed(program, {"学校": schools, "人员": [*people]}), period("2020-2021-1"))
    return {line.item: line for line in explain(program, outcome, "人员", (people[0]["号"],))}


STAFF = person(号="乙", 得分="60")  # a school's money must not be without anybody


def test_a_cell_that_is_not_filled_is_the_reason(rules):
    assert told(rules, person(), STAFF)["补"].reason == "没有填写「补贴」"


def test_a_condition_is_the_reason_with_what_the_row_says(rules):
    lines = told(rules, person(在编="否"), STAFF)
    assert lines["奖"].reason == lines["底"].reason == "不符合「在编」：在编为否"


def test_who_is_in_no_pool_is_told_so(rules):
    lines = told(rules, person(校号=None), STAFF)
    assert (lines["奖"].reason, lines["底"].unit) == ("不在任何「学校」里", "")


def test_a_pool_without_money_is_the_reason_with_its_own_reason(rules):
    assert (
        told(rules, person(校号="B"), STAFF)["奖"].reason == "没有「池」：不符合「办学 = 公办」：办学为民办"
    )


def test_a_pool_that_is_another_schemes_is_told_so(rules):
    """What is a scheme's alone: this share hands out the pools of its own schools and no others."""
    (pool,) = (step for step in rules.steps if isinstance(step, Formula))
    assert pool.where is not None
    steps = tuple(
        replace(step, pool_where=pool.where) if isinstance(step, Share) else step for step in rules.steps
    )
    own = replace(rules, steps=tuple(replace(pool, where=None) if step is pool else step for step in steps))
    assert told(own, person(校号="B"), STAFF)["奖"].reason == "不符合「办学 = 公办」：办学为民办"
    assert told(own, person(), STAFF)["奖"].amount == 6


def test_a_sentence_has_the_rows_own_values_and_hides_another_persons(rules):
    own = told(rules, person(师傅号="甲"), STAFF)["奖"]
    assert own.root is not None
    assert own.root.sentence == "「90 分」，师傅 90 分，分得 6.00 元。"
    foreign = told(rules, person(师傅号="乙"), STAFF)["奖"]
    assert foreign.root is not None
    assert foreign.root.sentence == "「90 分」，师傅 （他人的数据，不显示） 分，分得 6.00 元。"
