"""Bands in the words of statutes: every value falls into exactly one, and gaps and overlaps are refused."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.language.bands import order_bands, read_band
from rules.language.mistakes import Mistake, Place
from rules.language.program import NUMBER, Type

HERE = Place("f", 1, 1)
WHOLE = Type(NUMBER, step=Fraction(1), low=Fraction(0), high=Fraction(60))
ANY = Type(NUMBER)
PERCENT = Type(NUMBER, step=Fraction(1, 100), low=Fraction(0), high=Fraction(1), percent=True)


def ordered(texts, type_=WHOLE):
    return order_bands([(read_band(text, HERE, type_.percent), HERE) for text in texts], "教龄", type_)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("不满5", [4], [5, 6]),
        ("不足5", [4], [5]),
        ("低于5", [4], [5]),
        ("5以下", [4, 5], [6]),
        ("5及以下", [5], [6]),
        ("不超过5", [5], [6]),
        ("至多5", [5], [6]),
        ("超过5", [6], [5]),
        ("高于5", [6], [5]),
        ("5以上", [5, 6], [4]),
        ("5及以上", [5], [4]),
        ("满5", [5], [4]),
        ("至少5", [5], [4]),
        ("不低于5", [5], [4]),
        ("满5不满10", [5, 9], [4, 10]),
        ("5以上不足10", [5, 9], [4, 10]),
        ("5至10", [5, 10], [4, 11]),
        ("超过3至9", [4, 9], [3, 10]),
        ("超过3不满9", [4, 8], [3, 9]),
        ("3", [3], [2, 4]),
        ("-3至-1", [-3, -1], [-4, 0]),
        ("不满 0.5", [0], [1]),
        ("满５不满１０", [5, 9], [4, 10]),
    ],
)
def test_statute_words_include_or_exclude_their_number(text, inside, outside):
    band = read_band(text, HERE)
    assert band.text == text
    assert all(band.holds(Fraction(value)) for value in inside)
    assert not any(band.holds(Fraction(value)) for value in outside)


@pytest.mark.parametrize("text", ["", "五年以上", "5-10", "满10不满5", "超过5不满5", "5至3", "大于5"])
def test_other_texts_are_no_bands(text):
    with pytest.raises(Mistake):
        read_band(text, HERE)


def test_percent_bands_say_their_percent():
    band = read_band("60%至80%", HERE, percent=True)
    assert band.holds(Fraction(6, 10))
    assert not band.holds(Fraction(81, 100))
    with pytest.raises(Mistake, match="百分号"):
        read_band("60至80", HERE, percent=True)
    with pytest.raises(Mistake, match="百分号"):
        read_band("60%至80%", HERE)


@st.composite
def coverings(draw):
    """Texts of bands that cut the numbers at some points, each point going to the band below or above."""
    points = sorted(draw(st.sets(st.integers(0, 60), min_size=1, max_size=5)))
    below = [draw(st.booleans()) for _ in points]
    first = f"{points[0]}以下" if below[0] else f"不满{points[0]}"
    last = f"超过{points[-1]}" if below[-1] else f"{points[-1]}以上"
    between = [
        f"{'超过' if below[index] else '满'}{points[index]}{'至' if below[index + 1] else '不满'}{points[index + 1]}"
        for index in range(len(points) - 1)
    ]
    return [first, *between, last]


@given(coverings(), st.randoms(), st.fractions(min_value=-10, max_value=70, max_denominator=12))
def test_bands_without_gap_cover_each_value_exactly_once(texts, order, value):
    shuffled = list(texts)
    order.shuffle(shuffled)
    bands = ordered(shuffled, ANY)
    assert [band.text for band in bands] == texts
    assert sum(band.holds(value) for band in bands) == 1


@given(coverings(), st.data())
def test_a_band_left_out_is_a_gap_and_a_doubled_one_an_overlap(texts, data):
    index = data.draw(st.integers(0, len(texts) - 1))
    rest = texts[:index] + texts[index + 1 :]
    if 0 < index < len(texts) - 1:
        with pytest.raises(Mistake, match="空档"):
            ordered(rest, ANY)
    with pytest.raises(Mistake, match="重叠"):
        ordered([*texts, texts[index]], ANY)


@pytest.mark.parametrize(
    ("texts", "word"),
    [
        (["不满5", "6以上"], "空档（5到6之间）"),
        (["不满5", "超过5"], "空档"),
        (["5以下", "5以上"], "重叠"),
        (["1至4", "5以上"], "最低可到 0"),
        (["不满5", "5至59"], "最高可到 60"),
        (["不满5", "超过4不满5", "5以上"], "没有落在"),
    ],
)
def test_whole_numbers_must_be_covered_from_the_lowest_to_the_highest(texts, word):
    with pytest.raises(Mistake, match=word):
        ordered(texts)


def test_between_whole_numbers_there_is_no_gap():
    assert [band.text for band in ordered(["10以上", "0至4", "5至9"])] == ["0至4", "5至9", "10以上"]


def test_percentages_are_told_as_percentages():
    with pytest.raises(Mistake, match="60%到70%之间"):
        ordered(["不满60%", "70%以上"], PERCENT)
