"""The balance holds for what was calculated, and no fen can be changed without a named law breaking."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.balance import balance, broken
from payroll_service.calculation.outcome import Computed
from tests.book.tiny import APPROVED, PEOPLE, POSTS, SCHOOLS, post, run

MONEY = [
    ("任职月", "基础性"),
    ("任职月", "奖励额度"),
    ("本校组", "奖励池"),
    ("任职", "奖励"),
    ("任职", "兑现"),
    ("任职", "未兑现"),
]
FEN_FIELDS = ("amount", "shared", "returned")  # of pools, vetoes and returns


@pytest.mark.parametrize("period", ["2020-2021-1", "2020-2021-2", "2020-10"])
def test_every_law_holds_for_a_calculated_run(period):
    checks = balance(*run(period))
    assert broken(checks) == []
    assert len({check.name for check in checks}) == len(checks) > 8


def changed(array: np.ndarray, row: int, by: int) -> np.ndarray:
    array = array.copy()
    array[row] += by
    return array


def one_fen_changes(outcome, payouts, by):
    """Every way to change one number of the outcome or the payouts, each with a name."""
    found = []
    for column in MONEY:
        computed = outcome.columns[column]
        for row in range(len(computed.data)):
            if computed.missing is None or not computed.missing[row]:
                other = Computed(changed(computed.data, row, by), computed.step, computed.missing)
                columns = {**outcome.columns, column: other}
                found.append((f"{column} {row}", replace(outcome, columns=columns), payouts))
    for name in ("pools", "withheld", "returned"):
        for number, part in enumerate(getattr(outcome, name)):
            if not getattr(part, "fund", True):
                continue  # what a pool shared on is no money that left
            for field in {each.name for each in fields(part)} & {*FEN_FIELDS}:
                for row in range(len(getattr(part, field))):
                    other = replace(part, **{field: changed(getattr(part, field), row, by)})
                    parts = [*getattr(outcome, name)]
                    parts[number] = other
                    found.append(
                        (f"{name} {number} {field} {row}", replace(outcome, **{name: tuple(parts)}), payouts)
                    )
    for line in range(len(payouts)):
        other = replace(payouts, amount_fen=changed(payouts.amount_fen, line, by))
        found.append((f"line {line}", outcome, other))
    return found


@pytest.mark.parametrize("by", [1, -1])
def test_one_fen_changed_anywhere_breaks_a_law(by):
    program, outcome, payouts = run()
    changes = one_fen_changes(outcome, payouts, by)
    assert len(changes) > 60
    unnoticed = [name for name, o, p in changes if not broken(balance(program, o, p))]
    assert unnoticed == []


@given(
    st.lists(
        st.tuples(st.sampled_from(["P1", "P2", "P3", "P4"]), st.sampled_from(["A01", "B02"])),
        min_size=1,
        unique=True,
    ),
    st.lists(st.integers(1, 10**7), min_size=8, max_size=8),
    st.lists(st.integers(0, 12000), min_size=8, max_size=8),
    st.lists(st.integers(0, 10**6), min_size=8, max_size=8),
)
def test_every_law_but_the_approved_total_holds_for_any_data(who, pay, score, extra):
    posts = [
        post(
            person,
            school,
            "2020-01-01",
            None,
            f"{pay[n] / 100:.2f}",
            f"{score[n] / 100:.2f}",
            f"{extra[n] / 100:.2f}",
        )
        for n, (person, school) in enumerate(who)
    ]
    names = [check.name for check in broken(balance(*run(任职=posts)))]
    assert [name for name in names if not name.startswith("核定总量：发放不超过")] == []


def failing(**tables):
    return {check.name: check.detail for check in broken(balance(*run(**tables)))}


def test_a_person_without_lines_or_reason_is_named():
    people = [*PEOPLE, {"证件号码": "P6", "姓名": "孙六", "师德": "合格", "待核": False}]
    gone = post("P6", "A01", "2010-09-01", "2020-08-31", "3000", "70", "0")
    program, outcome, payouts = run(人员=people, 任职=[*POSTS, gone])
    assert broken(balance(program, outcome, payouts)) == []  # a post that is over still has a line of 0.00
    nobody = replace(outcome, roster=tuple(mark for mark in outcome.roster if mark.kind == "暂缓"))
    checks = broken(balance(program, nobody, payouts))
    assert [check.name for check in checks] == ["名册：每个人都有发放或不发的理由"]
    assert "钱五" in checks[0].detail
    assert checks[0].actual == "1 人"


def test_who_gets_nothing_by_a_rule_must_get_nothing():
    program, outcome, payouts = run()
    everybody = tuple(replace(mark, rows=np.ones_like(mark.rows)) for mark in outcome.roster)
    checks = broken(balance(program, replace(outcome, roster=everybody), payouts))
    assert [check.name for check in checks] == ["名册：“没有任职”的人没有金额"]
    assert "张一、李二、赵四" in checks[0].detail


def test_a_unit_and_fund_without_an_approved_total_stops_the_run():
    rows = [row for row in APPROVED if (row["学校代码"], row["资金"]) != ("B02", "省级")]
    assert failing(核定总量=rows) == {
        "核定总量：发放的单位和资金都有核定": "没有覆盖 2020-2021-1 的核定：B02 的省级。请补交核定总量"
    }


def test_an_approved_total_of_another_year_does_not_count():
    rows = [{**row, "期间": "2021-2022"} for row in APPROVED]
    assert [*failing(核定总量=rows)] == ["核定总量：发放的单位和资金都有核定"]


def test_one_fen_above_the_approved_total_stops_the_run():
    # B02: 4080.00 from 绩效
    exact = [{**row, "金额": "4080.00"} if row["学校代码"] == "B02" else row for row in APPROVED]
    assert failing(核定总量=exact) == {}
    short = [{**row, "金额": "4079.99"} if row["学校代码"] == "B02" else row for row in APPROVED]
    assert failing(核定总量=short) == {
        "核定总量：发放不超过核定": "B02 的绩效发放 4080.00，核定 4079.99，超出 0.01。请调整数据，或先报批追加核定"
    }


def test_a_must_that_does_not_hold_stops_the_run():
    free = post("P5", "B02", "2020-09-01", None, "0", "60", "0")
    assert [*failing(任职=[*POSTS, free])] == ["必须：标准已填"]


def test_money_that_a_school_cannot_hand_out_is_returned_and_balances():
    zero = [{**one, "得分": "0"} for one in POSTS]
    program, outcome, payouts = run(任职=zero)
    assert broken(balance(program, outcome, payouts)) == []
    flow = next(check for check in balance(program, outcome, payouts) if check.name.startswith("去处：进入"))
    assert "退回绩效 16934.10" in flow.detail


def test_a_run_without_schools_prizes_balances():
    assert failing(学校=[{**school, "奖金": "0"} for school in SCHOOLS]) == {}
