"""A column that may be empty must stand on its sheet: who renames it, or leaves it out, is told, and nothing is sealed."""

from dataclasses import replace

import pytest

from payroll_service.snapshot.sealing import check_and_seal, seal
from payroll_service.workbook.reader import read_workbook
from rules.language import program as p
from tests.snapshot import sample as s
from tests.workbook.books import workbook

KEPT = "确实都没有的，也请保留这一列、留空"


def sheets(table="", **renamed):
    """The county's sheets, row by row; headings of a table are renamed, or left out with their cells."""
    written = {}
    for name, rows in s.county_rows().items():
        new = renamed if name == table else {}
        kept = [heading for heading in rows[0] if new.get(heading, heading)]
        cells = [[row[heading] for heading in kept] for row in rows]
        written[name] = [[new.get(heading, heading) for heading in kept], *cells]
    return written


def told(written, program=s.COUNTY):
    tables, problems = read_workbook(workbook(**written), program)
    snapshot, found = check_and_seal(program, tables)
    assert (snapshot is None) == bool(found)
    return [(each.sheet, each.cell, each.column, each.kind) for each in [*problems, *found]], found


@pytest.mark.parametrize(
    ("heading", "words"),
    [("离任日期", "E1“离任日期”像是它的"), ("截止", "像是它的"), ("止日", "像是它的")],
)
def test_a_renamed_column_is_an_error_at_the_heading_that_could_be_it(heading, words):
    where, (problem,) = told(sheets("任职", 止=heading))
    assert where == [("任职", "E1", "止", "缺列")]
    assert problem.message == "没有“止”这一列"
    assert words in problem.remedy
    assert KEPT in problem.remedy


def test_a_column_that_was_left_out_is_an_error_of_the_sheet():
    where, (problem,) = told(sheets("任职", 止=None))
    assert where == [("任职", "", "止", "缺列")]
    assert KEPT in problem.remedy


def test_so_is_one_with_a_default():
    where, (problem,) = told(sheets("人员", 比例="发放比例"))
    assert where == [("人员", "D1", "比例", "缺列")]
    assert KEPT in problem.remedy


def test_a_required_one_is_told_where_it_may_stand_and_may_not_be_empty():
    where, (problem,) = told(sheets("任职", 绩效标准="月标准"))
    assert where == [("任职", "G1", "月标准", "未用的列"), ("任职", "G1", "绩效标准", "缺列")]
    assert problem.remedy == "G1“月标准”像是它的，请改列名"


def test_amounts_in_another_unit_are_not_to_be_renamed():
    where, problems = told(sheets("任职", 绩效标准="绩效的标准（千元）"))
    assert ("任职", "", "绩效标准", "缺列") in where
    assert not any("像是它的" in problem.remedy for problem in problems)


def test_a_heading_of_other_cells_is_not_taken_for_it():
    written = sheets("任职", 止="备注")
    for row in written["任职"][1:]:
        row[4] = "代课"
    assert told(written)[0] == [("任职", "E1", "备注", "未用的列"), ("任职", "", "止", "缺列")]


def test_numbers_of_rows_are_not_taken_for_a_column():
    written = sheets("人员", 比例="序号")
    for number, row in enumerate(written["人员"][1:]):
        row[3] = number
    assert ("人员", "", "比例", "缺列") in told(written)[0]


def test_one_heading_is_taken_for_one_column_and_a_like_name_goes_before_like_cells():
    where, _ = told(sheets("任职", 起="任职起日", 止=None))
    lacking = [each for each in where if each[3] == "缺列"]
    assert lacking == [("任职", "D1", "起", "缺列"), ("任职", "", "止", "缺列")]


def test_a_column_that_stands_there_empty_is_fine():
    written = sheets()
    for row in written["任职"][2:]:
        row[4] = None
    assert told(written)[0] == []


def test_a_sheet_without_rows_may_lack_columns():
    written = sheets("学期考核")
    written["任职"] = [[heading for heading in written["任职"][0] if heading != "止"]]
    assert told(written)[0] == []


def test_of_several_parts_the_one_that_lacks_it_is_named(tmp_path):
    for school, heading in (("甲", "卡号"), ("乙", "银行卡号")):
        (tmp_path / school).mkdir()
        number = {"甲": s.ID_A, "乙": s.ID_B}[school]
        lines = f"证件号码,姓名,{heading},比例\n{number},某人,,\n"
        (tmp_path / school / "人员.csv").write_text(lines, encoding="utf-8")
    tables, _ = read_workbook(tmp_path, s.program(s.PEOPLE))
    (problem,) = check_and_seal(s.program(s.PEOPLE), tables)[1]
    assert (problem.sheet, problem.cell, problem.column) == ("乙/人员.csv", "C1", "卡号")


def test_columns_of_a_scheme_s_own_tables_may_be_left_out():
    scheme = p.Scheme("甲校方案", "甲", "1", "", "学校", p.Const(True, s.YES_NO, "是"))
    own = replace(s.PEOPLE, name="甲·人员")
    program = replace(s.program(own), schemes=(scheme,))
    tables, problems = read_workbook(workbook(甲·人员=[["证件号码", "姓名"], [s.ID_A, "张三"]]), program)
    assert problems == []
    assert seal(program, tables).tables["甲·人员"].size == 1
