"""Periods tile time, and 本期 finds the one around a run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.language.period import (
    PERIOD_KINDS,
    SCHOOL_YEAR,
    SEMESTER,
    YEAR,
    Calendar,
    Period,
    month,
    month_text,
)


@st.composite
def calendars(draw):
    """Any division of a school year of twelve months into semesters."""
    cuts = sorted(draw(st.sets(st.integers(1, 11), max_size=4)))
    counts = [end - start for start, end in zip([0, *cuts], [*cuts, 12], strict=True)]
    first = draw(st.integers(1, 12))
    starts = [(first - 1 + sum(counts[:index])) % 12 + 1 for index in range(len(counts))]
    return Calendar(
        tuple((f"第{index}学期", *span) for index, span in enumerate(zip(starts, counts, strict=True)))
    )


YEARS = st.integers(1950, 2150)


@given(calendars(), YEARS)
def test_semesters_tile_the_school_year(calendar, year):
    whole = calendar.school_year(year)
    semesters = [calendar.semester(year, number + 1) for number in range(len(calendar.semesters))]
    assert [month for semester in semesters for month in semester.months] == list(whole.months)
    assert all(whole.contains(semester) for semester in semesters)
    assert semesters[0].first_day == whole.first_day
    assert semesters[-1].last_day == whole.last_day
    assert [semester.months[0] % 12 + 1 for semester in semesters] == [
        first for _, first, _ in calendar.semesters
    ]


@given(calendars(), YEARS)
def test_school_years_follow_one_another_without_gap(calendar, year):
    assert calendar.school_year(year).last_day + 1 == calendar.school_year(year + 1).first_day


@st.composite
def periods(draw, calendar):
    year = draw(YEARS)
    return draw(
        st.sampled_from(
            [
                month(year, draw(st.integers(1, 12))),
                calendar.semester(year, draw(st.integers(1, len(calendar.semesters)))),
                calendar.school_year(year),
                Period(YEAR, f"{year}", year * 12, 12),
            ]
        )
    )


@given(st.data(), calendars(), st.sampled_from(PERIOD_KINDS))
def test_what_lies_around_a_period_contains_it(data, calendar, kind):
    period = data.draw(periods(calendar))
    found = calendar.around(period, kind)
    if found is not None:
        assert found.kind == kind
        assert found.contains(period)
        assert found.meets(period)
    else:
        assert period.count > 1, "a month lies in one period of every kind"
    if kind == period.kind:
        assert found == period


@given(st.data(), calendars())
def test_a_period_is_read_back_from_its_text(data, calendar):
    period = data.draw(periods(calendar))
    assert calendar.parse(str(period)) == period


@given(st.integers(1900 * 12, 2200 * 12))
def test_a_month_has_the_days_from_its_first_to_the_eve_of_the_next(number):
    one, following = month(number // 12, number % 12 + 1), month((number + 1) // 12, (number + 1) % 12 + 1)
    assert one.text == month_text(number)
    assert one.last_day + 1 == following.first_day
    assert 28 <= one.last_day - one.first_day + 1 <= 31


@pytest.mark.parametrize(
    "text",
    ["", "2020-13", "2020-00", "2020-2022", "2020-2021-0", "2020-2021-3", "1899", "２０２０", "2020-9"],
)
def test_other_texts_name_no_period(text):
    assert Calendar().parse(text) is None


def test_a_spring_semester_begins_in_the_year_after():
    calendar = Calendar()
    assert str(calendar.around(month(2021, 2), SEMESTER)) == "2020-2021-1"
    assert str(calendar.around(month(2021, 3), SEMESTER)) == "2020-2021-2"
    assert str(calendar.around(month(2021, 8), SCHOOL_YEAR)) == "2020-2021"
    assert calendar.around(calendar.school_year(2020), YEAR) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2020-9", "2020-09"),
        ("２０２０－０９", "2020-09"),
        ("2020年9月", "2020-09"),
        ("2008年9月", "2008-09"),
        ("202009", "2020-09"),
        ("2020/9", "2020-09"),
        ("2020年", "2020"),
        ("2020-21", "2020-2021"),
        ("2012-13", "2012-2013"),
        ("2011-12", "2011-12"),
        ("2020—2021学年", "2020-2021"),
        ("2020-2021-01", "2020-2021-1"),
        ("2020-2021学年第一学期", "2020-2021-1"),
        ("2020-2021学年下学期", "2020-2021-2"),
        ("2020-13", None),
        ("2020-2021-3", None),
        ("去年", None),
        ("", None),
        ("12345678901", None),
    ],
)
def test_a_slip_in_a_period_is_understood_well_enough_to_suggest_the_right_spelling(written, meant):
    found = Calendar().meant(written)
    assert (found and str(found)) == meant


@given(st.data(), calendars())
def test_a_period_that_is_written_well_is_meant_as_it_is(data, calendar):
    period = data.draw(periods(calendar))
    assert calendar.meant(str(period)) == period


@given(st.text())
def test_any_text_means_a_period_or_nothing(text):
    found = Calendar().meant(text)
    assert found is None or Calendar().parse(str(found)) == found
