"""Figures side by side: exact, in the order of the rows, and the spread between the highest and the lowest."""

from fractions import Fraction
from io import BytesIO
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from payroll_service.book.figures import Column, Figures, Spread, figures_of, known_columns
from payroll_service.errors import UnknownColumn
from payroll_service.export.figures import figures_csv, figures_svg, figures_xlsx, spread_texts
from payroll_service.workflow.read_figures import read_figures
from rules.language.program import FEN, NUMBER, Type
from rules.language.units import YUAN as IN_YUAN
from tests.book.tiny import data, rules, run

YUAN = Type(NUMBER, IN_YUAN, FEN)


def figures(*values) -> Figures:
    column = Column("人均", YUAN, tuple(None if one is None else Fraction(one, 100) for one in values))
    keys = tuple((f"A{number:02}",) for number in range(len(values)))
    return Figures("学校", keys, tuple(f"{number}校" for number in range(len(values))), (column,))


def spread(column: Column) -> Spread:
    found = column.spread
    assert found is not None
    return found


def test_by_hand_before_and_after():
    column = figures(1000_00, None, 1250_50).columns[0]
    assert spread_texts(column, spread(column)) == ("1250.50元", "1000.00元", "250.50元", "1.25")


def test_a_lowest_row_of_nothing_has_no_ratio():
    column = figures(0, 100).columns[0]
    assert spread_texts(column, spread(column))[3] == ""
    assert figures(None).columns[0].spread is None


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1))
def test_the_spread_is_that_of_the_values(fen):
    found = spread(figures(*fen).columns[0])
    assert (found.highest * 100, found.lowest * 100) == (max(fen), min(fen))
    assert found.gap * 100 == max(fen) - min(fen)


def test_the_files_tell_every_row_and_are_the_same_bytes_each_time():
    found = figures(1000_00, None, 1250_50)
    assert figures_csv(found).decode("utf-8-sig").splitlines() == [
        "主键,名称,人均（元）", "A00,0校,1000.00", "A01,1校,", "A02,2校,1250.50",
    ]  # fmt: skip
    book = CalamineWorkbook.from_filelike(BytesIO(figures_xlsx(found)))
    assert book.get_sheet_by_name("差距").to_python()[1] == [
        "人均",
        "1250.50元",
        "1000.00元",
        "250.50元",
        "1.25",
    ]
    assert figures_xlsx(found) == figures_xlsx(found)
    texts = [one.text for one in ElementTree.fromstring(figures_svg(found, "例县")).iter() if one.text]
    assert texts.index("2校") < texts.index("0校"), "the highest first"
    assert "1校" not in texts


def test_what_rules_made_is_read_to_the_fen():
    program, outcome, payouts = run("2020-2021-1")
    (name,) = [one for one in known_columns(program, outcome, "任职") if one == "奖励"]
    column = figures_of(program, outcome, "任职", [name]).columns[0]
    item = next(number for number, one in enumerate(payouts.items) if one.name == "奖励性绩效工资")
    assert sum(column.numbers) * 100 == int(payouts.amount_fen[payouts.item == item].sum())


def test_a_misspelt_table_or_column_is_told():
    program, snapshot = rules(), data()
    period = program.calendar.parse("2020-2021-1")
    assert period is not None
    with pytest.raises(UnknownColumn, match="任职"):
        read_figures(program, snapshot, period, "任职表")
    with pytest.raises(UnknownColumn, match="奖励"):
        read_figures(program, snapshot, period, "任职", ["奖"])
