"""Functions on dates: anniversaries, days that a month does not have, both ends of a span."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.outcome import CalculationError
from tests.calculation.programs import day
from tests.calculation.short import column, mistake, people, short, value_of
from tests.examples import examples

small = examples(60)


@pytest.mark.parametrize(
    ("start", "end", "years", "months", "days"),
    [
        ("2015-09-01", "2020-08-31", 4, 59, 1827),
        ("2015-09-01", "2020-09-01", 5, 60, 1828),
        ("2016-02-29", "2017-02-28", 1, 12, 366),  # a missing day is the month's last
        ("2016-02-29", "2020-02-28", 3, 47, 1461),
        ("2016-02-29", "2020-02-29", 4, 48, 1462),
        ("2020-01-31", "2020-02-29", 0, 1, 30),
        ("2020-01-31", "2020-03-30", 0, 1, 60),
        ("2020-01-31", "2020-03-31", 0, 2, 61),
        ("2020-09-01", "2020-09-01", 0, 0, 1),
        ("2020-12-31", "2021-01-01", 0, 0, 2),
    ],
)
def test_spans(start, end, years, months, days):
    rows = people({"起": start, "日": end})
    assert value_of("满年(起, 日)", rows) == years
    assert value_of("月数(起, 日)", rows) == months
    assert value_of("天数(起, 日)", rows) == days


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("加月(起, 1)", "2020-02-29"),
        ("加月(起, 13)", "2021-02-28"),
        ("加月(起, -2)", "2019-11-30"),
        ("加月(起, 0)", "2020-01-31"),
        ("加月(起, 3月)", "2020-04-30"),
        ("月初(起)", "2020-01-01"),
        ("月末(加月(起, 1))", "2020-02-29"),
        ("月末(2021-02-28)", "2021-02-28"),
        ("月末(2021-12-01)", "2021-12-31"),
        ("年初(加月(起, -1))", "2019-01-01"),
        ("年初(2020-12-31)", "2020-01-01"),
        ("期初", "2020-09-01"),
        ("期末", "2021-02-28"),
        ("取小(期末, 日 否则 期末)", "2021-02-28"),
        ("如果(身份 = 教师, 2020-10-10, 起)", "2020-10-10"),
        ("2020-10-10", "2020-10-10"),
    ],
)
def test_days(formula, result):
    assert value_of(formula, people({"起": "2020-01-31"})) == day(result)


def test_a_month_row_knows_its_first_and_last_day():
    program = short(
        "- 列: 人月.计年\n  公式: 满年(起, 月首日)",
        "- 列: 人月.计日\n  公式: 天数(取大(起, 月首日), 月末日)",
        "- 列: 人.整年\n  公式: 合计(人月.计年)",
        "- 列: 人.日数\n  公式: 合计(人月.计日)",
    )
    rows = people({"起": "2015-11-01"}, {"起": "2020-11-15"})
    assert column(program, "人.整年", rows) == [2 * 4 + 4 * 5, 0]
    assert column(program, "人.日数", rows) == [30 + 31 + 30 + 31 + 31 + 28, 31 + 31 + 28]


def test_counted_years_and_months_have_their_unit():
    types = short(
        "- 列: 人.年数\n  公式: 满年(起, 期末)",
        "- 列: 人.月计\n  公式: 月数(起, 期末)",
        "- 列: 人.日数\n  公式: 天数(起, 期末)",
    ).types
    assert [str(types["人", name].unit) for name in ("年数", "月计", "日数")] == ["年", "月", "天"]


@pytest.mark.parametrize("function", ["满年", "月数", "天数"])
def test_an_end_before_the_start_is_an_error_and_an_empty_day_is_missing(function):
    rows = people({"起": "2020-09-02", "日": "2020-09-01"})
    with pytest.raises(CalculationError):
        value_of(f"{function}(起, 日)", rows)
    unit = {"满年": "年", "月数": "月", "天数": "天"}[function]
    assert value_of(f"{function}(起, 日) 否则 7{unit}", people({})) == 7


@pytest.mark.parametrize("months", ["-100000", "100000", "100000000000000000000000"])
def test_beyond_the_calendar_is_an_error(months):
    with pytest.raises(CalculationError):
        value_of(f"加月(起, {months})", people({"起": "2020-01-31"}))


days = st.dates(date(1950, 1, 1), date(2030, 12, 31)).map(str)


@given(st.lists(st.tuples(days, st.one_of(st.none(), days), st.integers(0, 999)), min_size=1, max_size=5))
@small
def test_both_evaluators_agree(spans):
    rows = people(*({"起": a, "日": b, "节数": n} for a, b, n in spans))
    late = "取大(起, 日 否则 起)"
    program = short(
        f"- 列: 人.甲\n  公式: 满年(起, {late})",
        f"- 列: 人.乙\n  公式: 月数(起, {late})",
        f"- 列: 人.丙\n  公式: 天数(起, {late})",
        "- 列: 人.丁\n  公式: 加月(起, 500 - 节数 ÷ 1节)\n",
        "- 列: 人.戊\n  公式: 月初(起)",
        "- 列: 人.己\n  公式: 年初(日 否则 期末)",
        "- 列: 人.庚\n  公式: 月末(日 否则 期末)",
    )
    found = column(program, "人.丙", rows)
    assert found == [
        max((date.fromisoformat(b or a) - date.fromisoformat(a)) // timedelta(days=1), 0) + 1
        for a, b, _ in spans
    ]


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("满年(起)", "要 2 项"),
        ("满年(起, 得分)", "不是日期"),
        ("满年(起, 20200901)", "2020-09-01"),
        ("加月(起, 得分)", "不是整月数"),
        ("加月(起, 1年)", "不是整月数"),
        ("月初(得分)", "不是日期"),
        ("月末(得分)", "不是日期"),
        ("满年(起, 止) + 1", "单位不同"),
        ("起 + 1", "应是数"),
    ],
)
def test_slips_are_told_with_their_cure(formula, told):
    assert told in mistake(formula)
