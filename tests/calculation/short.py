"""One formula at a time, in a rule set of a few tables; both evaluators must say the same of it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError
from payroll_service.calculation.second_opinion import second_opinion
from rules.language import RuleSetError, load_rule_set
from rules.language.program import Program
from tests.calculation.agreement import differences, sealed
from tests.calculation.programs import SEMESTER

TEXT = """
语言: 1
规则集: 示例
版本: "1"
施行: 2020-09-01 至 2021-08-31
依据: {{办法: 示例办法}}
解释: [{{编号: 月, 问: 几月起, 答: 次月起, 决定: 示例}}]
资金: {{绩效: 县绩效, 专项: 县专项}}
表:
  学校: {{主键: 校号, 列: {{校号: 代码, 名额: 整数 个 0至1000}}}}
  人:
    主键: 号
    收款人: 个人
    查找: {{校: 学校 按 校号}}
    列:
      {{号: 证件号, 校号: 代码 可空, 身份: 选项 教师、校长, 起: 日期, 止: 日期 可空, 日: 日期 可空,
      得分: 小数2位 -100至1000 可空, 课时: 小数1位 节 0至999 可空, 节数: 整数 节 0至999 可空, 金额: 金额 可空}}
  荣誉:
    主键: [号, 项]
    查找: {{人: 人 按 号}}
    列: {{号: 证件号, 项: 文字, 分值: 小数2位 -100至100 可空, 有效: 是否, 补助: 金额 可空}}
  人月: {{分月: 人, 到任: 次月起, 离任: 当月止, 依据: 解释 月}}
  全体: {{分组: 人, 按: []}}
  校组: {{分组: 人, 按: [校]}}
{rates}
规则:
{rules}
- {{列: 人.应发, 公式: 0元, 说明: "{told}", 依据: 办法 一}}
发放:
- {{编号: 发, 项目: 人.{paid}, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}}
"""


def short(*rules: str, rates: str = "", paid: str = "应发") -> Program:
    """A rule set of these rules (each one or several lines, without 依据).

    A person's sentence names every column, so that all are calculated, but for those of awards and months.
    """
    written = [rule if "依据" in rule else f"{rule.rstrip()}\n  依据: 办法 一" for rule in rules]
    made = [line.split(": ")[1] for rule in rules for line in rule.splitlines() if line.startswith("- 列: ")]
    way = {"人": "", "学校": "校.", "校组": "校组.", "全体": "全体."}
    told = [f"{{{way[table]}{name}}}" for table, name in (one.split(".") for one in made) if table in way]
    return load_rule_set(
        TEXT.format(rules="\n".join(written), rates=rates, told="".join(told), paid=paid), "short.yaml"
    )


def column(program: Program, name: str, rows: dict[str, list[dict]], at=SEMESTER) -> list:
    """A column by row, in the order of the keys, on which both evaluators agree."""
    snapshot = sealed(program, rows)
    try:
        outcome = calculate(program, snapshot, at)
    except CalculationError:
        with pytest.raises(CalculationError):
            second_opinion(program, snapshot, at)
        raise
    opinion = second_opinion(program, snapshot, at)
    assert list(differences(program, outcome, opinion)) == []
    table, _, called = name.partition(".")
    return opinion.columns[table, called]


def person(number: int, **cells) -> dict:
    return {"号": f"P{number:03d}", "校号": "A", "身份": "教师", "起": "2015-09-01", "得分": "0"} | cells


def people(*cells: dict) -> dict[str, list[dict]]:
    """People of one school with these cells, and the school."""
    return {
        "学校": [{"校号": "A", "名额": 7}, {"校号": "B", "名额": 0}],
        "人": [person(number, **own) for number, own in enumerate(cells)],
    }


def with_awards(*values: str | None, **cells) -> dict[str, list[dict]]:
    """One person with these awards."""
    rows = people(cells)
    rows["荣誉"] = [
        {"号": "P000", "项": f"{number}", "分值": value, "有效": "是"} for number, value in enumerate(values)
    ]
    return rows


def value_of(formula: str, rows: dict[str, list[dict]], at=SEMESTER, rates: str = "", rounding: str = ""):
    """A formula on the first person."""
    rule = f"- 列: 人.值\n  公式: {formula}" + (f"\n  取整: {rounding}" if rounding else "")
    return column(short(rule, rates=rates), "人.值", rows, at)[0]


def mistake(formula: str, rates: str = "", table: str = "人") -> str:
    """What the checker says of a formula, the first problem with its cure."""
    try:
        short(f"- 列: {table}.值\n  公式: {formula}", rates=rates)
    except RuleSetError as error:
        problem = error.problems[0]
        return f"{problem.message}｜{problem.remedy}"
    return ""


F = Fraction
