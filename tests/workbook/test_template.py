"""Templates: the same bytes each time, text where numbers would be destroyed, and nothing that can run."""

import io
import re
import zipfile
from dataclasses import replace

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from payroll_service.snapshot.sealing import check_and_seal
from payroll_service.snapshot.tables import Problem
from payroll_service.workbook.headings import column_note
from payroll_service.workbook.problems import problems_csv
from payroll_service.workbook.reader import read_workbook
from payroll_service.workbook.template import write_tables, write_template
from rules.language.program import CHOICE, Type
from tests.snapshot import sample as s

NAMES = tuple(f"独山县第{number}完全中心小学" for number in range(1, 41))
LONG = s.program(
    s.table(
        "学校",
        ("学校代码",),
        [
            s.column("学校代码", s.CODE),
            s.column("学校名称", Type(CHOICE, options=NAMES)),
            s.column("曾用名", Type(CHOICE, options=NAMES), optional=True),
            s.column("规模", s.SIZE),
            s.column("备注", Type(CHOICE, options=("一，二", "三,四")), optional=True),
        ],
    )
)


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


def sheets(data):
    """The rows of every sheet, as a reader of the file has them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_options_too_long_for_a_cells_own_rule_stand_on_a_hidden_sheet():
    """Two columns of the same forty names share one list; a comma would cut an option in two."""
    data = write_template(LONG)
    assert len(",".join(NAMES)) > 255
    rules = re.findall(
        r'type="list".*?sqref="(.+?)".*?<formula1>(.+?)</formula1>', part(data, "xl/worksheets/sheet2.xml")
    )
    assert rules == [
        ("B2:B1048576", "'选项清单'!$A$1:$A$40"),
        ("C2:C1048576", "'选项清单'!$A$1:$A$40"),
        ("D2:D1048576", '"大,中,小"'),
        ("E2:E1048576", "'选项清单'!$B$1:$B$2"),
    ]
    lists = sheets(data)["选项清单"]
    assert tuple(row[0] for row in lists) == NAMES
    assert [row[1] for row in lists[:3]] == ["一，二", "三,四", ""]
    found = CalamineWorkbook.from_filelike(io.BytesIO(data)).sheets_metadata
    assert {one.name: one.visible == SheetVisibleEnum.Visible for one in found} == {
        "说明": True, "学校": True, "选项清单": False,
    }  # fmt: skip
    assert data == write_template(LONG)
    assert "选项清单" not in sheets(write_template(s.COUNTY))


def test_the_hidden_lists_and_the_guide_are_not_read():
    rows = [{"学校代码": "A01", "学校名称": NAMES[39], "曾用名": None, "规模": "大", "备注": "三,四"}]
    data = write_tables(LONG, [s.raw("学校", rows)])
    tables, problems = read_workbook(data, LONG)
    assert problems == []
    assert [(table.table, table.columns["学校名称"]) for table in tables] == [("学校", [NAMES[39]])]


def test_tables_may_be_called_like_a_templates_own_sheets():
    named = {name: replace(LONG.tables["学校"], name=name) for name in ("说明", "选项清单")}
    program = replace(LONG, tables=named)
    data = write_template(program)
    assert list(sheets(data)) == ["说明页", "说明", "选项清单", "选项清单页"]
    tables, problems = read_workbook(data, program)
    assert problems == []
    assert [table.table for table in tables] == ["说明", "选项清单"]


def test_the_first_sheet_tells_every_column_and_what_it_wants():
    rows = sheets(write_template(s.COUNTY))["说明"]
    assert rows[0][0] == "示例县 1 数据模板"
    assert "蓝色的列必填" in rows[1][0]
    assert rows[3] == ["表", "列", "类型", "要求", "说明"]
    told = {(row[0], row[1]): row[2:] for row in rows[4:]}
    assert list(told) == [
        (table.name, column) for table in s.COUNTY.input_tables() for column in table.columns
    ]
    assert told["学校", "规模"] == ["选项：大、中、小", "必填", ""]
    assert told["任职", "绩效标准"] == ["金额，元/月，最多 2 位小数", "范围：不小于 0；必填", ""]
    assert told["人员", "卡号"][1] == "可以不填"


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
