"""docs/files.md has just the keys, words and columns that the code has, in its order."""

from importlib.resources import files
from pathlib import Path

from payroll_service.export import account_mapping, payroll_tables, vouchers
from payroll_service.export.bank import descriptions, layout
from tests.docs.page import Page

PAGE = Page(Path(__file__).resolve().parents[2] / "docs" / "files.md")


def first_cells(heading: str) -> list[list[str]]:
    """The first column of every table that begins with this heading."""
    return [
        [row.cells[0] for row in rows[1:]] for rows in PAGE.tables(heading) if rows[0].cells[0] == heading
    ]


def test_every_section_and_the_vouchers_have_the_columns_of_the_code():
    assert first_cells("列") == [[*vouchers.COLUMNS], *map(list, payroll_tables.COLUMNS.values())]


def test_the_keys_of_a_bank_format_are_those_that_are_read():
    known = {
        *descriptions.ALWAYS,
        *descriptions.TEXT_KEYS,
        *descriptions.OPTIONAL,
        *descriptions.BANK_KEYS,
        *descriptions.RESULT_KEYS,
        *descriptions.SEPARATED_KEYS,
    }
    (keys,) = first_cells("键")
    assert sorted(keys) == sorted(known)
    assert first_cells("栏的键") == [[*descriptions.FIELD_KEYS, *descriptions.WIDTH_KEYS]]


def test_the_contents_of_a_field_are_those_that_are_filled():
    (contents,) = first_cells("内容")
    assert sorted(contents) == sorted({*layout.RESULT_CONTENTS, *layout.SUM_CONTENTS})


def test_the_words_of_every_key_are_told():
    (rows,) = PAGE.tables("键")
    told = {row.cells[0]: row.cells[1] for row in rows}
    for key, words in {
        "形式": layout.FORMS,
        "单位": layout.UNITS,
        "编码": layout.ENCODINGS,
        "换行": layout.LINE_ENDS,
        "分隔符": layout.SEPARATORS,
        "匹配": layout.MATCHES,
        "结果": layout.OUTCOMES,
    }.items():
        assert [word for word in words if word not in told[key]] == []


def test_the_keys_of_a_mapping_are_those_that_are_read():
    known = {*account_mapping.KEYS, *account_mapping.OPTIONAL_KEYS}
    (keys,) = first_cells("对照的键")
    assert sorted(keys) == sorted(known)


def test_every_shipped_example_is_listed():
    (listed,) = first_cells("附带的示例")
    shipped = [each.name for each in (files("payroll_service.export") / "formats").iterdir()]
    assert sorted(listed) == sorted(shipped)
