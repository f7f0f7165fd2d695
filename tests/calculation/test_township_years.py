"""Years over several townships: the months that count are the months that were paid, in two schemes with opposite ends."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll_service.calculation.columns import calculate
from payroll_service.workflow.load_rules import load_rules
from tests.calculation.agreement import sealed

SCHEMES = Path(__file__).parents[2] / "rules" / "sets" / "schemes"
FIRST, LAST = date(2015, 1, 1), date(2021, 9, 30)
MONTHS = [(year, month) for year in range(2015, 2022) for month in range(1, 13) if (year, month) < (2021, 10)]


def from_the_month_of_arrival(start: date, end: date, month: tuple[int, int]) -> bool:
    """Paid from the month of arrival to the month before that of leaving; a whole last month is paid."""
    left = end if (end + timedelta(days=1)).day > 1 else end + timedelta(days=1)
    return (start.year, start.month) <= month < (left.year, left.month)


def from_the_month_after(start: date, end: date, month: tuple[int, int]) -> bool:
    """Paid from the month after arrival, or at once from a first, to the month of leaving."""
    begun = start - timedelta(days=1)
    return (begun.year, begun.month) < month <= (end.year, end.month)


@cache
def program(scheme):
    return load_rules(SCHEMES / scheme / "1.yaml").program


def counted(scheme, kind, spans):
    """Months that count for one person in October 2021, who is still in the last post."""
    rows: dict[str, list[dict]] = {
        "学校": [{"学校代码": "A01", "学校名称": "甲小学", "乡镇类": kind}],
        "人员": [{"证件号码": "P1", "姓名": "甲"}],
        "任职": [{"证件号码": "P1", "学校代码": "A01", "起": start, "止": end} for start, end in spans],
    }
    rows["任职"][-1]["止"] = None
    outcome = calculate(
        program(scheme), sealed(program(scheme), rows), program(scheme).calendar.parse("2021-10")
    )
    months = outcome.columns["任职月", "乡镇月数"]
    return int(months.data[-1]) * months.step


@pytest.mark.parametrize(
    ("scheme", "kind", "is_paid"),
    [
        ("r3-hunan", "普通", from_the_month_of_arrival),
        ("r4-wushan", "一类", from_the_month_after),
    ],
)
@settings(max_examples=40, deadline=None)
@given(st.lists(st.dates(FIRST, LAST), min_size=1, max_size=7, unique=True).map(sorted))
def test_the_months_that_count_are_those_that_were_paid(scheme, kind, is_paid, cuts):
    ends = [*cuts[1::2], date(2099, 12, 31)][: (len(cuts) + 1) // 2]
    spans = list(zip(cuts[::2], ends, strict=True))
    if len(cuts) % 2 == 0:
        spans.append((cuts[-1] + timedelta(days=1), date(2099, 12, 31)))  # straight on into another township
    assert counted(scheme, kind, spans) == sum(is_paid(*span, month) for span in spans for month in MONTHS)
