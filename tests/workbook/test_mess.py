"""Laws of mess: what must not matter leaves the snapshot as it is, what must matter is a problem in the very cell."""

import io
from dataclasses import replace

import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.snapshot.sealing import check_and_seal, seal
from payroll_service.workbook.reader import read_workbook
from payroll_service.workbook.sheets import column_letters
from tests.examples import examples
from tests.snapshot import sample as s

SYNONYMS = {"证件号码": ("身份证号", "证件号"), "学校代码": ("单位编码",), "绩效标准": ("月标准",)}


def with_synonyms(table):
    columns = {
        name: replace(column, synonyms=SYNONYMS.get(name, ())) for name, column in table.columns.items()
    }
    return replace(table, columns=columns)


PROGRAM = replace(s.COUNTY, tables={name: with_synonyms(table) for name, table in s.COUNTY.tables.items()})
SOUND = seal(PROGRAM, s.raw_county()).fingerprint
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def stray_spaces(draw, text):
    at = draw(st.integers(0, len(text)))
    return (
        draw(st.sampled_from(["", " ", "　", "\u200b", "\n"]))
        + text[:at]
        + draw(st.sampled_from(["", " ", "　"]))
        + text[at:]
    )


def spelled_heading(draw, name):
    text = draw(st.sampled_from([name, *SYNONYMS.get(name, ())]))
    text = stray_spaces(draw, text)
    return draw(st.sampled_from([text, f"*{text}", f"{text}：", f"{text}（必填）"]))


def spelled_cell(draw, cell):
    if not isinstance(cell, str):
        return cell
    text = cell.translate(FULL_WIDTH) if cell.isascii() and draw(st.booleans()) else cell
    return draw(st.sampled_from(["", " ", "　", "\u200b"])) + text + draw(st.sampled_from(["", " ", "　"]))


@st.composite
def layouts(draw):
    """How one sheet is laid out: sheet name, titles above, depth of the headings, order of columns, blank and hidden ones."""
    return {
        name: {
            "sheet": stray_spaces(draw, name).replace("\n", ""),
            "titles": draw(st.integers(0, 5)),
            "deep": draw(st.booleans()),
            "columns": draw(st.permutations(list(rows[0]))),
            "headings": {column: spelled_heading(draw, column) for column in rows[0]},
            "rows": [{column: spelled_cell(draw, cell) for column, cell in row.items()} for row in draw(st.permutations(rows))],
            "gap": draw(st.booleans()),
            "hidden": draw(st.booleans()),
            "more": draw(st.booleans()),
        }
        for name, rows in s.county_rows().items()
    }  # fmt: skip


def write_sheet(book, layout):
    """Returns the row of the first data row, from 0."""
    sheet = book.add_worksheet(layout["sheet"])
    for row in range(layout["titles"]):
        sheet.write_string(row, 0, f"第 {row} 行说明" if row else "一览表")
    top = layout["titles"]
    for number, column in enumerate(layout["columns"]):
        text = layout["headings"][column]
        if layout["deep"] and number % 2:
            sheet.merge_range(top, number, top + 1, number, text)
        else:
            sheet.write_string(top + layout["deep"], number, text)
            if layout["deep"]:
                sheet.write_string(top, number, "基本情况")
    if layout["more"]:
        sheet.write_string(top + layout["deep"], len(layout["columns"]) + 1, "序号")
    first = top + 1 + layout["deep"] + layout["gap"]
    for row, cells in enumerate(layout["rows"], first):
        for number, column in enumerate(layout["columns"]):
            if cells[column] is not None:
                sheet.write(row, number, cells[column])
    if layout["hidden"]:
        sheet.set_row(first, None, None, {"hidden": True})
        sheet.set_column(0, 0, None, None, {"hidden": True})
    return first


def written(layouts):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}
    )
    firsts = {name: write_sheet(book, layout) for name, layout in layouts.items()}
    book.close()
    return out.getvalue(), firsts


@examples(25)
@given(layouts())
def test_a_mess_that_must_not_matter_leaves_the_snapshot_as_it_is(layouts):
    tables, problems = read_workbook(written(layouts)[0], PROGRAM)
    assert [problem for problem in problems if problem.level == "错误"] == []
    snapshot, found = check_and_seal(PROGRAM, tables)
    assert found == []
    assert snapshot is not None
    assert snapshot.fingerprint == SOUND


BAD: dict[tuple[str, str], list] = {
    ("学校", "规模"): ["特大", "大小", 3],
    ("人员", "证件号码"): [440882199101010015.0, "440882199101010011", "44088219910101001"],
    ("人员", "比例"): ["101%", 85, "八成"],
    ("任职", "起"): ["2020-02-30", "去年", 44075, "9999-12-31"],
    ("任职", "绩效标准"): ["三千", "4,20", -1, 4200.755, "3000元"],
    ("任职", "班主任"): ["对", 1],
    ("学期考核", "得分"): [120.01, "优"],
    ("学期考核", "期间"): ["上学期", "2020-2022-1"],
}


@examples(25)
@given(layouts(), st.data())
def test_a_mess_that_must_matter_is_a_problem_in_its_cell(layouts, data):
    name, column = data.draw(st.sampled_from(sorted(BAD)))
    layout = layouts[name]
    row = data.draw(st.integers(0, len(layout["rows"]) - 1))
    layout["rows"][row][column] = data.draw(st.sampled_from(BAD[name, column]))
    book, firsts = written(layouts)
    tables, problems = read_workbook(book, PROGRAM)
    snapshot, found = check_and_seal(PROGRAM, tables)
    assert snapshot is None
    cell = f"{column_letters(layout['columns'].index(column))}{firsts[name] + row + 1}"
    bad = {
        (problem.sheet, problem.cell, problem.column)
        for problem in problems + found
        if problem.level == "错误"
    }
    assert (layout["sheet"], cell, column) in bad
