"""Layouts that clerks hand in: what may be messy is read without a word or with a hint, what may not is a problem."""

from dataclasses import replace

import pytest
import xlwt

from payroll_service.snapshot.sealing import check_and_seal
from payroll_service.workbook.guard import Limits, UnreadableWorkbook
from payroll_service.workbook.reader import read_workbook
from rules.language.units import YUAN
from tests.snapshot import sample as s
from tests.workbook.books import old_workbook, repacked, workbook

HEADINGS = ["学校代码", "学校名称", "规模"]
ROWS = [["A01", "甲小学", "大"], ["A02", "乙小学", "小"]]
PROGRAM = s.program(
    s.table(
        "学校",
        ("学校代码",),
        [
            s.column("学校代码", s.CODE, synonyms=("单位编码",)),
            s.column("学校名称", s.TEXT, synonyms=("单位名称", "校名")),
            s.column("规模", s.SIZE),
        ],
    )
)


def read(content, program=PROGRAM, write=workbook):
    tables, problems = read_workbook(write(学校=content), program)
    return tables, [(problem.cell, problem.kind, problem.level) for problem in problems]


def assert_read(content, write=workbook):
    tables, problems = read(content, write=write)
    assert problems == []
    assert [
        list(cells) for cells in zip(*(tables[0].columns[name] for name in HEADINGS), strict=True)
    ] == ROWS


def test_a_column_is_found_under_its_synonyms():
    assert_read([["单位 编码", "校　名", "规模"], *ROWS])


def test_a_heading_and_its_synonym_are_one_column_twice():
    _, problems = read([[*HEADINGS, "校名"], *([*row, "x"] for row in ROWS)])
    assert problems == [("D1", "列名重复", "错误")]


@pytest.mark.parametrize("heading", ["*规模", "规模：", "规模（必填）", "规模 *", "规模(文本)"])
def test_marks_at_a_heading_do_not_matter(heading):
    assert_read([["学校代码", "学校名称", heading], *ROWS])


def test_a_unit_at_a_heading_must_be_the_column_s_own():
    money = s.column("标准", s.MONEY)
    program = s.program(s.table("学校", (), [money]))
    assert read([["标准（元/月）"], [1]], program)[1] == []
    assert read([["标准（万元）"], [1]], program)[1] == [("A1", "单位不符", "错误")]


UNITS = s.program(
    s.table(
        "学校",
        (),
        [
            s.column("标准", s.MONEY, synonyms=("绩效标准",)),
            s.column("补发", replace(s.MONEY, unit=YUAN), optional=True),
        ],
    )
)


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("标准（千元）", "千元"),
        ("标准(百元/月)", "百元/月"),
        ("*绩效 标准【万 元】：", "万元"),
        ("标准（单位：千元）", "千元"),
        ("标准：角", "角"),
        ("标准[分]", "分"),
        ("标准（万）", "万"),
        ("标准千元", "千元"),
        ("标准（元/年）", "元/年"),
    ],
)
def test_a_heading_in_another_unit_of_money_asks_for_the_amounts_to_be_converted(heading, unit):
    _, problems = read_workbook(workbook(学校=[[heading, "补发"], [4.2, 100]]), UNITS)
    (problem,) = problems
    assert (problem.cell, problem.column, problem.kind, problem.level) == ("A1", "标准", "单位不符", "错误")
    assert problem.message == f"“{heading}”的单位是{unit}，这一列要填元/月"
    assert problem.remedy == "请把各格换算成元/月，再把列名改为“标准”"


def test_an_optional_column_in_another_unit_is_not_left_out_in_silence():
    assert read([["标准", "补发（千元）"], [4200, 1.5]], UNITS)[1] == [("B1", "单位不符", "错误")]


def test_a_second_column_in_another_unit_is_only_not_read():
    assert read([["标准", "标准（万元）"], [4200, 0.42]], UNITS)[1] == [("B1", "未用的列", "提示")]


@pytest.mark.parametrize("heading", ["标准分", "标准（元）", "标准角度", "标准（千米）"])
def test_a_heading_that_says_no_other_unit_is_only_not_known(heading):
    assert read([["补发", heading], [1, 4200]], UNITS)[1] == [("B1", "未用的列", "提示")]


