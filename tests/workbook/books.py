"""Workbooks for tests, written by hand: every sheet a list of rows or a function that writes to it."""

import io
import zipfile

import xlsxwriter
import xlwt


def workbook(**sheets):
    """Bytes of an .xlsx workbook."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, content in sheets.items():
        sheet = book.add_worksheet(name)
        if callable(content):
            content(sheet)
        else:
            for number, row in enumerate(content):
                sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def old_workbook(**sheets):
    """Bytes of an .xls workbook."""
    book = xlwt.Workbook(encoding="utf-8")
    for name, content in sheets.items():
        sheet = book.add_sheet(name)
        if callable(content):
            content(sheet)
        else:
            for number, row in enumerate(content):
                for column, cell in enumerate(row):
                    sheet.write(number, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data, changes=None, more=None, compression=zipfile.ZIP_DEFLATED):
    """The workbook with parts rewritten by `changes` (name -> function of its bytes) and `more` parts added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, (changes or {}).get(name, bytes)(old.read(name)))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return out.getvalue()
