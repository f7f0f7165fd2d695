"""Totals, signatures and remarks under or among the rows of a list: one problem each, and data is never taken for one."""

import pytest

from payroll_service.snapshot.sealing import check_and_seal
from payroll_service.workbook.reader import read_workbook
from rules.language import program as p
from tests.snapshot import sample as s
from tests.workbook.books import workbook

SCHOOLS = [["学校代码", "学校名称", "规模"], ["A01", "甲小学", "大"]]
HEADINGS = ["证件号码", "姓名", "卡号", "比例"]
PERSON = [s.ID_A, "张三", "6222020200001235", 1]
PEOPLE = [["序号", *HEADINGS], [1, *PERSON]]
SCORES = [["证件号码", "期间", "得分"], [s.ID_A, "2020-2021-1", 90]]


def told(table, content):
    program = s.program(table)
    tables, problems = read_workbook(workbook(**{table.name: content}), program)
    found = problems + check_and_seal(program, tables)[1]
    return [(each.cell, each.message, each.remedy) for each in found if each.level == "错误"]


def one(cell, kind):
    return [(cell, f"第 {cell[1:]} 行像是{kind}，不是数据", "请删除整行")]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (["合计", "3 所"], "合计行"),
        (["合计", "合计", "大"], "合计行"),
        (["　小 计："], "合计行"),
        (["总计（所）", "", 3], "合计行"),
        (["人数：48人"], "合计行"),
        (["制表人：韦某某", "审核人："], "签名行"),
        (["审核：", "", "2020年9月1日"], "签名行"),
        (["单位负责人（签字）"], "签名行"),
        (["备注：以上数据属实"], "说明行"),
        (["以下空白"], "说明行"),
        (["单位:元"], "说明行"),
        (["", "合计", "大"], "合计行"),
        (["", "", "备注"], "说明行"),
    ],
)
def test_a_row_that_is_no_data_is_one_problem(row, kind):
    column = next(number for number, cell in enumerate(row) if cell)
    assert told(s.SCHOOLS, [*SCHOOLS, row]) == one(f"{'ABC'[column]}3", kind)
    assert told(s.SCHOOLS, [SCHOOLS[0], row, SCHOOLS[1]]) == one(f"{'ABC'[column]}2", kind)


def test_a_total_with_formulas_and_merged_cells_is_one_problem():
    def write(sheet):
        for number, row in enumerate(SCORES):
            sheet.write_row(number, 0, row)
        sheet.merge_range("A3:B3", "合计")
        sheet.write_formula("C3", "=SUM(C2:C2)/0", None, "#DIV/0!")
        sheet.write_row(3, 0, [s.ID_B, "2020-2021-1", 80])

    assert told(s.SCORES, write) == one("A3", "合计行")


def test_a_total_in_a_column_that_is_not_read_is_found():
    assert told(s.PEOPLE, [*PEOPLE, ["合计", "28人"]]) == one("A3", "合计行")
    assert told(s.PEOPLE, [*PEOPLE, ["制表人：韦某某", "", "", "2020年9月1日"]]) == one("A3", "签名行")


def test_a_row_of_data_that_begins_with_such_a_word_is_read():
    reviewed = [["审核", *HEADINGS], ["审核通过", *PERSON], ["备注：借调", s.ID_B, "李四"]]
    assert told(s.PEOPLE, reviewed) == []


@pytest.mark.parametrize("number", ["", s.ID_A[:-1] + "1"])
def test_nobody_is_told_to_delete_a_row_of_data_with_a_wrong_key(number):
    found = told(s.PEOPLE, [["审核", *HEADINGS], ["审核通过", number, *PERSON[1:]]])
    assert [cell for cell, _, _ in found] == ["B2"]
    assert "请删除整行" not in [remedy for _, _, remedy in found]


def test_such_a_word_may_be_a_key():
    kind = p.Type(p.CHOICE, options=("人数", "合计"))
    for key in (kind, s.TEXT):
        table = s.table("指标", ("指标",), [s.column("指标", key), s.column("数", s.WHOLE)])
        assert told(table, [["指标", "数"], ["人数", 48], ["合计", 1]]) == []


def test_a_table_without_a_key_may_hold_such_words():
    table = s.table("摘要", (), [s.column("项", s.TEXT), s.column("数", s.WHOLE)])
    assert told(table, [["项", "数"], ["人数", 48]]) == []
    assert told(table, [["项", "数"], ["甲", 1], ["合计", ""]]) == one("A3", "合计行")


def test_nobody_is_told_to_delete_the_unit_of_amounts_in_thousands():
    assert "请删除整行" not in [remedy for _, _, remedy in told(s.SCHOOLS, [*SCHOOLS, ["单位：千元"]])]
