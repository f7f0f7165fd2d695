"""Column types as rule sets write them."""

from fractions import Fraction

import pytest

from rules.language.column_types import TypeSpec, check_default, read_type
from rules.language.mistakes import Mistake, Place
from rules.language.program import (
    ACCOUNT,
    BOOL,
    CHOICE,
    CODE,
    DATE,
    FEN,
    ID_NUMBER,
    NUMBER,
    PERIOD,
    TEXT,
    Type,
)
from rules.language.source import Scalar
from rules.language.units import MONTH, YUAN, Unit

YEARS = Unit((("年", 1),))


def written(text):
    return Scalar(text, True, Place("f", 1, 1))


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("文字", Type(TEXT)),
        ("代码", Type(TEXT, text_form=CODE)),
        ("证件号", Type(TEXT, text_form=ID_NUMBER)),
        ("账号", Type(TEXT, text_form=ACCOUNT)),
        ("日期", Type(DATE)),
        ("是否", Type(BOOL)),
        ("选项 大、中，小", Type(CHOICE, options=("大", "中", "小"))),
        ("期间", Type(PERIOD)),
        ("期间 学期", Type(PERIOD, period_kind="学期")),
        ("金额", Type(NUMBER, YUAN, FEN, Fraction(0))),
        ("金额 元/月", Type(NUMBER, YUAN / MONTH, FEN, Fraction(0))),
        ("金额 -500至500", Type(NUMBER, YUAN, FEN, Fraction(-500), Fraction(500))),
        ("整数 年 0至50", Type(NUMBER, YEARS, Fraction(1), Fraction(0), Fraction(50))),
        ("整数 -3至3", Type(NUMBER, step=Fraction(1), low=Fraction(-3), high=Fraction(3))),
        ("小数2位 0至120", Type(NUMBER, step=FEN, low=Fraction(0), high=Fraction(120))),
        (
            "百分比",
            Type(NUMBER, step=Fraction(1, 10_000), low=Fraction(0), high=Fraction(1), percent=True),
        ),
        (
            "百分比1位 0%至150%",
            Type(NUMBER, step=Fraction(1, 1000), low=Fraction(0), high=Fraction(3, 2), percent=True),
        ),
    ],
)
def test_a_type_is_read_with_unit_and_range(text, type_):
    assert read_type(written(text)) == TypeSpec(type_, optional=False, open=False, matches="")
    assert read_type(written(text + "  开放 可空")) == TypeSpec(type_, optional=True, open=True, matches="")


def test_a_text_may_repeat_another_column():
    assert read_type(written("文字 核对 人.姓名 可空")) == TypeSpec(Type(TEXT), True, False, "人.姓名")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("金钱", "没有类型"),
        ("整形 0至5", "没有类型"),
        ("小数", "没有类型"),
        ("文字 大", "多余"),
        ("文字 核对", "核对"),
        ("选项", "没有列出"),
        ("选项 大、大", "重复"),
        ("期间 周", "不能是"),
        ("整数 5至0", "前大后小"),
        ("整数 块", "不认识"),
        ("金额 月", "金额的单位"),
    ],
)
def test_another_word_is_told_with_a_cure(text, word):
    with pytest.raises(Mistake, match=word) as caught:
        read_type(written(text))
    assert caught.value.problem.remedy


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("整数 0至50", ["0", "50"], ["51", "-1", "1.5", "五", "5年", "5%"]),
        ("金额 元/月", ["0", "12.30"], ["12.345", "200元", "-1"]),
        ("百分比", ["85%", "0.25%"], ["85", "0.85", "120%"]),
        ("是否", ["是", "否"], ["对", "yes"]),
        ("选项 大、中", ["大"], ["小"]),
        ("文字", ["任何文字"], []),
    ],
)
def test_a_default_fits_its_column(type_, good, bad):
    kind = read_type(written(type_)).type
    for text in good:
        check_default(written(text), kind)
    for text in bad:
        with pytest.raises(Mistake, match="缺省值"):
            check_default(written(text), kind)