def test_a_heading_of_nearly_that_name_in_another_unit_is_not_told_to_change_its_name_alone():
    _, problems = read_workbook(workbook(学校=[["补发", "月绩效标准（千元）"], [1, 4.2]]), UNITS)
    (problem,) = problems
    assert problem.remedy == "是否应为“标准”？那一列要填元/月：是的话，请把各格换算成元/月，再改正列名"


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("单位：千元", "单位：千元"),
        ("金额单位:百元", "单位:百元"),
        ("填表日期：2020.9.1   单位：万元  制表：甲", "单位：万元"),
        ("单位：人、万元", "单位：人、万元"),
        ("（单 位： 人民币千元）", "单 位： 人民币千元"),
        ("单位：角", "单位：角"),
        ("单位:万", "单位:万"),
        ("以千元为单位", "以千元为单位"),
        ("绩效标准表（千元）", "（千元）"),
        ("绩效标准表(单位千元)", "(单位千元)"),
        ("万元", "万元"),
    ],
)
def test_another_unit_of_money_above_the_headings_is_an_error_in_its_cell(note, said):
    for above in ([note], ["一览表", "", note]):
        _, problems = read_workbook(workbook(学校=[above, ["标准", "补发"], [4.2, 1]]), UNITS)
        (problem,) = problems
        assert (problem.cell, problem.kind) == (f"{'ABC'[len(above) - 1]}1", "单位不符")
        assert problem.message == f"表头上写着“{said}”，金额要填元"
        assert problem.remedy == "请把金额换算成元，并删去或改正这一格"


@pytest.mark.parametrize(
    "note",
    [
        "单位：元",
        "单位：元/月",
        "单位：百里小学",
        "单位：分水岭小学",
        "单位：人",
        "学校/单位",
        "单位名称",
        "绩效标准表（元）",
        "不超过 1 万元",
        "千年小学（百人）",
        20200901,
    ],
)
def test_what_is_no_other_unit_of_money_may_stand_above_the_headings(note):
    assert read([[note], ["标准", "补发"], [4200, 1]], UNITS)[1] == []


def test_a_unit_above_headings_or_beside_them_is_seen_where_there_is_money():
    assert read([["金额（千元）", ""], ["标准", "补发"], [4.2, 1]], UNITS)[1] == [("A1", "单位不符", "错误")]
    assert ("C1", "单位不符", "错误") in read([["标准", "补发", "单位：千元"], [4.2, 1]], UNITS)[1]
    assert_read([["单位：千元"], HEADINGS, *ROWS])


def test_headings_over_two_rows_need_not_be_merged():
    assert_read([["一览表"], ["学校代码", "基本情况", ""], ["", "学校名称", "规模"], *ROWS])


def test_an_upper_heading_tells_two_lower_ones_apart():
    program = s.program(
        s.table("学校", (), [s.column("上学期得分", s.SCORE), s.column("下学期得分", s.SCORE)])
    )

    def write(sheet):
        sheet.merge_range("A1:B1", "上学期")
        sheet.merge_range("C1:D1", "下学期")
        sheet.write_row(1, 0, ["得分", "名次", "得分", "名次"])
        sheet.write_row(2, 0, [90, 1, 80, 2])

    tables, problems = read(write, program)
    assert {name: list(cells) for name, cells in tables[0].columns.items()} == {
        "上学期得分": [90],
        "下学期得分": [80],
    }
    assert [kind for _, kind, _ in problems] == ["未用的列", "未用的列"]


def test_headings_that_stand_again_among_the_rows_are_left_out():
    tables, problems = read([HEADINGS, ROWS[0], HEADINGS, ROWS[1]])
    assert problems == [("A3", "重复的标题行", "提示")]
    assert list(tables[0].rows) == [2, 4]


def told_of_rows(content, program=PROGRAM):
    """What reading and checking tell: cell, message, remedy; without what is only a hint."""
    tables, problems = read_workbook(workbook(学校=content), program)
    found = problems + check_and_seal(program, tables)[1]
    return [(each.cell, each.message, each.remedy) for each in found if each.level == "错误"]


@pytest.mark.parametrize(
    "again",
    [
        ["单位编码", "校　名", "规模"],
        ["*学校代码", "学校名称：", "规模"],
        ["学校代码", "学校 名称", "规模", "", "备注", "序号"],
    ],
)
def test_headings_that_stand_again_otherwise_spelt_are_one_error(again):
    told = told_of_rows([HEADINGS, ROWS[0], again, ROWS[1]])
    assert told == [("A3", "第 3 行又是列名", "请删除这一行")]


def test_headings_that_stand_again_in_another_order_tell_so():
    told = told_of_rows([HEADINGS, ROWS[0], ["学校代码", "规模", "校名"], ROWS[1]])
    assert told == [
        (
            "B3",
            "第 3 行又是列名，次序与上面不同（B3“规模”在“学校名称”列下）",
            "请先把下面的数据调成上面的次序，再删除这一行",
        )
    ]


