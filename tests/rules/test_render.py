"""Formulas and values as text."""

from fractions import Fraction

import pytest

from rules.language.period import month
from rules.language.program import (
    BOOL,
    CHOICE,
    DATE,
    FEN,
    NUMBER,
    PERIOD,
    TEXT,
    Aggregate,
    Among,
    Arithmetic,
    Choose,
    Compare,
    Const,
    Extreme,
    Logic,
    Negate,
    Not,
    Otherwise,
    RateRead,
    Read,
    Round,
    Rounding,
    Type,
)
from rules.language.render import decimal_text, number_text, render, said, value_text
from rules.language.units import MONTH, YUAN

NUM = Type(NUMBER)
YES = Type(BOOL)
MONEY = Type(NUMBER, unit=YUAN, step=FEN)
A, B, C = (Read((), "表", name, NUM) for name in "甲乙丙")
PAY = Read((), "表", "工资", MONEY)
NOUGHT = Const(Fraction(0), NUM, "0")


def binary(op, left, right):
    return Arithmetic(op, left, right, NUM)


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (binary("×", binary("+", A, B), C), "(甲 + 乙) × 丙"),
        (binary("+", A, binary("×", B, C)), "甲 + 乙 × 丙"),
        (binary("-", A, binary("-", B, C)), "甲 - (乙 - 丙)"),
        (binary("-", binary("-", A, B), C), "甲 - 乙 - 丙"),
        (binary("÷", A, binary("÷", B, C)), "甲 ÷ (乙 ÷ 丙)"),
        (binary("×", Otherwise(A, B, NUM), C), "(甲 否则 乙) × 丙"),
        (Otherwise(binary("×", A, B), C, NUM), "(甲 × 乙) 否则 丙"),
        (Otherwise(Otherwise(A, B, NUM), C, NUM), "甲 否则 乙 否则 丙"),
        (Negate(Otherwise(A, B, NUM), NUM), "-(甲 否则 乙)"),
        (Otherwise(Negate(A, NUM), B, NUM), "(-甲) 否则 乙"),
        (Negate(binary("+", A, B), NUM), "-(甲 + 乙)"),
        (Not(Logic("或", A, B, YES), YES), "非 (甲 或 乙)"),
        (Logic("且", Logic("或", A, B, YES), C, YES), "(甲 或 乙) 且 丙"),
        (Compare("≥", A, binary("+", B, C), YES), "甲 ≥ 乙 + 丙"),
        (Choose(Compare("=", A, B, YES), A, C, NUM), "如果(甲 = 乙, 甲, 丙)"),
        (Extreme("取小", (A, B, C), NUM), "取小(甲, 乙, 丙)"),
        (Round(A, Rounding(FEN, "四舍五入"), NUM), "舍入(甲, 2位小数, 四舍五入)"),
        (Round(A, Rounding(Fraction(1), "去尾"), NUM), "舍入(甲, 整数, 去尾)"),
        (Round(A, Rounding(Fraction(5), "进一"), NUM), "舍入(甲, 5, 进一)"),
        (Round(PAY, Rounding(FEN, "四舍五入"), NUM), "舍入(工资, 分, 四舍五入)"),
        (Round(PAY, Rounding(Fraction(50), "进一"), NUM), "舍入(工资, 50元, 进一)"),
        (Among(A, (Const("高", Type(CHOICE), "高"),), YES), "甲 属于 (高)"),
        (Read(("校", "片"), "片", "名", NUM), "校.片.名"),
        (RateRead("津贴", (A,), "期末", None, NUM), "津贴@期末"),
        (
            Aggregate("合计", "月", ("上",), binary("×", A, B), Compare(">", C, A, YES), NOUGHT, NUM),
            "合计(月.甲 × 乙 其中 丙 > 甲 无则 0)",
        ),
    ],
)
def test_a_formula_is_written_with_the_brackets_it_needs(node, text):
    assert render(node) == text


def test_numbers_stand_where_the_names_stood():
    node = binary("×", binary("+", A, B), C)
    numbers: dict = {A: "3", C: "2"}
    assert render(node, lambda read: numbers.get(read)) == "(3 + 乙) × 2"


@pytest.mark.parametrize(
    ("value", "type", "text"),
    [
        (Fraction(277250, 100), MONEY, "2772.50元"),
        (Fraction(3), Type(NUMBER, unit=YUAN / MONTH), "3.00元/月"),
        (Fraction(1, 3), Type(NUMBER, unit=YUAN), "≈0.3333元"),
        (Fraction(2772495, 1000), Type(NUMBER, unit=YUAN), "2772.495元"),
        (Fraction(-5, 1000), Type(NUMBER, unit=YUAN), "-0.005元"),
        (Fraction(6), Type(NUMBER, unit=MONTH), "6个月"),
        (Fraction(66, 100), Type(NUMBER, percent=True), "66%"),
        (Fraction(125, 1000), Type(NUMBER, percent=True), "12.5%"),
        (Fraction(115, 100), NUM, "1.15"),
        (True, YES, "是"),
        (False, YES, "否"),
        (737669, Type(DATE), "2020-09-01"),
        ("甲小学", Type(TEXT), "甲小学"),
        (month(2020, 9), Type(PERIOD), "2020-09"),
        (None, MONEY, "（无）"),
    ],
)
def test_a_value_is_written_as_people_read_it(value, type, text):
    assert value_text(value, type) == text


def test_a_sentence_that_names_the_unit_does_not_get_it_twice():
    assert said(Fraction(5), MONEY, " 元，") == "5.00"
    assert said(Fraction(5), MONEY, "，") == "5.00元"
    assert said(Fraction(6), Type(NUMBER, unit=MONTH), " 月") == "6"
    assert said(Fraction(6), NUM, "分") == "6"


def test_a_number_is_written_exactly_up_to_eight_decimals():
    assert decimal_text(Fraction(1, 10**8)) == "0.00000001"
    assert decimal_text(Fraction(1, 10**9)) == "≈0.0000"
    assert decimal_text(Fraction(-2, 3)) == "≈-0.6667"
    assert number_text(Fraction(10**12), MONEY) == "1000000000000.00元"
