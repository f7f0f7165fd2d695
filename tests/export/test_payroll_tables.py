"""Payroll tables: four sections, these very bytes, and each section adds up to the others."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from payroll_service.book.earlier import Earlier
from payroll_service.book.money import text_fen
from payroll_service.book.netting import net
from payroll_service.book.receipt import NettedRun
from payroll_service.errors import UnsoundFile
from payroll_service.export import payroll_tables
from payroll_service.export.payroll_tables import COLUMNS, MONEY, RunName, tables_csv, tables_xlsx
from tests.book.tiny import POSTS, rules, run
from tests.examples import examples
from tests.goldens import same_as_golden

GOLDEN = Path(__file__).parent / "golden"
NAME = RunName("2020-2021-1-r2", "示例县绩效工资", "1", "ab" * 32)


def netted():
    _, _, before = run()
    _, _, after = run(任职=[*POSTS[:-1], {**POSTS[-1], "津贴": "103.33"}])
    return net(rules(), after, [Earlier(NettedRun("2020-2021-1-r1", ""), before)])


def read(files: dict[str, bytes]) -> dict[str, list[dict[str, str]]]:
    return {
        name: [*csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)]
        for name, content in files.items()
    }


def sums(rows, where=lambda row: True):
    return [sum(text_fen(row[column]) for row in rows if where(row)) for column in MONEY]


def check_sections(payouts):
    found = read(tables_csv(NAME, payouts))
    period, items, payees, lines = (found[f"{section}.csv"] for section in COLUMNS)
    assert len(period) == 1
    assert sums(period) == sums(items) == sums(payees) == sums(lines)
    for row in (*period, *items, *payees, *lines):
        full, granted, held, now = (text_fen(row[column]) for column in MONEY)
        assert full == granted + held + now
    for row in items:
        key = (row["项目编号"], row["资金"])
        assert sums([row]) == sums(lines, lambda line, key=key: (line["项目编号"], line["资金"]) == key)
    for row in payees:
        own = [line for line in lines if (line["类别"], line["证件号码"]) == (row["类别"], row["证件号码"])]
        assert sums([row]) == sums(own)
        assert [line["行号"] for line in own] == [str(n) for n in range(1, int(row["笔数"]) + 1)]
        assert bool(row["暂缓原因"]) or text_fen(row["暂缓"]) == 0
    assert int(period[0]["人数"]) == len(payees)
    assert int(period[0]["笔数"]) == len(lines) == sum(int(row["笔数"]) for row in items)


@pytest.mark.parametrize("section", COLUMNS)
def test_a_section_has_these_very_bytes(section):
    content = tables_csv(NAME, netted())[f"{section}.csv"]
    same_as_golden(GOLDEN / f"tables-{section}.csv", content)


@pytest.mark.parametrize("period", ["2020-2021-1", "2020-10", "2019-2020"])
def test_the_sections_add_up_to_each_other(period):
    _, _, payouts = run(period)
    check_sections(payouts)


def test_the_sections_add_up_where_earlier_runs_granted_something():
    check_sections(netted())


@examples(30)
@given(st.data())
def test_the_sections_add_up_whatever_the_amounts(data):
    _, _, payouts = run()
    amounts, granted = (
        np.array(data.draw(st.lists(fen, min_size=len(payouts), max_size=len(payouts))), np.int64)
        for fen in [st.integers(-(2**60), 2**60)] * 2
    )
    holds = data.draw(
        st.lists(st.sampled_from([-1, 0]), min_size=len(payouts.hold), max_size=len(payouts.hold))
    )
    check_sections(replace(payouts, amount_fen=amounts, granted_fen=granted, hold=np.array(holds, np.int64)))


def test_the_workbook_has_the_same_sections_and_the_same_bytes_again():
    payouts = netted()
    content = tables_xlsx(NAME, payouts)
    assert content == tables_xlsx(NAME, payouts)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == list(COLUMNS)
    files = read(tables_csv(NAME, payouts))
    for section, headings in COLUMNS.items():
        heading, *rows = book.get_sheet_by_name(section).to_python()
        assert tuple(heading) == headings
        for shown, row in zip(rows, files[f"{section}.csv"], strict=True):
            for column, cell in zip(headings, shown, strict=True):
                text = (
                    f"{cell:.2f}" if column in MONEY else str(int(cell)) if isinstance(cell, float) else cell
                )
                assert text == row[column].removeprefix("'")


def test_more_lines_than_a_sheet_holds_are_refused(monkeypatch):
    _, _, payouts = run()
    monkeypatch.setattr(payroll_tables, "EXCEL_ROWS", len(payouts) - 1)
    with pytest.raises(UnsoundFile, match="请改用 CSV 文件夹"):
        tables_xlsx(NAME, payouts)
