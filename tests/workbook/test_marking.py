"""Problems go back in the clerk's own workbook: who follows the notes succeeds the second time."""

import io
import re

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

from payroll_service.snapshot.sealing import check_and_seal, seal
from payroll_service.snapshot.tables import Problem
from payroll_service.workbook.mark_child import COLOURS, SIGN
from payroll_service.workbook.marking import problems_xlsx
from payroll_service.workbook.reader import read_workbook
from payroll_service.workbook.template import PROBLEM_SHEET, write_tables
from tests.snapshot import sample as s
from tests.workbook.books import old_workbook

SPOILT = {
    ("学校", 0, "规模"): "特大",
    ("人员", 1, "比例"): 85,
    ("任职", 0, "起"): "去年",
    ("任职", 0, "止"): "2020-02-30",
    ("任职", 1, "学校代码"): "A99",
    ("任职", 2, "绩效标准"): "三千元",
    ("任职", 2, "班主任"): None,
    ("学期考核", 0, "得分"): 120.5,
    ("学期考核", 1, "期间"): "上学期",
}


def spoilt_rows():
    rows = s.county_rows()
    for (table, row, column), cell in SPOILT.items():
        rows[table][row][column] = cell
    return rows


def problems_of(source):
    tables, problems = read_workbook(source, s.COUNTY)
    return problems + check_and_seal(s.COUNTY, tables)[1]


def returned(source):
    return problems_xlsx(source, s.COUNTY, problems_of(source))


def cures(book):
    """What the notes say, by sheet and cell."""
    return {
        (sheet.title, cell.coordinate): cell.comment.text.partition(SIGN)[2]
        for sheet in book
        for line in sheet.iter_rows()
        for cell in line
        if cell.comment and SIGN in cell.comment.text
    }


def follow(book):
    """Do in every noted cell what its note asks for, with the values of the sound county."""
    sound = s.county_rows()
    for sheet, coordinate in cures(book):
        cell = book[sheet][coordinate]
        column = book[sheet].cell(1, cell.column).value
        cell.value = sound[sheet][cell.row - 2][column]


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def spoilt():
    return write_tables(s.COUNTY, s.raw_county(spoilt_rows()))


def test_who_follows_the_notes_succeeds_the_second_time(spoilt):
    book = load_workbook(io.BytesIO(returned(spoilt)))
    assert len(cures(book)) == len(SPOILT)
    follow(book)
    tables, problems = read_workbook(saved(book), s.COUNTY)
    assert problems == []
    assert seal(s.COUNTY, tables).fingerprint == seal(s.COUNTY, s.raw_county()).fingerprint


def csv_folder(folder):
    folder.mkdir()
    for name, rows in spoilt_rows().items():
        lines = [",".join(rows[0])]
        lines += [",".join("" if cell is None else f'"{cell}"' for cell in row.values()) for row in rows]
        (folder / f"{name}.csv").write_text("\n".join(lines).replace("True", "是"), encoding="gb18030")
    return folder


def test_rows_of_csv_files_come_back_as_a_workbook_that_can_be_mended(tmp_path):
    book = load_workbook(io.BytesIO(returned(csv_folder(tmp_path / "县"))))
    follow(book)
    tables, _ = read_workbook(saved(book), s.COUNTY)
    assert seal(s.COUNTY, tables).fingerprint == seal(s.COUNTY, s.raw_county()).fingerprint


def test_an_old_workbook_comes_back_as_a_new_one():
    rows = spoilt_rows()
    data = old_workbook(
        **{name: [list(cells[0]), *([*row.values()] for row in cells)] for name, cells in rows.items()}
    )
    book = load_workbook(io.BytesIO(returned(data)))
    follow(book)
    tables, _ = read_workbook(saved(book), s.COUNTY)
    assert seal(s.COUNTY, tables).fingerprint == seal(s.COUNTY, s.raw_county()).fingerprint


def test_bad_cells_are_coloured_and_listed_first_with_links(spoilt):
    book = load_workbook(io.BytesIO(returned(spoilt)))
    assert book.sheetnames[0] == PROBLEM_SHEET
    assert book["学校"]["C2"].fill.fgColor.rgb == COLOURS["错误"]
    listed = {
        (row[1].value, row[2].value): row[2].hyperlink.location
        for row in book[PROBLEM_SHEET].iter_rows(min_row=6)
        if row[2].hyperlink
    }
    assert listed[("学校", "C2")] == "'学校'!C2"
    assert set(listed) == set(cures(book))


def test_marks_of_an_earlier_round_are_taken_away(spoilt):
    again = returned(returned(spoilt))
    book = load_workbook(io.BytesIO(again))
    assert book.sheetnames.count(PROBLEM_SHEET) == 1
    assert all(note.count("问题：") == 1 for note in cures(book).values())
    follow(book)
    mended = load_workbook(io.BytesIO(returned(saved(book))))
    assert cures(mended) == {}
    assert mended["学校"]["C2"].fill.fgColor.rgb != COLOURS["错误"]


def test_the_clerk_s_own_notes_and_formulas_stay(spoilt):
    book = load_workbook(io.BytesIO(spoilt))
    book["学校"]["C2"].comment = Comment("问过校长", "王")
    book["任职"]["H9"] = "=1+1"
    book = load_workbook(io.BytesIO(problems_xlsx(saved(book), s.COUNTY, problems_of(spoilt))))
    assert book["学校"]["C2"].comment.text.startswith("问过校长\n" + SIGN)
    assert book["任职"]["H9"].value == "=1+1"


def test_no_problem_starts_a_formula_or_breaks_the_sheet():
    problem = Problem("学校", "", "=1+1", "x", "\x00\ud800", "=2")
    for source in (write_tables(s.COUNTY, s.raw_county()), None):
        data = problems_xlsx(source, s.COUNTY, [problem])
        cells = [cell for line in load_workbook(io.BytesIO(data))[PROBLEM_SHEET].iter_rows() for cell in line]
        assert all(cell.data_type != "f" for cell in cells)
        assert any(cell.value == "=1+1" for cell in cells)


def test_what_is_no_workbook_still_gives_the_list():
    assert re.match(b"PK", problems_xlsx(b"rubbish", s.COUNTY, problems_of(write_tables(s.COUNTY, []))))
