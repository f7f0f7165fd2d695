"""Templates: the same bytes each time, text where numbers would be destroyed, and nothing that can run."""

import io
import zipfile

from payroll_service.snapshot.sealing import check_and_seal
from payroll_service.snapshot.tables import Problem
from payroll_service.workbook.headings import column_note
from payroll_service.workbook.problems import problems_csv
from payroll_service.workbook.reader import read_workbook
from payroll_service.workbook.template import write_tables, write_template
from tests.snapshot import sample as s


def part(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode()


def test_a_template_made_again_is_the_same_to_the_byte():
    assert write_template(s.COUNTY) == write_template(s.COUNTY)
    assert write_tables(s.COUNTY, s.raw_county()) == write_tables(s.COUNTY, s.raw_county())


def test_an_empty_template_is_sound():
    tables, problems = read_workbook(write_template(s.COUNTY), s.COUNTY)
    assert problems == []
    assert [table.table for table in tables] == ["学校", "人员", "任职", "学期考核"]
    assert check_and_seal(s.COUNTY, tables)[1] == []


def test_a_heading_says_all_that_the_rule_set_says():
    posts, people = s.POSTS.columns, s.PEOPLE.columns
    assert column_note(s.POSTS, posts["绩效标准"]) == "类型：金额，元/月，最多 2 位小数\n范围：不小于 0\n必填"
    assert (
        column_note(s.PEOPLE, people["比例"])
        == "类型：百分数，如 85%，最多 2 位小数\n范围：0% 至 100%\n可以不填，不填作 100%"
    )
    assert column_note(s.PEOPLE, people["证件号码"]).endswith("主键：每行的证件号码不能重复")
    assert "须与“人员”表的“姓名”一致" in column_note(s.POSTS, posts["姓名"])


def test_a_heading_says_its_synonyms_and_what_counts_as_empty():
    column = s.column("卡号", s.ACCOUNT, optional=True, synonyms=("银行账号",), empty_marks=("暂无",))
    note = column_note(s.PEOPLE, column)
    assert "列名也可以是：银行账号" in note
    assert "可以不填；写 暂无 也算没有填" in note


def test_choices_have_drop_downs():
    assert "<formula1>&quot;大,中,小&quot;</formula1>" in part(
        write_template(s.COUNTY), "xl/worksheets/sheet2.xml"
    ).replace('"', "&quot;")


def test_a_text_that_looks_like_a_formula_stays_a_text():
    rows = s.county_rows()
    rows["学校"][0]["学校名称"] = "=HYPERLINK(1)"
    data = write_tables(s.COUNTY, s.raw_county(rows))
    assert "<f>" not in part(data, "xl/worksheets/sheet2.xml")
    tables, _ = read_workbook(data, s.COUNTY)
    assert tables[0].columns["学校名称"][0] == "=HYPERLINK(1)"


def test_problems_are_listed_for_excel_and_cannot_start_a_formula():
    problem = Problem("学校", "C2", "=1+1", "选项", "“大型”不是可选的值", " @SUM(A1)")
    text = problems_csv([problem])
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.decode("utf-8-sig").splitlines() == [
        "表,单元格,列,类别,问题,怎样改,级别",
        "学校,C2,'=1+1,选项,“大型”不是可选的值,' @SUM(A1),错误",
    ]
