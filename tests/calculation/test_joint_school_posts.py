"""Joint schools: in every month the posts in force are added up, or the highest alone is paid, as the agreement says."""

from datetime import date
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from payroll_service.calculation.columns import calculate
from payroll_service.workflow.load_rules import load_rules
from tests.calculation.agreement import sealed

RULES = Path(__file__).parents[2] / "rules" / "sets" / "dushan" / "joint-schools" / "2020.1.yaml"
YUAN = {"级长": 2000, "副级长": 1600, "教研组长": 1600, "备课组长": 1200, "超课时": 1000}
MONTHS = [(2020, 9), (2020, 10), (2020, 11), (2020, 12), (2021, 1), (2021, 2)]
days = st.dates(date(2020, 8, 1), date(2021, 2, 28))
posts = st.dictionaries(st.sampled_from(sorted(YUAN)), st.tuples(days, days).map(sorted), max_size=5)


@cache
def program():
    return load_rules(RULES).program


def in_force(span, month):
    """From the first of the next month, or at once if it begins on a first; the month it ends in is paid."""
    first, last = (date.isoformat(day)[:7] for day in span)
    this = "{}-{:02}".format(*month)
    return (first < this or (span[0].day == 1 and first == this)) and this <= last


def paid(agreement, held, month):
    """Fen paid for posts to one person in a month."""
    key = {"证件号码": "P1", "学校代码": "A01"}
    rows = {
        "学校": [{"学校代码": "A01", "学校名称": "甲校", "几岗": agreement}],
        "人员": [{"证件号码": "P1", "姓名": "甲"}],
        "任职": [{**key, "起": date(2020, 8, 1), "轨": "政府", "月工资": "4000"}],
        "任岗": [{**key, "岗位": post, "起": start, "止": end} for post, (start, end) in held.items()],
    }
    outcome = calculate(
        program(), sealed(program(), rows), program().calendar.parse("{}-{:02}".format(*month))
    )
    return int(outcome.columns["任岗月", "奖励津贴"].data.sum())


@settings(max_examples=25, deadline=None)
@given(posts, st.sampled_from(MONTHS))
def test_posts_are_added_up_or_the_highest_is_paid(held, month):
    amounts = [YUAN[post] * 100 for post, span in held.items() if in_force(span, month)]
    assert paid("相加", held, month) == sum(amounts)
    assert paid("只取最高", held, month) == max(amounts, default=0)
