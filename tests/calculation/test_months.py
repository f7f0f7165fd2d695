"""A span of days covers the months that the words 到任 and 离任 say, one by one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.months import covered_months
from rules.language.period import first_day, last_day
from rules.language.program import DATE, Type
from tests.calculation.programs import period, values
from tests.examples import examples

DAYS = st.one_of(
    st.none(),
    st.dates(date(2020, 6, 25), date(2021, 4, 5)).map(date.isoformat),
    st.sampled_from(
        ["1900-01-01", "2020-08-31", "2020-09-01", "2020-09-30", "2021-02-28", "2021-03-01", "2099-12-31"]
    ),
)


@pytest.mark.parametrize("run", ["2020-2021-1", "2020-09"])
@pytest.mark.parametrize("arrive", ["次月起", "当月起"])
@pytest.mark.parametrize("leave", ["当月止", "上月止"])
@given(spans=st.lists(st.tuples(DAYS, DAYS), max_size=6))
@examples(60)
def test_the_months_of_a_span(run, arrive, leave, spans):
    start, end = (values(Type(DATE), [span[side] for span in spans]) for side in (0, 1))
    covered = covered_months(start, end, period(run), arrive, leave)
    come, gone = first_day if arrive == "次月起" else last_day, last_day if leave == "上月止" else first_day
    wanted = [
        (row, month)
        for row, (since, until) in enumerate(spans)
        for month in period(run).months
        if since is None or come(month) >= date.fromisoformat(since).toordinal()
        if until is None or gone(month) <= date.fromisoformat(until).toordinal()
    ]
    assert list(zip(covered.rows.tolist(), covered.months.tolist(), strict=True)) == wanted
    told = {name: column.data.tolist() for name, column in covered.columns().items()}
    months = [month for _, month in wanted]
    assert told == {"月": months, "月首日": [*map(first_day, months)], "月末日": [*map(last_day, months)]}
