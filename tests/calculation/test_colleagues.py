"""What an explanation takes from the columns is what it would have calculated row by row."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given

from payroll_service.calculation import rows as row_interpreter
from payroll_service.calculation.colleagues import Colleagues
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import Explainer
from payroll_service.calculation.explanation import Explanation
from payroll_service.calculation.outcome import Outcome
from payroll_service.calculation.row_expressions import RowFault
from payroll_service.calculation.rows import RowEvaluator
from rules.language.period import Period
from rules.language.plan import expressions, plan
from rules.language.program import Arithmetic, Program
from tests.calculation.agreement import sealed
from tests.calculation.programs import period
from tests.calculation.small_sets import rule_set
from tests.calculation.test_whole_language import calculated, runs
from tests.calculation.whole_county import whole_county
from tests.calculation.whole_rows import whole_gaps, whole_rows
from tests.examples import examples


def explanations(program: Program, outcome: Outcome, many: int) -> list[list[Explanation]]:
    """Of everybody, where so many rows are enough to ask the columns for them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_interpreter, "MANY", many)
        explainer = Explainer(program, outcome)
        return [explainer.explain("人员", (who,)) for who in outcome.frames["人员"].columns["证件号码"].words]


def both_say_the_same(program: Program, outcome: Outcome, run: Period) -> None:
    """Every expression of a plan, on every row."""
    colleagues = Colleagues(program, outcome)
    interpreter = RowEvaluator(program, outcome.frames, run, outcome.columns)
    asked = [root for step in plan(program, run.kind).steps for root in expressions(step)]
    for table, node in [*asked, *((veto.table, veto.when) for veto in program.vetoes)]:
        every = range(outcome.frames[table].size)
        if any(column not in outcome.columns for column in interpreter.makers if column[0] == table):
            continue
        told = colleagues.values(node, table, every)
        for row in every:
            try:
                value = interpreter.evaluate(node, table, row)
            except RowFault:
                assert row not in told
            else:
                assert (told[row], type(told[row])) == (value, type(value))


@given(whole_gaps(), whole_rows(), runs)
@examples(20)
def test_every_expression_says_the_same_on_every_row(gaps, rows, run):
    program = whole_county(**gaps)
    both_say_the_same(program, calculated(program, sealed(program, rows), run), run)


HEADS = """
表:
  人员: {主键: 号, 收款人: 个人, 列: {号: 证件号, 校长: 是否, 额: 金额 可空, 除数: 整数 0至9}}
规则:
- {列: 人员.发, 限于: 校长, 公式: 额 ÷ 除数, 取整: 分 四舍五入, 否则: 0元, 依据: 办法 一}
发放:
- {编号: 发, 项目: 人员.发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""


def test_rows_that_a_rule_is_not_for_have_no_value_or_cannot_be_calculated():
    program, run = rule_set(HEADS), period("2020-2021-1")
    people: list[dict] = [
        {"号": "P1", "校长": "是", "额": "7", "除数": "3"},
        {"号": "P2", "校长": "否", "额": None, "除数": "3"},
        {"号": "P3", "校长": "否", "额": "7", "除数": "0"},
    ]
    outcome = calculate(program, sealed(program, {"人员": people}), run)
    both_say_the_same(program, outcome, run)
    (formula,) = (node for _, node in expressions(program.steps[0]) if isinstance(node, Arithmetic))
    told = Colleagues(program, outcome).values(formula, "人员", range(3))
    assert told == {0: Fraction(7, 3), 1: None}


@given(whole_gaps(), whole_rows(), runs)
@examples(15)
def test_an_explanation_is_the_same_wherever_it_takes_others_from(gaps, rows, run):
    program = whole_county(**gaps)
    outcome = calculated(program, sealed(program, rows), run)
    assert explanations(program, outcome, many=1) == explanations(program, outcome, many=10**6)


SCHOOLS_IN_A_POOL = """
表:
  县: {主键: 县号, 列: {县号: 代码, 总额: 金额}}
  学校:
    主键: 校号
    查找: {县: 县 按 县号}
    列: {校号: 代码, 县号: 代码, 学生: 整数 个 0至9999, 撤并: 是否}
  人员:
    主键: 证件号码
    收款人: 个人
    查找: {校: 学校 按 校号}
    列: {证件号码: 证件号, 校号: 代码, 得分: 小数2位 0至120}
规则:
- {列: 县.池, 公式: 总额, 依据: 办法 一}
- 列: 学校.份
  分配: 县.池
  按: 学生
  余分: [主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 办法 二
- 列: 人员.奖
  分配: 学校.份
  按: 得分
  至多: 50元
  超出: 退回 绩效
  余分: [得分 由高到低, 主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 办法 三
否决:
- {名称: 撤并, 表: 学校, 当: 撤并, 项目: {份: 回到池}, 依据: 办法 四}
发放:
- {编号: 奖, 项目: 人员.奖, 给: 本行, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""


def schools_in_a_pool() -> tuple[Program, Outcome]:
    """Forty schools of 1 to 40 pupils, the third one closed, each with two people."""
    program = rule_set(SCHOOLS_IN_A_POOL)
    rows: dict[str, list[dict]] = {"县": [{"县号": "县", "总额": "3000.01"}], "学校": [], "人员": []}
    for number in range(1, 41):
        code = f"S{number:02d}"
        closed = "是" if number == 3 else "否"
        rows["学校"].append({"校号": code, "县号": "县", "学生": str(number), "撤并": closed})
        rows["人员"] += [{"证件号码": f"{code}{who}", "校号": code, "得分": f"{number}"} for who in "甲乙"]
    return program, calculate(program, sealed(program, rows), period("2020-2021-1"))


def test_the_own_school_is_explained_as_if_there_were_no_others():
    """All schools of the county are foreseen at once; the person's own is still calculated again, with all it reads."""
    program, outcome = schools_in_a_pool()
    told = explanations(program, outcome, many=16)
    assert told == explanations(program, outcome, many=10**6)
    (line,) = told[2 * 9]
    assert line.root is not None
    (share,) = line.root.children[:1]
    assert (share.column, share.substituted) == ("份", "3000.01元 × 10个 ÷ 817个")
    assert [child.column for child in share.children] == ["池", "学生"]
    (closed,) = told[2 * 2]
    assert closed.root is not None
    assert closed.root.children[0].conditions[-1].facts == "撤并为是"


def test_what_the_columns_say_otherwise_of_the_person_herself_is_noticed(monkeypatch):
    """A pool handed out by wrong weights is not told as if it were right."""
    program, outcome = schools_in_a_pool()
    values = Colleagues.values

    def doubled(*arguments):
        told = values(*arguments)
        return {row: value * 2 if isinstance(value, Fraction) else value for row, value in told.items()}

    monkeypatch.setattr(Colleagues, "values", doubled)
    with pytest.raises(AssertionError, match="both evaluators agree"):
        explanations(program, outcome, many=16)
