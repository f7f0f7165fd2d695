"""分配 with 至少 and 至多: one factor for all, every row within its limits, not a fen lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.balance import balance, broken
from payroll_service.book.payouts import make_payouts
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from payroll_service.calculation.outcome import CalculationError
from payroll_service.calculation.second_opinion import second_opinion
from rules.language import RuleSetError
from rules.language.program import FEN, Program
from rules.language.show import show
from tests.calculation.agreement import sealed
from tests.calculation.programs import SEMESTER
from tests.calculation.short import F, column, people, short
from tests.examples import examples

small = examples(80)

POOL = "- 列: 学校.池\n  公式: 名额 × 1元/个"
SHARE = """- 列: 人.奖
  分配: 学校.池
  按: 得分 否则 0
  余分: [主键]
  无权重: {fallback}
  迟到更正: 重新分配"""
BOTH = ("至少: 金额 否则 0元", "至多: (节数 × 1元/节) 否则 100000元", "超出: 退回 专项")


def shared(*lines: str, fallback: str = "退回 绩效") -> Program:
    rule = "\n  ".join((SHARE.format(fallback=fallback), *lines))
    return short(POOL, rule, paid="奖")


def rows_of(pool: int, *cells: dict) -> dict[str, list[dict]]:
    rows = people(*cells)
    rows["学校"][0]["名额"] = pool
    return rows


def balanced(program: Program, rows: dict[str, list[dict]]) -> list:
    """Everybody's part; both evaluators agree, and the run balances."""
    found = column(program, "人.奖", rows)
    outcome = calculate(program, sealed(program, rows), SEMESTER)
    assert broken(balance(program, outcome, make_payouts(program, outcome))) == []
    return found


@pytest.mark.parametrize(
    ("lines", "pool", "cells", "result"),
    [
        # weights 1, 2, 7 of 100: 10, 20, 70. Nobody below 20: 20, then 80 by 2 : 7 = 17.78 → 20 too, 60 left
        (("至少: 20元",), 100, [(1,), (2,), (7,)], [20, 20, 60]),
        # nobody above 50: 50, then 50 by 1 : 2
        (("至多: 50元", "超出: 退回 专项"), 100, [(1,), (2,), (7,)], [F("16.67"), F("33.33"), 50]),
        (("至多: 30元", "超出: 退回 专项"), 100, [(1,), (2,), (7,)], [30, 30, 30]),  # 10 go back
        (("至少: 20元", "至多: 20元", "超出: 退回 专项"), 100, [(1,), (0,), (7,)], [20, 20, 20]),
        (("至少: 0元",), 100, [(1,), (2,), (7,)], [10, 20, 70]),
        (("至少: 25元",), 100, [(0,), (0,), (7,)], [25, 25, 50]),  # without weight: the floor
        (("至少: 25元",), 100, [(0,), (0,)], [25, 25]),  # all weights zero: the rest goes back
        # both at once: floor 30 for the first, ceiling 50 for the last: 20 for the middle
        (BOTH, 100, [(1, 30), (2,), (7, 0, 50)], [30, 20, 50]),
        # floors first weigh more (20 up, 10 down): the factor falls, and the last is not at its ceiling after all
        (BOTH, 100, [(1, 40), (2, 40), (7, 0, 60)], [40, 40, 20]),
        (BOTH, 100, [(1, 5, 5), (1, 95, 95)], [5, 95]),
        (BOTH, 0, [(1, 0), (3, 0)], [0, 0]),
        (BOTH, 1, [(1,), (1,), (1,)], [F("0.34"), F("0.33"), F("0.33")]),
    ],
)  # fmt: skip
def test_by_hand(lines, pool, cells, result):
    given_cells = [dict(zip(("得分", "金额", "节数"), cell, strict=False)) for cell in cells]
    assert balanced(shared(*lines), rows_of(pool, *given_cells)) == result


def test_what_all_ceilings_leave_goes_where_the_rule_says():
    program = shared("至多: 30元", "超出: 退回 专项", fallback="平均")
    outcome = calculate(program, sealed(program, rows_of(100, {"得分": 1}, {"得分": 0})), SEMESTER)
    (pools,) = outcome.pools
    assert (pools.shared[0], pools.returned[0], pools.fund_of(0)) == (3000, 7000, "专项")
    assert balanced(program, rows_of(100, {"得分": 0}, {"得分": 0})) == [30, 30]


def test_a_vetoed_row_gets_nothing_though_others_have_a_floor():
    program = shared("至少: 20元")
    text = "否决: [{名称: 师德, 表: 人, 当: 身份 = 校长, 项目: {奖: 回到池}, 依据: 办法 一}]"
    program = short(POOL, "\n  ".join((SHARE.format(fallback="平均"), "至少: 20元")), paid="奖", rates=text)
    rows = rows_of(100, {"得分": 9, "身份": "校长"}, {"得分": 1}, {"得分": 9})
    assert balanced(program, rows) == [0, 20, 80]
    assert balanced(program, rows_of(100, {"得分": 9, "身份": "校长"}, {"得分": 0})) == [0, 100]


@pytest.mark.parametrize(
    ("cells", "pool"),
    [
        (
            [{"得分": 1, "金额": 60}, {"得分": 1, "金额": "40.01"}],
            100,
        ),  # the floors come to more than the pool
        ([{"得分": 1, "金额": 60, "节数": 50}], 100),  # the floor above the ceiling
    ],
)
def test_limits_that_cannot_be_kept_are_errors(cells, pool):
    with pytest.raises(CalculationError) as caught:
        column(shared(*BOTH), "人.奖", rows_of(pool, *cells))
    (problem,) = caught.value.problems
    assert problem.table == ("学校" if len(cells) == 2 else "人")


