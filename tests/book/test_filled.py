"""A sheet of the level above: filled exactly, read back as the same values, or refused with every column that does not fit."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.figures import Column, Figures
from payroll_service.book.filled import Sources, fill
from payroll_service.book.ledger.balances import Balances
from payroll_service.book.ledger.movements import Pot
from payroll_service.book.ledger.period_sums import arrived, period_sums
from payroll_service.errors import UnsoundFile
from payroll_service.export.filled_csv import filled_csv
from payroll_service.snapshot.cells import read_cell
from payroll_service.workflow.load_rules import load_rules
from rules.language.period import Calendar, Period
from rules.language.program import FEN, NUMBER, TEXT, Type
from rules.language.units import MONTH, YUAN

PREFECTURE = load_rules(
    Path(__file__).parents[2] / "rules" / "sets" / "systems" / "prefecture" / "1.yaml"
).program
SCHOOLS = PREFECTURE.tables["学校上报"]
MONEY, MONTHS, CODE = Type(NUMBER, YUAN, FEN), Type(NUMBER, MONTH, Fraction(1)), Type(TEXT, text_form="代码")
ADDED = {"县代码": "D01", "期间": "2020"}


def schools(paid: list[Fraction | None], months: list[int], paid_type: Type = MONEY) -> Figures:
    codes = [f"A{number:02}" for number in range(len(paid))]
    columns = (
        Column("学校代码", CODE, tuple(codes)),
        Column("总额", paid_type, tuple(paid)),
        Column("人月", MONTHS, tuple(map(Fraction, months))),
    )
    return Figures("学校", tuple((code,) for code in codes), tuple(f"{code}校" for code in codes), columns)


def filled(figures: Figures, columns: dict[str, str] | None = None, added: dict[str, str] | None = None):
    sources = Sources(columns if columns is not None else {"实发": "总额"}, ADDED if added is None else added)
    return fill(SCHOOLS, PREFECTURE.calendar, figures, sources)


def refusal(figures: Figures, **given_) -> list[str]:
    with pytest.raises(UnsoundFile) as refused:
        filled(figures, **given_)
    return refused.value.wrong


def test_headings_are_the_tables_own_and_amounts_have_two_decimals():
    text = filled_csv(filled(schools([Fraction(1000), Fraction(1, 100)], [24, 4]))).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["县代码", "学校代码", "期间", "人月", "实发"],
        ["D01", "A00", "2020", "24", "1000.00"],
        ["D01", "A01", "2020", "4", "0.01"],
    ]


@given(st.lists(st.integers(0, 10**14), min_size=1, max_size=5))
def test_what_is_filled_reads_back_as_the_same_fen(fen):
    table = filled(schools([Fraction(one, 100) for one in fen], [12] * len(fen)))
    place = table.headings.index("实发")
    kind = SCHOOLS.columns["实发"].type
    assert [read_cell(row[place], kind, PREFECTURE.calendar) for row in table.rows] == fen


def test_everything_without_a_source_is_named_at_once():
    assert refusal(schools([Fraction(1)], [1]), columns={}, added={}) == [
        "列“县代码”没有来源", "列“期间”没有来源", "列“实发”没有来源",
    ]  # fmt: skip


def test_names_that_do_not_exist_are_told_with_what_was_meant():
    wrong = refusal(schools([Fraction(1)], [1]), columns={"实发额": "总额", "实发": "总数"})
    assert wrong[0].startswith("“学校上报”没有列“实发额”（是否想写「实发」")
    assert wrong[1].startswith("列“实发”的来源“总数”没有（是否想写「总额」")


def test_another_unit_an_unrounded_amount_and_an_empty_cell_are_refused():
    per_month = Type(NUMBER, YUAN / MONTH, FEN)
    assert "单位" in refusal(schools([Fraction(1)], [1], per_month))[0]
    assert refusal(schools([Fraction(1, 3)], [1]))[0].startswith("“A00校”的列“实发”是 ≈0.3333：")
    assert refusal(schools([None], [1])) == ["“A00校”的列“实发”是空的"]


def test_only_what_was_earned_within_the_period_counts_and_money_only_for_its_own_fund():
    balances = Balances()
    grants = (("2019", "甲", 500), ("2020-2021-1", "甲", 70), ("2020", "甲", 300), ("2020-12", "乙", 90))
    for earned, fund, fen in grants:
        balances.grant(Entitlement("p", "津贴", "A01", fund, earned), fen)
    balances.cash[Pot("甲")], balances.cash[Pot("乙")] = 1000, 40
    calendar = Calendar()
    year = calendar.parse("2020")
    assert isinstance(year, Period)
    by_fund = period_sums(balances, calendar, year, lambda each: each.fund)
    assert {fund: sums.entitled for fund, sums in by_fund.items()} == {"甲": 300, "乙": 90}
    assert arrived(balances, by_fund) == 300 + 40
