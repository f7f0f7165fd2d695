"""Who is meant by a number with a wrong digit: of two namesakes the one whose number is nearest, and without any names, too."""

import re
from dataclasses import replace
from functools import cache

import pytest

from payroll_service.errors import UnsoundInput
from payroll_service.snapshot.sealing import check_and_seal
from payroll_service.snapshot.tables import RawTable
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.problems_ahead import problems_ahead
from payroll_service.workflow.rows_wanted import WANTED
from rules.language.check import compile_document
from rules.language.source import read_source
from tests.calculation.small_sets import rule_set
from tests.sample_county import RULES, county_rules
from tests.workflow.test_lacking_rows import scores_of_teachers, sheets

NAMES = ("任职", "学期考核")


@cache
def nameless():
    """The county's rules with names of persons in one table alone."""
    text = re.sub(r"\n *姓名: 文字 核对[^\n]*", "", RULES.read_text(encoding="utf-8"))
    return compile_document(read_source(re.sub(r"\{姓名\}(?! 师德)", "{证件号码}", text), "无姓名"), "无姓名")


def hints(program, found):
    """By sheet and row the hints on wanted rows, for tables of the columns that the program has."""
    tables = [
        replace(each, columns={name: each.columns[name] for name in program.tables[each.table].columns})
        for each in found.values()
    ]
    unsound = UnsoundInput(check_and_seal(program, tables)[1], tables)
    told = problems_ahead(program, unsound, governed_period(program, "2020-2021-1"))
    notes: dict[tuple[str, int], str] = {}
    for each in told:
        if each.kind == WANTED:
            row = (each.sheet, int(each.cell.lstrip("ABCDEFGHIJ")))
            notes[row] = notes.get(row, "") + each.message + each.remedy
    return notes


def put(found, table, place, number):
    found[table].columns["证件号码"][place] = number


def row_of(found, table, place):
    return (found[table].source, found[table].rows[place])


WRONG = {
    "a digit": lambda number: number[:-1] + ("1" if number[-1] != "1" else "2"),
    "two exchanged": lambda number: number[:-2] + number[-1] + number[-2],
    "one missing": lambda number: number[:9] + number[10:],
    "one too many": lambda number: number[:9] + "7" + number[9:],
}


@pytest.mark.parametrize("kind", WRONG)
def test_of_two_namesakes_at_a_school_the_nearest_number_is_meant(kind):
    found = sheets()
    scores, people = found["学期考核"].columns, found["人员"].columns
    first = scores_of_teachers(found)[0]
    other = next(
        place
        for place in scores_of_teachers(found)[1:]
        if scores["学校代码"][place] == scores["学校代码"][first]
    )
    numbers, called = [scores["证件号码"][place] for place in (first, other)], scores["姓名"][first]
    for table in ("人员", *NAMES):
        columns = found[table].columns
        for place, number in enumerate(columns["证件号码"]):
            if number in numbers:
                columns["姓名"][place] = called
    for place, number in zip((first, other), numbers, strict=True):
        put(found, "学期考核", place, WRONG[kind](number))
    told = hints(county_rules().program, found)
    for place, number in zip((first, other), numbers, strict=True):
        there = found["人员"].rows[people["证件号码"].index(number)]
        note = told[row_of(found, "学期考核", place)]
        meant = re.search(r"“人员”表里也要有一行；([^，]*)姓名相同、号码只差一个字，", note)
        assert meant, note
        assert re.findall(r"第 (\d+) 行", meant[1]) == [str(there)]


def test_without_names_a_row_that_is_there_twice_is_known_by_its_number():
    found = sheets()
    scores = found["学期考核"]
    place = scores_of_teachers(found)[0]
    number = scores.columns["证件号码"][place]
    for cells in scores.columns.values():
        cells.append(cells[place])
    last = max(scores.rows) + 1
    found["学期考核"] = replace(scores, rows=[*scores.rows, last])
    put(found, "学期考核", place, WRONG["a digit"](number))
    note = hints(nameless(), found)[row_of(found, "学期考核", place)]
    assert f"第 {last} 行" in note
    assert "删去多余的一行" in note


def test_without_names_a_number_that_is_nobodys_is_not_guessed_at():
    found = sheets()
    place = scores_of_teachers(found)[0]
    put(found, "学期考核", place, "11010519491231")
    note = hints(nameless(), found).get(row_of(found, "学期考核", place), "")
    assert "多半就是它" not in note
    assert "也许重复" not in note


SHARED_BY_ALL = """
表:
  核定: {主键: 期间, 列: {期间: 期间 学期, 每人: 金额}}
  校: {主键: 代码, 列: {代码: 代码}}
  人员:
    主键: 工号
    收款人: 个人
    查找: {县: 核定 按 本期, 所在: 校 按 学校}
    列: {工号: 代码, 学校: 代码, 分: 整数 0至100}
规则:
- {列: 人员.奖, 公式: 县.每人, 依据: 办法 一}
发放:
- {编号: 奖, 项目: 人员.奖, 给: 本行, 单位: 所在, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""


def test_a_row_that_the_period_alone_leads_to_is_told_in_the_rows_key():
    program = rule_set(SHARED_BY_ALL)
    people = RawTable("人员", "人员表", {"工号": ["A1", "A2"], "学校": ["S", "S"], "分": ["9", "九"]}, [2, 3])
    granted = RawTable("核定", "核定表", {"期间": ["2020-2021-2"], "每人": ["100"]}, [2])
    tables = [people, granted, RawTable("校", "学校表", {"代码": ["S"]}, [2])]
    unsound = UnsoundInput(check_and_seal(program, tables)[1], tables)
    told = problems_ahead(program, unsound, governed_period(program, "2020-2021-1"))
    (wanted,) = [each for each in told if each.kind == WANTED]
    assert (wanted.sheet, wanted.cell, wanted.column) == ("人员表", "3", "工号")  # a sheet without letters
    assert "期间 2020-2021-1" in wanted.message
