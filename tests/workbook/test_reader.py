"""Reading a workbook: sheets and columns by name, cells as they stand, layout problems where they are."""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from payroll_service.snapshot.sealing import check_and_seal, seal
from payroll_service.workbook.reader import read_workbook
from payroll_service.workbook.template import write_tables
from tests.snapshot import sample as s
from tests.workbook.books import workbook

SCHOOLS = [["学校代码", "学校名称", "规模"], ["A01", "甲小学", "大"], ["A02", "乙小学", "小"]]


def read_schools(**sheets):
    tables, problems = read_workbook(workbook(**sheets), s.program(s.SCHOOLS))
    return tables, [(problem.sheet, problem.cell, problem.kind, problem.level) for problem in problems]


def test_a_county_written_to_a_workbook_is_read_back_to_the_same_snapshot():
    data = write_tables(s.COUNTY, s.raw_county())
    tables, problems = read_workbook(data, s.COUNTY)
    assert problems == []
    assert seal(s.COUNTY, tables).fingerprint == seal(s.COUNTY, s.raw_county()).fingerprint


def test_a_file_and_its_bytes_are_read_alike(tmp_path):
    path = tmp_path / "县.xlsx"
    path.write_bytes(write_tables(s.COUNTY, s.raw_county()))
    assert read_workbook(path, s.COUNTY) == read_workbook(path.read_bytes(), s.COUNTY)


def test_a_problem_names_the_cell_of_the_sheet():
    rows = [
        ["2020 年学校一览表"],
        [],
        ["序号", " 学校 代码", "学校\n名称", "规模　"],
        [1, "A01", "甲小学", "特大"],
    ]
    tables, _ = read_workbook(workbook(**{"学　校 ": rows}), s.program(s.SCHOOLS))
    _, problems = check_and_seal(s.program(s.SCHOOLS), tables)
    assert [(problem.sheet, problem.cell, problem.column) for problem in problems] == [
        ("学　校 ", "D4", "规模")
    ]


def test_blank_rows_are_left_out_and_row_numbers_kept():
    tables, problems = read_schools(学校=[*SCHOOLS[:2], [], ["", " ", "　"], SCHOOLS[2], [], [" "]])
    assert problems == []
    assert list(tables[0].rows) == [2, 5]
    assert list(tables[0].columns["学校代码"]) == ["A01", "A02"]


def test_zero_and_no_are_not_blank():
    program = s.program(s.table("t", (), [s.column("数", s.WHOLE), s.column("是", s.YES_NO)]))
    tables, _ = read_workbook(workbook(t=[["数", "是"], [0, False], ["", False], [0, ""]]), program)
    assert len(tables[0].rows) == 3


def test_doubled_headings_are_an_error_and_undeclared_ones_a_hint():
    rows = [["学校代码", "学校名称", "规模", "规模", "备注"], ["A01", "甲小学", "大", "小", "无"]]
    _, problems = read_schools(学校=rows)
    assert problems == [("学校", "D1", "列名重复", "错误"), ("学校", "E1", "未用的列", "提示")]


def test_a_misspelt_heading_or_sheet_is_suggested():
    rows = [["学校代码", "学校名", "规模"], ["A01", "甲小学", "大"]]
    tables, problems = read_workbook(workbook(学校=rows), s.program(s.SCHOOLS))
    problems += check_and_seal(s.program(s.SCHOOLS), tables)[1]
    assert [(problem.cell, problem.column, problem.remedy) for problem in problems] == [
        ("B1", "学校名", "是否应为“学校名称”？请改正列名"),
        ("B1", "学校名称", "B1“学校名”像是它的，请改列名"),
    ]
    _, problems = read_workbook(workbook(学期考核表=[["x"]]), s.program(s.SCORES))
    assert "是否应为“学期考核”" in problems[0].remedy


def test_a_sheet_without_headings_is_a_problem_and_an_empty_one_is_not():
    _, problems = read_schools(学校=SCHOOLS[1:])
    assert problems == [("学校", "", "缺标题行", "错误")]
    tables, problems = read_schools(学校=[])
    assert problems == []
    assert len(tables[0].rows) == 0


