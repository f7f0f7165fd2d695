"""Whose a row is, and that a read which leads to another person is not shown."""

from dataclasses import replace

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from payroll_service.calculation.frames import build_frames
from payroll_service.calculation.ownership import Viewer
from payroll_service.export.explanation import to_text
from rules.language.program import DATE, ID_NUMBER, TEXT, Type
from tests.calculation.programs import MONEY, SEMESTER, lookup, months_of, program, read, snapshot, table
from tests.calculation.small_sets import outcome_of, rule_set
from tests.calculation.test_rows import due, formula

ID = Type(TEXT, text_form=ID_NUMBER)
CODE = Type(TEXT)
DAY = Type(DATE)


def town(*steps):
    """Posts read their school, and through it the head teacher's pay."""
    people = replace(table("人", ["号"], 号=ID, 名=CODE, 钱=MONEY), payee_kind="个人", label_column="名")
    schools = table("校", ["码"], [lookup("长", "人", read("校", "长号", kind=ID))], 码=CODE, 长号=ID)
    links = [lookup("人", "人", read("职", "号", kind=ID)), lookup("校", "校", read("职", "码", kind=CODE))]
    posts = table("职", ["号", "码"], links, 号=ID, 码=CODE)
    notes = table("记", ["流水"], [lookup("人", "人", read("记", "号", kind=ID))], 流水=CODE, 号=ID)
    payments = tuple(replace(payment, payee=("人",)) for payment in due(*steps))
    made = program([people, schools, posts, notes], steps, payments=payments)
    sealed = snapshot(
        made,
        人=[{"号": "1", "名": "甲某", "钱": "100.00"}, {"号": "2", "名": "乙某", "钱": "777.77"}],
        校=[{"码": "A", "长号": "2"}],
        职=[{"号": "1", "码": "A"}, {"号": "2", "码": "A"}],
        记=[{"流水": "x", "号": "1"}, {"流水": "y", "号": "2"}],
    )
    return made, sealed


def test_a_row_belongs_to_the_person_whom_its_key_names():
    made, sealed = town()
    viewer = Viewer(made, build_frames(made, sealed, SEMESTER), ("1",))
    assert [viewer.is_hidden("人", row) for row in (0, 1)] == [False, True]
    assert [viewer.is_hidden("职", row) for row in (0, 1)] == [False, True]
    assert not viewer.is_hidden("校", 0)  # a school that has a head teacher is still everybody's
    assert [viewer.concerns("记", row) for row in (0, 1)] == [True, False]  # a numbered note about her


def test_a_month_concerns_whom_its_row_concerns():
    """A class is nobody's by its key; its months are the class teacher's as the class is."""
    people = replace(table("人", ["号"], 号=ID), payee_kind="个人")
    links = [lookup("人", "人", read("班", "号", kind=ID))]
    classes = table("班", ["码"], links, 码=CODE, 号=ID, 起=DAY, 止=DAY)
    made = program([people, classes, months_of(classes)], ())
    sealed = snapshot(
        made,
        人=[{"号": "1"}, {"号": "2"}],
        班=[{"码": code, "号": who, "起": "2019-09-01"} for code, who in (("A", "1"), ("B", "2"))],
    )
    frames = build_frames(made, sealed, SEMESTER)
    viewer = Viewer(made, frames, ("1",))
    own = frames["班月"].links["班"] == 0
    assert 0 < own.sum() < len(own)
    assert [viewer.concerns("班月", row) for row in range(len(own))] == own.tolist()


def test_what_another_person_has_is_not_shown():
    step = formula(read("人", "钱", "校", "长", kind=MONEY), table="职", name="津贴")
    made, sealed = town(step)
    outcome = calculate(made, sealed, SEMESTER)
    own, foreign = (to_text(explain(made, outcome, "人", (who,))) for who in ("2", "1"))
    assert "人.钱（乙某） = 777.77元" in own
    assert "代入：（他人的数据，不显示）" in foreign
    assert "乙某" not in foreign


def test_a_person_whom_the_run_does_not_know_owns_nothing():
    made, sealed = town()
    frames = build_frames(made, sealed, SEMESTER)
    for nobody in (("9",), ("1", "A")):
        viewer = Viewer(made, frames, nobody)
        assert [viewer.is_hidden("人", row) for row in (0, 1)] == [True, True]
        assert [viewer.concerns("记", row) for row in (0, 1)] == [False, False]


MENTORS = """
表:
  人员:
    主键: 号
    收款人: 个人
    查找: {师: 人员 按 师号}
    列: {号: 证件号, 导: 证件号 可空, 期贴: 金额, 年贴: 金额}
规则:
- {列: 人员.师号, 公式: 导 否则 号, 依据: 办法 一}
- {列: 人员.期发, 公式: 期贴, 依据: 办法 一}
- {列: 人员.年发, 公式: 年贴 + (师.年贴 否则 0元), 依据: 办法 一}
发放:
- {编号: 期, 项目: 人员.期发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 年, 项目: 人员.年发, 给: 本行, 单位: 本行, 所属: 学年, 何时: 学年末, 资金: 绩效}
"""


def test_who_leads_to_a_person_by_a_rule_concerns_her_in_the_runs_that_calculate_it():
    made = rule_set(MENTORS)
    people = [{"号": "P1", "期贴": "1", "年贴": "2"}, {"号": "P2", "导": "P1", "期贴": "1", "年贴": "2"}]
    for run, concerned in (("2020-2021-1", [True, False]), ("2020-2021", [True, True])):
        outcome = outcome_of(made, {"人员": people}, run)
        viewer = Viewer(made, outcome.frames, ("P1",))
        assert [viewer.concerns("人员", row) for row in (0, 1)] == concerned
