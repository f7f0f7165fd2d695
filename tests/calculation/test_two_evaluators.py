"""Columns and rows say the same: on generated rules and data, every column, pool and return, fen by fen."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.second_opinion import second_opinion
from rules.language import RuleSetError
from rules.language.program import FEN
from tests.calculation.agreement import differences, disagreements, sealed
from tests.calculation.county import county
from tests.calculation.programs import period
from tests.calculation.strategies import county_rows, rule_parts
from tests.examples import examples

PLAIN = county()
SEMESTER = period("2020-2021-1")
periods = st.sampled_from(["2020-09", "2020-10", "2020-11", "2021-03", "2020-2021-1", "2020-2021-2"]).map(
    period
)
small = examples(60)


def school(count: int, **cells: str) -> dict[str, list[dict]]:
    """One school of so many teachers, alike but for their keys."""
    post = {
        "学校代码": "A", "起": "2015-09-01", "身份": "教师", "教龄": 7, "得分": "95", "标准": "0", "班主任": "否",
    }  # fmt: skip
    people = [f"P{number:03d}" for number in range(count)]
    return {
        "片区": [{"地区": "东", "系数": "1"}],
        "学校": [{"学校代码": "A", "学校名称": "甲小学", "地区": "东", "规模": "中"}],
        "人员": [{"证件号码": who, "姓名": who, "师德": "合格", "待核": "否"} for who in people],
        "任职": [{"证件号码": who, **post, **cells} for who in people],
    }


@given(county_rows(), periods)
@small
def test_they_agree_on_any_data(rows, at):
    assert disagreements(PLAIN, sealed(PLAIN, rows), at) == []


@given(rule_parts(), county_rows(), periods)
@small
def test_they_agree_on_any_rules(parts, rows, at):
    try:
        program = county(**parts)
    except RuleSetError:
        assume(False)
    assert disagreements(program, sealed(program, rows), at) == []


@pytest.mark.parametrize("mode", ["四舍五入", "四舍六入五成双", "去尾", "进一"])
@pytest.mark.parametrize("step", ["分", "角", "元"])
def test_they_agree_on_exact_halves(mode, step):
    program = county(取整=f"{step} {mode}", 占比="50%")
    rows = school(4)
    for post, amount in zip(rows["任职"], ["0.01", "0.03", "1.10", "5"], strict=True):
        post["标准"] = amount
    assert disagreements(program, sealed(program, rows), SEMESTER) == []


@pytest.mark.parametrize(
    "ties", ["得分 由高到低, 主键", "得分 由低到高, 主键", "教龄 由低到高, 得分 由高到低, 主键", "主键"]
)
def test_they_agree_on_who_is_first_in_line(ties):
    program = county(试算="1", 试算取整="整数 去尾", 余分=ties)
    rows = school(7, 标准="100.05")
    for number, post in enumerate(rows["任职"]):
        post |= {"得分": str(60 + number * 13 % 7), "教龄": 5 + number % 3}
    rows["任职"][0]["标准"] = "100.10"
    snapshot = sealed(program, rows)
    assert disagreements(program, snapshot, SEMESTER) == []
    assert len(set(second_opinion(program, snapshot, SEMESTER).columns["任职", "奖励"])) == 2


@pytest.mark.parametrize("ordered", ["是", "否"])
def test_they_agree_on_two_exceptions_at_once(ordered):
    program = county(依次=ordered)
    rows = school(3, 标准="100.05")
    rows["任职"][1] |= {"得分": "59", "教龄": 31}
    assert disagreements(program, sealed(program, rows), SEMESTER) == []


def test_they_agree_on_one_fen_for_a_hundred_people():
    rows = school(100)
    rows["任职"][50] |= {"标准": "0.01", "止": "2020-09-30"}
    snapshot = sealed(PLAIN, rows)
    assert disagreements(PLAIN, snapshot, SEMESTER) == []
    program = county(占比="0%")
    opinion = second_opinion(program, sealed(program, rows), SEMESTER)
    assert disagreements(program, sealed(program, rows), SEMESTER) == []
    assert opinion.columns["任职", "奖励"].count(FEN) == 1


@pytest.mark.parametrize("fallback", ["退回 绩效", "平均"])
def test_they_agree_where_all_weights_are_zero(fallback):
    program = county(无权重=fallback)
    rows = school(7, 得分="0", 标准="100.05")
    opinion = second_opinion(program, sealed(program, rows), SEMESTER)
    (pool,) = opinion.pools["任职", "奖励"]
    assert pool.amount == 7 * 6 * Fraction("34.02")
    assert pool.returned == (pool.amount if fallback != "平均" else 0)
    assert disagreements(program, sealed(program, rows), SEMESTER) == []


def test_they_agree_where_everybody_is_vetoed():
    rows = school(3, 标准="100.05")
    for person in rows["人员"]:
        person["师德"] = "不合格"
    assert disagreements(PLAIN, sealed(PLAIN, rows), SEMESTER) == []
    program = county(无权重="平均")
    assert disagreements(program, sealed(program, rows), SEMESTER) == []


def test_they_agree_on_numbers_beyond_64_bits():
    program = county(
        试算="得分 × 得分 × 得分 × 得分 × 得分 × 得分 × 教龄 × 教龄 × 教龄 × 教龄",
        试算取整="2位小数 四舍五入",
    )
    rows = school(5, 标准="9999999.99", 得分="119.99")
    for number, post in enumerate(rows["任职"]):
        post["教龄"] = 60 - number
    assert disagreements(program, sealed(program, rows), SEMESTER) == []


@pytest.mark.parametrize("month", ["2020-10", "2020-11"])
def test_they_agree_on_a_rate_that_changes(month):
    assert disagreements(PLAIN, sealed(PLAIN, school(2, 标准="3000")), period(month)) == []


@given(county_rows(), st.randoms(use_true_random=False), periods)
@small
def test_the_order_of_rows_changes_nothing(rows, chance, at):
    shuffled = {table: chance.sample(held, len(held)) for table, held in rows.items()}
    one, other = sealed(PLAIN, rows), sealed(PLAIN, shuffled)
    assert one.fingerprint == other.fingerprint
    assert disagreements(PLAIN, other, at) == []


def test_one_fen_that_differs_is_told():
    snapshot = sealed(PLAIN, school(3, 标准="100.05"))
    outcome, opinion = calculate(PLAIN, snapshot, SEMESTER), second_opinion(PLAIN, snapshot, SEMESTER)
    assert list(differences(PLAIN, outcome, opinion)) == []
    paid = outcome.columns["任职", "奖励"]
    wrong = replace(paid, data=paid.data + np.array([0, 0, 1]))
    altered = replace(outcome, columns=outcome.columns | {("任职", "奖励"): wrong})
    assert len(list(differences(PLAIN, altered, opinion))) == 1
