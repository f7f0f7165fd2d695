"""Numbers that are shown otherwise than stored: refused in the cell, with what to fill in; harmless formats are read."""

import io
import re
import struct
from dataclasses import replace

import pytest
import xlwt
from openpyxl import Workbook

from payroll_service.workbook.guard import UnreadableWorkbook
from payroll_service.workbook.number_formats import exact_text, scales, shown
from payroll_service.workbook.old_sheets import _styled
from payroll_service.workbook.reader import read_workbook
from payroll_service.workbook.sheets import _FEW_STYLES
from tests.snapshot import sample as s
from tests.workbook.books import old_workbook, repacked

PROGRAM = s.program(
    s.table(
        "表",
        (),
        [
            s.column("分", replace(s.SCORE, high=None)),
            s.column("率", s.PERCENT),
            s.column("注", s.TEXT, optional=True),
        ],
    )
)
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("value", "code", "text", "meant"),
    [
        (0.89, "0%", "89%", "89"),
        (0.8925, "0%", "89%", "89.25"),
        (89.5, "0.0%", "8950.0%", "8950"),
        (0.35, '0.00"万"', "0.35万", "3500"),
        (0.35, "0.00万", "0.35万", "3500"),
        (2.83075, '0.00"千元"', "2.83千元", "2830.75"),
        (2830750, "0.00,", "2830.75", "2830.75"),
        (2830750, "#,##0,", "2831", "2830.75"),
        (2830750, "#,##0,.00", "2830.75", "2830.75"),
        (-0.05, "0.00;-0%", "-5%", "-5"),
        (20000, '[>=10000]0.0,,"百万";0', "0.0百万", None),
        (12345, '0\\.0,"万"', "", None),
        (5, '0"千克"', "5千克", None),
    ],
)
def test_what_a_format_shows_and_what_is_meant_by_it(value, code, text, meant):
    assert scales(code)
    found = shown(value, code)
    assert found is not None
    assert (found.text, found.meant and exact_text(found.meant)) == (text, meant)


@pytest.mark.parametrize(
    "code",
    [
        "General", "0", "0.00", "#,##0.00", "@", '0"%"', "0.00E+00", "# ?/?", '"¥"#,##0.00', '0"元"',
        '_ ¥* #,##0.00_ ;_ ¥* \\-#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ', "0.00_ ;[Red]\\-0.00\\ ", '[DBNum2][$-804]General"元"', "",
        '"', "[", "\\", "yyyy-mm-dd", ";;;",
    ],
)  # fmt: skip
def test_formats_that_show_the_number_itself(code):
    assert not scales(code)
    assert shown(89.5, code) is None


def test_a_section_that_does_not_show_this_number_does_not_matter():
    assert shown(500, '[>=10000]0.0,"万";0') is None
    assert shown(5, "0.00;-0%") is None
    assert shown(0, "0%") is None


def book(rows):
    """A workbook of the table, its headings in row 2, each cell (value, number format)."""
    made = Workbook()
    sheet = made.active
    sheet.title = "表"
    for column, name in enumerate(["分", "率", "注"], 1):
        sheet.cell(2, column).value = name
    for row, cells in enumerate(rows, 3):
        for column, (value, code) in enumerate(cells, 1):
            sheet.cell(row, column).value = value
            sheet.cell(row, column).number_format = code
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def old_book(rows):
    def write(sheet):
        for column, name in enumerate(["分", "率", "注"]):
            sheet.write(1, column, name)
        for row, cells in enumerate(rows, 2):
            for column, (value, code) in enumerate(cells):
                sheet.write(row, column, value, xlwt.easyxf(num_format_str=code))

    return old_workbook(表=write)


ROWS = [
    [(0.89, "0%"), (0.5, "0%"), ("x", "0%")],
    [(89.5, "0.00"), (0.5, "0.00"), (None, "0%")],
    [(2830750, "0.00,"), (0.5, "0.00%"), ("x", "General")],
    [(0.35, '0.00"万"'), (0.5, "General"), ("x", "@")],
    [(0, "0%"), (1, "0%"), ("89", "0%")],
    [("89", "0%"), ("85%", "0%"), ("x", "0%")],
]
FOUND = [
    ("A3", "显示不符", "这一格显示 89%，存的是 0.89", "请先把单元格格式改为“数值”，再填 89"),
    ("A5", "显示不符", "这一格显示 2830.75，存的是 2830750", "请先把单元格格式改为“数值”，再填 2830.75"),
    ("A6", "显示不符", "这一格显示 0.35万，存的是 0.35", "请先把单元格格式改为“数值”，再填 3500"),
]


def found(data):
    return sorted(
        (each.cell, each.kind, each.message, each.remedy) for each in read_workbook(data, PROGRAM)[1]
    )


@pytest.mark.parametrize("write", [book, old_book])
def test_a_number_that_is_shown_otherwise_than_stored_is_refused_in_its_cell(write):
    assert found(write(ROWS)) == FOUND


def test_runs_of_numbers_in_an_old_workbook_are_seen():
    def write(sheet):
        for column in range(3):
            sheet.write(0, column, ["分", "率", "注"][column])
        sheet.row(1).set_cell_mulblanks(4, 6, xlwt.easyxf(num_format_str="0%"))
        sheet.write(1, 0, 1, xlwt.easyxf(num_format_str="0%"))

    assert [each[0] for each in found(old_workbook(表=write))] == ["A2"]
    assert list(_styled(0x00BD, struct.pack("<HHHIHIH", 7, 2, 15, 0, 16, 0, 3))) == [(7, 2, 15), (7, 3, 16)]


def test_cells_written_in_another_way_are_seen_too():
    def rewritten(xml):
        return re.sub(rb'<c r="(\w+)" s="(\d+)"', rb"<c\n s='\2'  r = '\1'", xml)

    assert found(repacked(book(ROWS), {SHEET: rewritten})) == FOUND
    assert (
        found(repacked(book(ROWS), {SHEET: lambda xml: xml.replace(b'<c r="A3" s=', b'<c r="A3" ph="1" s=')}))
        == FOUND
    )


def test_many_styles_that_scale_are_seen():
    rows = [
        [(0.5, "0." + "0" * places + "%"), (0.5, "0%"), ("x", "@")] for places in range(1, _FEW_STYLES + 5)
    ]
    assert len(found(book(rows))) == len(rows)


def test_a_workbook_without_styles_is_read():
    data = book([[(89, "General"), (0.5, "General"), ("x", "General")]])
    assert found(repacked(data, {"xl/styles.xml": lambda _: b"<styleSheet/>"})) == []
    refused = repacked(data, {"xl/styles.xml": lambda xml: b"<!DOCTYPE x>" + xml})
    with pytest.raises(UnreadableWorkbook):
        read_workbook(refused, PROGRAM)
