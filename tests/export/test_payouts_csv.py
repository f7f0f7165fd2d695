"""payouts.csv byte for byte, and nothing in it that a spreadsheet would execute."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.money import text_fen
from payroll_service.export.csv_text import text_cell
from payroll_service.export.payouts_csv import HEADING, payouts_csv
from tests.book.tiny import run
from tests.goldens import same_as_golden

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("period", ["2020-2021-1", "2020-10"])
def test_the_file_has_these_very_bytes(period):
    _, _, payouts = run(period)
    same_as_golden(GOLDEN / f"payouts-{period}.csv", payouts_csv(payouts))


def test_a_reader_finds_the_heading_every_line_that_is_not_held_and_the_sum():
    _, _, payouts = run()
    content = payouts_csv(payouts)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = [*csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)]
    assert ",".join(rows[0]) == HEADING
    assert len(rows) == int(np.count_nonzero(~payouts.held))
    assert sum(text_fen(row["金额"]) for row in rows) == int(payouts.amount_fen[~payouts.held].sum())
    assert "P2" not in {row["证件号码"] for row in rows}
    assert {row["资金来源"] for row in rows} == {"县绩效工资总量", "省级专项", "县级专项"}


def test_a_name_that_looks_like_a_formula_stays_text():
    _, _, payouts = run()
    content = payouts_csv(payouts).decode("utf-8-sig")
    assert '2020-2021-1,B02,"\'=乙,中学",B02,学校奖,0.00' in content


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_and_never_starts_a_formula(text):
    line = f"{text_cell(text)},x\r\n"
    found = next(csv.reader(io.StringIO(line, newline=""), strict=True))[0]
    assert found.removeprefix("'") == text.removeprefix("'")
    assert not found.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_a_run_that_pays_nothing_gives_the_heading_alone():
    _, _, payouts = run("2019-2020")
    assert payouts_csv(payouts).decode("utf-8-sig") == HEADING + "\r\n"


def test_everybody_held_gives_the_heading_alone():
    _, _, payouts = run()
    held = replace(payouts, hold=np.zeros_like(payouts.hold))
    assert payouts_csv(held).decode("utf-8-sig") == HEADING + "\r\n"
