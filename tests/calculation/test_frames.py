"""Which rows a run sees, and how they hang together."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.frames import build_frames
from rules.language.program import CHOICE, DATE, NUMBER, PERIOD, TEXT, CurrentPeriod, GroupKey, Type
from tests.calculation.programs import (
    SEMESTER,
    WHOLE,
    group,
    lookup,
    months_of,
    period,
    program,
    read,
    snapshot,
    table,
)

CODE, DAY = Type(TEXT), Type(DATE)
RULES = [("次月起", "当月止"), ("当月起", "上月止")]


def posts_with_months(arrive: str, leave: str):
    posts = table("任职", ["号", "起"], 起=DAY, 止=DAY)
    return program([posts, months_of(posts, arrive, leave)])


def months_by_post(of, rows: list[dict], run=SEMESTER) -> dict[str, list[str]]:
    frames = build_frames(of, snapshot(of, 任职=rows), run)
    posts, months = frames["任职"], frames["任职月"]
    names = posts.columns["号"]
    found: dict[str, list[str]] = {word: [] for word in names.words}
    for parent, month in zip(months.links["任职"], months.columns["月"].data, strict=True):
        found[names.words[names.data[parent]]].append(f"{month // 12}-{month % 12 + 1:02d}")
    return found


def test_arrival_counts_from_the_next_full_month_and_leaving_to_the_end_of_the_month():
    of = posts_with_months("次月起", "当月止")
    found = months_by_post(
        of,
        [
            {"号": "甲", "起": "2015-09-01", "止": "2020-10-15"},
            {"号": "乙", "起": "2020-10-16", "止": None},
            {"号": "丙", "起": "2020-11-01", "止": "2020-11-30"},
            {"号": "丁", "起": "2020-09-05", "止": "2020-09-20"},
            {"号": "戊", "起": "2021-03-01", "止": None},
        ],
    )
    assert found["甲"] == ["2020-09", "2020-10"]
    assert found["乙"] == ["2020-11", "2020-12", "2021-01", "2021-02"]
    assert found["丙"] == ["2020-11"]
    assert found["丁"] == found["戊"] == []


def test_arrival_may_count_at_once_and_leaving_to_the_last_full_month():
    of = posts_with_months("当月起", "上月止")
    found = months_by_post(
        of,
        [
            {"号": "甲", "起": "2015-09-01", "止": "2020-10-15"},
            {"号": "乙", "起": "2020-10-16", "止": "2020-11-30"},
        ],
    )
    assert found == {"甲": ["2020-09"], "乙": ["2020-10", "2020-11"]}


@given(
    st.lists(st.integers(1, 200), min_size=1, max_size=6),
    st.integers(-300, 200),
    st.sampled_from(RULES),
)
def test_consecutive_posts_tile_the_months(lengths: list[int], offset: int, rule: tuple[str, str]):
    start = date(2020, 9, 1) + timedelta(days=offset)
    whole = {"号": "一", "起": start.isoformat(), "止": None}
    rows = []
    for index, length in enumerate(lengths):
        end = start + timedelta(days=length - 1)
        last = None if index == len(lengths) - 1 else end.isoformat()
        rows.append({"号": f"段{index}", "起": start.isoformat(), "止": last})
        start = end + timedelta(days=1)
    of = posts_with_months(*rule)
    together = sorted(month for months in months_by_post(of, rows).values() for month in months)
    assert together == months_by_post(of, [whole])["一"]


def test_a_run_sees_only_rows_of_periods_that_meet_its_own():
    scores = table("考核", ["号", "期间"], 期间=Type(PERIOD))
    of = program([scores])
    texts = ["2020-2021-1", "2020-2021-2", "2020-2021", "2020-10", "2020", "2021-04"]
    rows = [{"号": str(index), "期间": text} for index, text in enumerate(texts)]
    frame = build_frames(of, snapshot(of, 考核=rows), SEMESTER)["考核"]
    assert [texts[int(frame.columns["号"].words[code])] for code in frame.columns["号"].data] == [
        "2020-2021-1", "2020-2021", "2020-10",
    ]  # fmt: skip


def test_lookups_match_words_of_different_tables_and_the_current_period():
    scores = table("考核", ["号", "期间"], 期间=Type(PERIOD))
    keys = (read("人", "号", kind=CODE), CurrentPeriod(Type(PERIOD, period_kind="学期")))
    people = table("人", ["序"], [lookup("考核", "考核", *keys)], 号=CODE)
    of = program([people, scores])
    data = snapshot(
        of,
        人=[
            {"序": "1", "号": "丙"},
            {"序": "2", "号": None},
            {"序": "3", "号": "甲"},
            {"序": "4", "号": "丁"},
        ],
        考核=[
            {"号": "甲", "期间": "2020-2021-1"},
            {"号": "丙", "期间": "2020-2021"},
            {"号": "丙", "期间": "2020-2021-1"},
        ],
    )
    frames = build_frames(of, data, period("2020-10"))
    assert frames["人"].links["考核"].tolist() == [1, -1, 2, -1]


def test_groups_are_the_combinations_that_occur_in_ascending_order():
    schools = table("学校", ["校码"])
    role = Type(CHOICE, options=("教师", "校长"))
    posts = table(
        "任职",
        ["号"],
        [lookup("校", "学校", read("任职", "校码", kind=CODE))],
        校码=CODE,
        身份=role,
        起=DAY,
        止=DAY,
    )
    by = (GroupKey("校", None, ("校",), "学校"), GroupKey("身份", read(posts, "身份", kind=role)))
    pools = group("组", posts, *by)
    everybody = group("全县", posts)
    of = program([pools, everybody, months_of(posts), posts, schools])
    data = snapshot(
        of,
        学校=[{"校码": "A"}, {"校码": "B"}],
        任职=[
            {"号": "1", "校码": "B", "身份": "教师", "起": "2020-01-01"},
            {"号": "2", "校码": "A", "身份": "校长", "起": "2020-01-01"},
            {"号": "3", "校码": "B", "身份": "教师", "起": "2020-01-01"},
            {"号": "4", "校码": "A", "身份": "教师", "起": "2020-01-01"},
            {"号": "5", "校码": None, "身份": "教师", "起": "2020-01-01"},
        ],
    )
    frames = build_frames(of, data, SEMESTER)
    assert frames["组"].links["校"].tolist() == [0, 0, 1]
    assert frames["组"].columns["身份"].data.tolist() == [0, 1, 0]
    assert frames["任职"].links["组"].tolist() == [2, 1, 2, 0, -1]
    assert frames["全县"].size == 1
    assert frames["任职"].links["全县"].tolist() == [0] * 5


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 10**6)), unique=True, max_size=30), st.data())
def test_lookup_by_several_numbers_finds_exactly_the_equal_row(keys: list[tuple[int, int]], data):
    wanted = data.draw(st.lists(st.tuples(st.integers(-6, 6), st.sampled_from([k[1] for k in keys] or [3]))))
    target = table("档", ["甲", "乙"], 甲=WHOLE, 乙=WHOLE)
    using = table(
        "行", ["序"], [lookup("档", "档", read("行", "甲"), read("行", "乙"))], 序=WHOLE, 甲=WHOLE, 乙=WHOLE
    )
    of = program([target, using])
    rows = [{"序": index, "甲": a, "乙": b} for index, (a, b) in enumerate(wanted)]
    frames = build_frames(of, snapshot(of, 档=[{"甲": a, "乙": b} for a, b in keys], 行=rows), SEMESTER)
    held = sorted(keys)
    assert frames["行"].links["档"].tolist() == [held.index(key) if key in held else -1 for key in wanted]


def test_a_lookup_compares_numbers_by_value_though_their_steps_differ():
    halves = Type(NUMBER, step=Fraction(1, 2))
    fifths = Type(NUMBER, step=Fraction(1, 5))
    target = table("档", ["甲"], 甲=fifths)
    using = table("行", ["序"], [lookup("档", "档", read("行", "甲", kind=halves))], 甲=halves)
    of = program([target, using])
    rows = [{"序": str(index), "甲": value} for index, value in enumerate(["0.5", "1", "3", "1.5", "2"])]
    data = snapshot(of, 档=[{"甲": value} for value in ("0.6", "1", "1.4", "2", "3")], 行=rows)
    assert build_frames(of, data, SEMESTER)["行"].links["档"].tolist() == [-1, 1, 4, -1, 3]
