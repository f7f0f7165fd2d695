"""One line per payee, unit, item, fund and earned period; derived by hand from the tiny county."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.fund_parts import split_by_fund
from payroll_service.book.payouts import make_payouts
from payroll_service.calculation.outcome import CalculationError
from tests.book.tiny import POSTS, SCHOOLS, lines, post, rules, run


def test_every_applicable_row_has_a_line_in_order_and_zeros_too():
    # A01: 6 x (1428.25 + 340.08 + 34.02) + 2 x 1020 = 12854.10, by 90 : 60 : 0 (veto) : 50; the last fen to P1.
    # P1: 0.05 x 50 % = 0.03, of it 30 % = 0.009 -> 0.01. P3: half of 10.01 goes to the fund by the veto.
    _, _, payouts = run()
    assert lines(payouts) == [
        ("A01", "A01", "校奖", "2020-2021-1", "绩效", 100000),
        ("B02", "B02", "校奖", "2020-2021-1", "绩效", 0),
        ("P1", "A01", "奖励", "2020-2021-1", "绩效", 578435),
        ("P1", "A01", "津贴", "2020-2021-1", "省级", 1),
        ("P1", "A01", "津贴", "2020-2021-1", "县级", 2),
        ("P2", "A01", "奖励", "2020-2021-1", "绩效", 385623),
        ("P2", "A01", "津贴", "2020-2021-1", "省级", 1500),
        ("P2", "A01", "津贴", "2020-2021-1", "县级", 3500),
        ("P3", "A01", "奖励", "2020-2021-1", "绩效", 0),
        ("P3", "A01", "津贴", "2020-2021-1", "省级", 0),
        ("P3", "A01", "津贴", "2020-2021-1", "县级", 0),
        ("P4", "A01", "奖励", "2020-2021-1", "绩效", 321352),
        ("P4", "A01", "津贴", "2020-2021-1", "省级", 0),
        ("P4", "A01", "津贴", "2020-2021-1", "县级", 0),
        ("P4", "B02", "奖励", "2020-2021-1", "绩效", 408000),
        ("P4", "B02", "津贴", "2020-2021-1", "省级", 50),
        ("P4", "B02", "津贴", "2020-2021-1", "县级", 117),
    ]


def test_payees_carry_kind_and_label_and_the_reason_they_are_held():
    _, _, payouts = run()
    assert payouts.payees() == {
        "学校": {"A01": "甲小学", "B02": "=乙,中学"},
        "个人": {"P1": "张一", "P2": "李二", "P3": "王三", "P4": "赵四"},
    }
    held = {payouts.payee_keys[payee] for payee in payouts.payee[payouts.held]}
    assert held == {"P2"}
    assert payouts.reasons == ("账号待核",)


def test_a_month_is_earned_by_its_month():
    _, _, payouts = run("2020-10")
    assert lines(payouts) == [
        ("P1", "A01", "基础", "2020-10", "绩效", 277250),
        ("P2", "A01", "基础", "2020-10", "绩效", 66017),
        ("P3", "A01", "基础", "2020-10", "绩效", 6603),
        ("P4", "A01", "基础", "2020-10", "绩效", 198000),
    ]


def test_rows_of_one_line_are_summed_before_funds_are_split():
    # Two posts at one school, 0.01 each: 30 % of 0.02 is 0.006 -> 0.01; split row by row it would be 0.
    twice = [post("P1", "A01", day, None, "100", "60", "0.02") for day in ("2015-09-01", "2016-09-01")]
    _, _, payouts = run(任职=twice)
    assert [line[4:] for line in lines(payouts) if line[2] == "津贴"] == [("省级", 1), ("县级", 1)]


def test_a_payee_that_leads_nowhere_is_named():
    of, outcome, _ = run()
    frame = outcome.frames["任职"]
    nowhere = {**frame.links, "人": np.full(frame.size, -1)}
    broken = replace(outcome, frames={**outcome.frames, "任职": replace(frame, links=nowhere)})
    with pytest.raises(CalculationError) as error:
        make_payouts(of, broken)
    assert len(error.value.problems) == len(POSTS)
    assert error.value.problems[0].key == ("P1", "A01", "2015-09-01")
    assert "收款人" in error.value.problems[0].message


def test_parts_that_exceed_the_line_are_refused():
    half = Fraction(1, 2)
    item = replace(rules().payments[2], funds=(("省级", half), ("绩效", half), ("县级", None)))
    with pytest.raises(CalculationError) as error:
        split_by_fund([item], ("绩效", "省级", "县级"), np.array([0]), np.array([1]))
    assert "如 0.01 元" in error.value.problems[0].message


@given(st.lists(st.integers(-(10**9), 10**9)), st.fractions(0, 1))
def test_the_parts_of_a_line_add_up_to_the_line(fen, share):
    item = replace(rules().payments[2], funds=(("省级", share), ("县级", None)))
    line, fund, part = split_by_fund(
        [item], ("省级", "县级"), np.zeros(len(fen), int), np.array(fen, np.int64)
    )
    assert line.tolist() == [number for number in range(len(fen)) for _ in range(2)]
    assert fund.tolist() == [0, 1] * len(fen)
    assert part.reshape(-1, 2).sum(axis=1).tolist() == fen


def test_an_amount_that_nobody_means_is_told_with_its_row():
    much = [SCHOOLS[0] | {"奖金": "100000000000000"}, *SCHOOLS[1:]]
    with pytest.raises(CalculationError) as refused:
        run(学校=much)
    (problem,) = refused.value.problems
    assert (problem.table, problem.key, problem.column) == ("学校", (SCHOOLS[0]["学校代码"],), "奖金")
    assert problem.message == "金额超过 90 万亿元"