@pytest.mark.parametrize("cells", [{"得分": 1}, {"得分": 1, "金额": 5}])
@pytest.mark.parametrize("evaluate", [calculate, second_opinion])
def test_a_missing_or_negative_limit_is_an_error(cells, evaluate):
    program = shared("至少: 金额 - 10元")
    with pytest.raises(CalculationError) as caught:
        evaluate(program, sealed(program, rows_of(100, cells)), SEMESTER)
    assert {problem.table for problem in caught.value.problems} == {"人"}


@pytest.mark.parametrize("evaluate", [calculate, second_opinion])
def test_one_negative_pool_among_sound_ones_is_an_error(evaluate):
    rule = "\n  ".join((SHARE.format(fallback="退回 绩效"),))
    program = short(POOL.replace("名额 × 1元/个", "(名额 - 1个) × 1元/个"), rule, paid="奖")
    rows = rows_of(100, {"得分": 1}, {"得分": 1, "校号": "B"})  # B has a pool of -1元
    with pytest.raises(CalculationError) as caught:
        evaluate(program, sealed(program, rows), SEMESTER)
    assert [(problem.table, problem.key) for problem in caught.value.problems] == [("学校", ("B",))]


money = st.one_of(st.none(), st.integers(0, 6000).map(lambda fen: f"{fen / 100:.2f}"))
members = st.fixed_dictionaries(
    {
        "校号": st.sampled_from(["A", "A", "A", "B", None]),
        "得分": st.one_of(st.none(), st.integers(0, 5), st.integers(0, 1000)),
        "金额": money,
        "节数": st.one_of(st.none(), st.integers(0, 120)),
    }
)


@given(
    st.lists(members, max_size=7),
    st.integers(0, 300),
    st.integers(0, 50),
    st.sampled_from(
        [BOTH, BOTH, BOTH[:1], BOTH[1:], ("至少: 取小(金额 否则 0元, (节数 × 1元/节) 否则 0元)", *BOTH[1:])]
    ),
    st.sampled_from(["退回 绩效", "平均"]),
)
@small
def test_both_evaluators_agree_and_the_laws_hold(cells, first, second, lines, fallback):
    program = shared(*lines, fallback=fallback)
    rows = rows_of(first, *cells)
    rows["学校"][1]["名额"] = second
    try:
        found = balanced(program, rows)
    except CalculationError:
        return
    for cell, got in zip(cells, found, strict=True):
        if got is not None:
            ceiling = F(cell["节数"]) if cell["节数"] is not None and len(lines) > 1 else 10**6
            assert got <= ceiling
            if "至少: 金额 否则 0元" in lines:
                assert got >= F(cell["金额"] or 0)


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=9), st.integers(0, 10**6))
@small
def test_without_effect_limits_change_nothing(weights, pool):
    """Floors of 0 and ceilings that nobody reaches: the plain largest remainder."""
    plain = rows_of(min(pool, 1000), *({"得分": weight % 1000} for weight in weights))
    assert balanced(shared("至少: 0元"), plain) == balanced(shared(), plain)


def test_numbers_beyond_64_bits():
    huge = "按: 得分 × 10000000000000000000000"
    rule = SHARE.format(fallback="退回 绩效").replace("按: 得分 否则 0", huge)
    program = short(POOL, "\n  ".join((rule, *BOTH)), paid="奖")
    cells = [{"得分": 1, "金额": 30}, {"得分": 2}, {"得分": 7, "节数": 50}]
    assert balanced(program, rows_of(100, *cells)) == [30, 20, 50]


def test_many_schools_of_many_sizes():
    rows = people(
        *(
            {"校号": "A" if n % 3 else "B", "得分": n * 7 % 10, "金额": n % 4, "节数": 3 + n % 9}
            for n in range(300)
        )
    )
    rows["学校"][0]["名额"], rows["学校"][1]["名额"] = 1000, 500
    found = balanced(shared(*BOTH), rows)
    assert sum(found) == 1500


def test_the_explanation_tells_the_rows_own_limits():
    program = shared(*BOTH)
    outcome = calculate(
        program,
        sealed(program, rows_of(100, {"得分": 1, "金额": 30}, {"得分": 2}, {"得分": 7, "节数": 50})),
        SEMESTER,
    )
    (line,) = explain(program, outcome, "人", ("P000",))
    assert line.root is not None
    assert line.root.share is not None
    assert line.root.share.limits == "至少 30.00元，至多 100000.00元"
    assert line.root.share.due == "30.00元"
    assert "同一系数" in line.root.formula
    assert [child.column for child in line.root.children] == ["池", "得分", "金额", "节数"]
    assert "每行至少 金额 否则 0元，至多" in show(program)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("至多: 50元",), "有「至多」而没有「超出」"),
        (("至少: 50元", "超出: 退回 专项"), "有「超出」而没有「至多」"),
        (("至多: 50元", "超出: 平均"), "看不懂超出"),
        (("至多: 50元", "超出: 退回 没有的"), "没有资金"),
        (("至少: 50",), "单位不同"),
        (("至少: 身份",), "不是金额"),
        (("至少: 金额 × 33%",), "可能不是整分"),
    ],
)
def test_slips_are_told_with_their_cure(lines, told):
    with pytest.raises(RuleSetError) as caught:
        shared(*lines)
    assert told in caught.value.problems[0].message + caught.value.problems[0].remedy


def test_the_last_fen_never_leaves_the_limits():
    found = balanced(shared("至少: 0.01元"), rows_of(1, *({"得分": n} for n in (1, 1, 1, 0, 0))))
    assert sum(found) == 1
    assert min(found) == FEN
