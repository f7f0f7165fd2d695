"""Working days by the State Council's calendar; the days were looked up in its notices (国办发明电) by hand."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.working_days import china_day, china_moment, working_day_after
from payroll_service.errors import UnknownCalendar


@pytest.mark.parametrize(
    ("after", "count", "last"),
    [
        # 2025: 10-01 to 10-08 off; Sunday 09-28 and Saturday 10-11 worked
        ("2025-09-26", 1, "2025-09-28"),
        ("2025-09-26", 3, "2025-09-30"),
        ("2025-09-26", 4, "2025-10-09"),
        ("2025-09-26", 6, "2025-10-11"),
        ("2025-09-26", 7, "2025-10-13"),
        # 2024: spring festival 02-10 to 02-17 off; Sundays 02-04 and 02-18 worked
        ("2024-02-02", 1, "2024-02-04"),
        ("2024-02-09", 1, "2024-02-18"),
        ("2021-03-01", 5, "2021-03-08"),
    ],
)
def test_holidays_and_the_weekends_worked_for_them(after, count, last):
    assert working_day_after(date.fromisoformat(after), count) == date.fromisoformat(last)


DAYS = st.dates(date(2010, 1, 1), date(2025, 6, 1))


@given(DAYS, st.integers(1, 15), st.integers(1, 15))
def test_days_counted_in_two_parts_are_the_days_counted_at_once(day, first, more):
    assert working_day_after(working_day_after(day, first), more) == working_day_after(day, first + more)


def test_a_year_whose_holidays_are_not_known_is_told_and_not_guessed():
    with pytest.raises(UnknownCalendar, match=r"不知道 2099 年.*--until"):
        working_day_after(date(2098, 12, 31), 5)


def test_the_day_is_that_in_china():
    assert china_day(datetime(2021, 2, 28, 17, tzinfo=UTC)) == date(2021, 3, 1)
    assert china_moment(datetime(2021, 2, 28, 16, 5, tzinfo=UTC)) == "2021-03-01 00:05"
