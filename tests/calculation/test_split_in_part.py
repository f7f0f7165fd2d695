"""拆分 with 限于: one pocket, split in different ways on different rows."""

import pytest

from payroll_service.workflow.calculate_period import calculate_period
from rules.language import RuleSetError, load_rule_set
from tests.calculation.agreement import disagreements, sealed

RULES = """
语言: 1
规则集: 两种拆法
版本: "1"
施行: 2020-09-01 至 2021-08-31
依据: {办法: 示例办法}
资金: {绩效: 县财政, 专项: 县财政专项}
表:
  人员:
    主键: 工号
    收款人: 个人
    列: {工号: 代码, 身份: 选项 教师、校长, 津贴: 金额}
规则:
- 拆分: 人员.津贴
  限于: 身份 = 教师
  各份: {教师当期: 60%, 教师留存: 其余}
  取整: 分 四舍五入
  依据: 办法 一
- 拆分: 人员.津贴
  限于: 身份 = 校长
  各份: {校长当期: 50%, 校长留存: 其余}
  取整: 分 四舍五入
  依据: 办法 二
- 退回: {人员.教师留存: 专项, 人员.校长留存: 专项}
  依据: 办法 三
发放:
- {编号: 甲, 项目: 人员.教师当期, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 乙, 项目: 人员.校长当期, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""
ROWS = {
    "人员": [{"工号": "P1", "身份": "教师", "津贴": "100.01"}, {"工号": "P2", "身份": "校长", "津贴": "0.01"}]
}


def test_each_row_is_split_by_the_one_that_applies_and_both_evaluators_agree():
    program = load_rule_set(RULES, "规则.yaml")
    snapshot, period = sealed(program, ROWS), program.calendar.parse("2020-2021-1")
    assert period is not None
    calculation = calculate_period(program, snapshot, period)
    paid = dict(zip(calculation.payouts.item.tolist(), calculation.payouts.amount_fen.tolist(), strict=True))
    assert paid == {0: 6001, 1: 1}  # 100.01 × 60 % = 60.006; 0.01 × 50 % = half a fen, up
    assert calculation.broken == []
    assert disagreements(program, snapshot, period) == []


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        (("  限于: 身份 = 校长\n", ""), "用了 2 次"),
        (("教师、校长", "教师、校长、职员"), "当 身份 = 职员 时，「人员.津贴」里的钱没有去处"),
    ],
)
def test_splits_that_overlap_or_leave_rows_out_are_refused(slip, told):
    with pytest.raises(RuleSetError) as caught:
        load_rule_set(RULES.replace(*slip), "规则.yaml")
    assert told in str(caught.value)