def test_two_sheets_of_one_name_are_an_error():
    _, problems = read_schools(**{"学校": SCHOOLS, "学校 ": SCHOOLS})
    assert problems == [("学校 ", "", "表名重复", "错误")]


def test_headings_merged_over_two_rows_are_found():
    def write(sheet):
        sheet.merge_range("A1:A2", "学校代码")
        sheet.merge_range("B1:C1", "基本情况")
        sheet.write_row(1, 1, ["学校名称", "规模"])
        sheet.write_row(2, 0, ["A01", "甲小学", "大"])

    tables, problems = read_schools(学校=write)
    assert problems == []
    assert tables[0].letters == {"学校代码": "A", "学校名称": "B", "规模": "C"}


def test_merged_cells_among_the_data_are_an_error():
    def write(sheet):
        for number, row in enumerate(SCHOOLS):
            sheet.write_row(number, 0, row)
        sheet.merge_range("C2:C3", "大")

    _, problems = read_schools(学校=write)
    assert problems == [("学校", "C2", "合并单元格", "错误")]


def test_a_formula_that_failed_is_no_empty_cell():
    """The parser gives such a cell out as empty, and an empty cell would take the column's default."""
    program = s.program(
        s.table("t", ("代码",), [s.column("代码", s.CODE), s.column("比例", s.PERCENT, default="100%")])
    )

    def write(sheet):
        sheet.write_row(0, 0, ["代码", "比例"])
        sheet.write_row(1, 0, ["A"])
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 0, ["B"])
        sheet.write_formula(2, 1, "=1/2", None, 0.5)

    tables, _ = read_workbook(workbook(t=write), program)
    _, problems = check_and_seal(program, tables)
    assert [(problem.cell, problem.kind) for problem in problems] == [("B2", "公式错误")]


def test_cells_keep_their_kind():
    program = s.program(s.table("t", (), [s.column(name, s.TEXT) for name in "甲乙丙丁"]))

    def write(sheet):
        sheet.write_row(0, 0, list("甲乙丙丁"))
        sheet.write_string(1, 0, "007")
        sheet.write_number(1, 1, 4200.75)
        sheet.write_boolean(1, 2, True)
        sheet.write_datetime(1, 3, date(2020, 9, 1), sheet.default_date_format)

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy年m月d日"})
    write(book.add_worksheet("t"))
    book.close()
    tables, _ = read_workbook(out.getvalue(), program)
    assert {name: cells[0] for name, cells in tables[0].columns.items()} == {
        "甲": "007",
        "乙": 4200.75,
        "丙": True,
        "丁": date(2020, 9, 1),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_folder_of_csv_files_is_read_as_texts(tmp_path, encoding):
    lines = "证件号码,姓名,卡号,比例\r\n" + f'{s.ID_A},"张,三",0012345678,85%\r\n,,,\r\n'
    (tmp_path / "人员.csv").write_text(lines, encoding=encoding, newline="")
    tables, problems = read_workbook(tmp_path, s.program(s.PEOPLE))
    assert problems == []
    snapshot = seal(s.program(s.PEOPLE), tables)
    assert snapshot.tables["人员"].columns["卡号"].words == ("0012345678",)
    assert tables[0].source == "人员.csv"


def test_an_id_that_excel_spoilt_before_saving_as_csv_is_found(tmp_path):
    (tmp_path / "人员.csv").write_text("证件号码,姓名,卡号,比例\n4.40882E+17,张三,,\n", encoding="utf-8")
    _, problems = check_and_seal(s.program(s.PEOPLE), read_workbook(tmp_path, s.program(s.PEOPLE))[0])
    assert [(problem.cell, problem.kind) for problem in problems] == [("A2", "数字格式的号码")]


def test_a_formula_that_was_never_calculated_is_no_empty_cell():
    program = s.program(s.table("t", (), [s.column("比例", s.PERCENT, default="100%")]))
    data = workbook(t=lambda sheet: [sheet.write(0, 0, "比例"), sheet.write_formula(1, 0, "=A3", None, 0.5)])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v>0.5</v>", b""))
    tables, _ = read_workbook(out.getvalue(), program)
    assert [problem.kind for problem in check_and_seal(program, tables)[1]] == ["公式错误"]