def test_headings_that_stand_again_further_right_tell_so():
    told = told_of_rows([[*HEADINGS, "备注"], ["", *HEADINGS], ["", *ROWS[0]]])
    assert told[0][1] == "第 2 行又是列名，次序与上面不同（B2“学校代码”在“学校名称”列下）"
    told = told_of_rows([HEADINGS, ROWS[0], [""] * 3 + HEADINGS])
    assert told[0][1] == "第 3 行又是列名，次序与上面不同（D3“学校代码”上面没有列名）"


def test_few_headings_among_other_cells_are_data():
    program = s.program(
        s.table("学校", ("代码",), [s.column(name, s.TEXT) for name in ("代码", *"甲乙丙丁戊己")])
    )
    rows = [["代码", *"甲乙丙丁戊己"], ["a", *"甲乙1234"], ["b", *"甲乙丙123"]]
    assert told_of_rows(rows, program) == []
    assert told_of_rows([*rows, ["c", *"甲乙丙丁12"]], program) == [("A4", "第 4 行又是列名", "请删除这一行")]


def filled(sheet):
    for number, row in enumerate([HEADINGS, *ROWS]):
        sheet.write_row(number, 0, row)


def test_hidden_rows_and_columns_count_and_are_told():
    def write(sheet):
        filled(sheet)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(9, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})

    tables, problems = read(write)
    assert problems == [("A3", "隐藏的行", "提示"), ("B1", "隐藏的列", "提示")]
    assert len(tables[0].rows) == 2


def test_a_hidden_sheet_is_not_paid_from():
    data = workbook(首页=[["x"]], 学校=lambda sheet: (filled(sheet), sheet.hide()))
    problems = [problem for problem in read_workbook(data, PROGRAM)[1] if problem.level == "错误"]
    assert [(problem.sheet, problem.kind) for problem in problems] == [("学校", "隐藏的表")]


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell():
    program = s.program(s.table("学校", (), [s.column("甲", s.CODE), s.column("乙", s.TEXT, optional=True)]))

    def write(sheet):
        sheet.write_row(0, 0, ["甲", "乙"])
        sheet.write(1, 0, "A")
        sheet.write_formula(1, 1, '=""', None, "")

    as_excel = {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b'<c r="B2"', b'<c r="B2" t="str"')}
    tables, problems = read_workbook(repacked(workbook(学校=write), as_excel), program)
    assert problems == []
    assert check_and_seal(program, tables)[1] == []


def test_an_old_workbook_is_read_like_a_new_one():
    assert_read([HEADINGS, *ROWS], old_workbook)
    assert_read([["题目"], ["单位编码", "校名", "规模（必填）"], *ROWS], old_workbook)


def test_what_is_hidden_merged_or_failed_in_an_old_workbook_is_seen():
    def write(sheet):
        for row, cells in enumerate([HEADINGS, *ROWS]):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
        sheet.write_merge(3, 4, 1, 1, "丙")
        sheet.row(2).hidden = True
        sheet.col(2).hidden = True
        sheet.row(3).set_cell_error(2, "#DIV/0!")

    tables, problems = read(write, write=old_workbook)
    assert problems == [("B4", "合并单元格", "错误"), ("A3", "隐藏的行", "提示"), ("C1", "隐藏的列", "提示")]
    assert tables[0].columns["规模"][2] == "#VALUE!"

    def hide(sheet):
        sheet.write(0, 0, "学校代码")
        sheet.visibility = 1

    assert ("", "隐藏的表", "错误") in read(
        hide, write=lambda **sheets: old_workbook(首页=[["x"]], **sheets)
    )[1]


def test_an_old_workbook_that_spans_too_far_or_ends_too_early_is_refused():
    far = old_workbook(学校=lambda sheet: (sheet.write(0, 0, "a"), sheet.write(65535, 255, "b")))
    with pytest.raises(UnreadableWorkbook, match="范围过大"):
        read_workbook(far, PROGRAM)
    sound = old_workbook(学校=[HEADINGS, *ROWS])
    for size in (600, 2000, len(sound) // 2):
        with pytest.raises(UnreadableWorkbook):
            read_workbook(sound[:size], PROGRAM)
    with pytest.raises(UnreadableWorkbook, match="超过"):
        read_workbook(sound, PROGRAM, Limits(file_bytes=1000))


def test_links_of_an_old_workbook_to_other_files_are_refused():
    data = old_workbook(首页=[["x"]], 学校=lambda sheet: sheet.write(0, 0, xlwt.Formula("'首页'!A1")))
    own = b"\xae\x01\x04\x00\x02\x00\x01\x04"
    assert own in data
    with pytest.raises(UnreadableWorkbook, match="别的文件"):
        read_workbook(data.replace(own, b"\xae\x01\x04\x00\x02\x00\x05\x00"), PROGRAM)
