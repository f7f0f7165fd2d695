"""Hostile files are refused before they cost anything, and break at most the child process."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.workbook.guard import LIMITS, Limits, UnreadableWorkbook
from payroll_service.workbook.reader import read_workbook
from payroll_service.workbook.template import write_tables
from tests.examples import examples
from tests.snapshot import sample as s
from tests.workbook.books import repacked

SHEET = "xl/worksheets/sheet2.xml"  # of the first table, after the guide


@pytest.fixture(scope="module")
def sound():
    return write_tables(s.COUNTY, s.raw_county())


def assert_refused(data, words, limits=LIMITS):
    with pytest.raises(UnreadableWorkbook, match=words):
        read_workbook(data, s.COUNTY, limits)


def test_repacking_alone_changes_nothing(sound):
    assert read_workbook(repacked(sound), s.COUNTY) == read_workbook(sound, s.COUNTY)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "不是 .xlsx"),
        (b"PK\x03\x04 and nothing more", "不是 .xlsx"),
        ("证件号码,姓名".encode(), "不是 .xlsx"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512), "损坏"),
    ],
)
def test_what_is_no_workbook_is_refused(data, words):
    assert_refused(data, words)


def test_a_zip_of_something_else_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("readme.txt", "hello")
    assert_refused(out.getvalue(), "不是 .xlsx")


def test_macros_are_refused(sound):
    assert_refused(repacked(sound, more={"xl/vbaProject.bin": b"x"}), "宏")
    retyped = {
        "[Content_Types].xml": lambda xml: xml.replace(
            b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main"
        )
    }
    assert_refused(repacked(sound, retyped), "宏")


def test_too_large_a_file_is_refused(sound, tmp_path):
    assert_refused(sound, "超过", Limits(file_bytes=1000))
    path = tmp_path / "large.xlsx"
    path.write_bytes(sound)
    assert_refused(path, "超过", Limits(file_bytes=1000))


def test_a_zip_bomb_is_refused(sound):
    assert_refused(repacked(sound, more={"xl/media/zeros.bin": bytes(20 * 2**20)}), "展开后过大")


def test_doubled_entries_are_refused(sound):
    with pytest.warns(UserWarning, match="Duplicate"):
        doubled = repacked(sound, more={SHEET: b"<x/>"})
    assert_refused(doubled, "结构异常")


def test_a_cell_in_the_last_corner_is_refused_before_parsing(sound):
    far = {
        SHEET: lambda xml: xml.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        )
    }
    assert_refused(repacked(sound, far), "范围过大")
    quoted = {
        SHEET: lambda xml: xml.replace(
            b"</sheetData>", b"<row r='1048576'><c\n r = 'XFD1048576'><v>1</v></c></row></sheetData>"
        )
    }
    assert_refused(repacked(sound, quoted), "范围过大")


def test_columns_without_a_reference_break_only_the_child(sound):
    cells = (
        b"<row>" + b"<c><v>1</v></c>" * 16384 + b'</row><row r="1048576"><c><v>1</v></c></row></sheetData>'
    )
    hidden = {SHEET: lambda xml: xml.replace(b"</sheetData>", cells)}
    with pytest.raises(UnreadableWorkbook):
        read_workbook(repacked(sound, hidden), s.COUNTY, Limits(memory_bytes=2**28, seconds=20))


def test_a_damaged_part_is_refused(sound):
    assert_refused(repacked(sound, {SHEET: lambda xml: xml[:300]}), "损坏")
    assert_refused(repacked(sound, {"xl/workbook.xml": lambda xml: xml[:300]}), "损坏")
    assert_refused(sound[: len(sound) // 2], "不是 .xlsx")


@examples(25)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=40))
def test_a_spoilt_workbook_is_read_or_refused(at, noise):
    data = write_tables(s.COUNTY, s.raw_county())
    at %= len(data)
    with suppress(UnreadableWorkbook):
        tables, _ = read_workbook(data[:at] + noise + data[at + len(noise) :], s.COUNTY)
        assert all(table.table in s.COUNTY.tables for table in tables)


def test_entities_are_refused(sound):
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    for part in ("xl/workbook.xml", SHEET):
        spoilt = {part: lambda xml: xml.replace(b"?>", b"?>" + bomb, 1)}
        assert_refused(repacked(sound, spoilt), "结构异常")


def test_too_little_memory_is_told_and_does_no_harm(sound):
    assert_refused(sound, "内存", Limits(memory_bytes=2**22))
    assert read_workbook(sound, s.COUNTY)[1] == []
