"""Lists from finance and banks: CSV or Excel, headings found by name, numbers that are names kept whole."""

import pytest
import xlsxwriter

from payroll_service.errors import NotInBook, UnreadableFile
from payroll_service.workflow.read_deductions import read_deductions
from payroll_service.workflow.send_back import read_rejects

ID = "522726197804150029"


def csv(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "表.csv"
    path.write_text(text, encoding=encoding)
    return path


def xlsx(tmp_path, rows, hidden=False):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        if hidden:
            workbook.add_worksheet("旧").write_string(0, 0, "没有用")
            workbook.worksheets()[0].hide()
        sheet = workbook.add_worksheet("退票")
        if hidden:
            sheet.activate()
            sheet.set_first_sheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_list_of_rejects(tmp_path, encoding):
    path = csv(tmp_path, f"序号,证 件 号码,原因\n1,{ID},销户\n\n", encoding)
    assert read_rejects(path) == {ID: "销户"}


def test_an_excel_list_is_its_first_sheet_that_is_not_hidden(tmp_path):
    assert read_rejects(xlsx(tmp_path, [["证件号码", "原因"], [ID, "销户"]], hidden=True)) == {ID: "销户"}


def test_every_other_column_is_a_deduction_in_fen(tmp_path):
    path = xlsx(
        tmp_path,
        [
            ["证件号码", "姓名", "个人所得税", "社保"],
            [ID, "陆", 12.5, 0.1],
            [ID[:-1] + "X", "王", None, None],
        ],
    )
    assert read_deductions(path) == {ID: (("个人所得税", 1250), ("社保", 10))}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "空的"),
        ("证件号码\n", "原因"),
        ("证件号码,证件号码,原因\n", "证件号码"),
        (f"证件号码,原因\n{ID},\n", "没有写原因"),
        (f"证件号码,原因\n{ID},销户\n{ID},销户\n", "重复"),
        ("证件号码,原因\n5.22726E+17,销户\n", "第 2 行"),
    ],
)
def test_a_list_that_cannot_be_meant_so_is_refused_with_its_row(tmp_path, text, told):
    with pytest.raises((UnreadableFile, NotInBook), match=told):
        read_rejects(csv(tmp_path, text))


def test_a_number_cell_has_lost_digits_and_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="第 2 行"):
        read_rejects(xlsx(tmp_path, [["证件号码", "原因"], [522726197804150029, "销户"]]))


@pytest.mark.parametrize("amount", ["1.234", "一百", "-5"])
def test_a_deduction_is_an_amount_of_yuan(tmp_path, amount):
    with pytest.raises((UnreadableFile, NotInBook), match="第 2 行"):
        read_deductions(csv(tmp_path, f"证件号码,社保\n{ID},{amount}\n"))
