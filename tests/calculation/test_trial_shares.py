"""试分: the numbers of a share, and nothing is spent."""

from __future__ import annotations

import pytest

from payroll_service.book.balance import balance, broken
from payroll_service.book.flow_checks import find_pockets, money_flow
from payroll_service.book.payouts import make_payouts
from payroll_service.book.totals import pool_records
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from rules.language import RuleSetError
from rules.language.program import Program
from rules.language.show import show
from tests.calculation.agreement import sealed
from tests.calculation.programs import SEMESTER
from tests.calculation.short import F, column, people, short

POOL = "- 列: 学校.池\n  公式: 名额 × 1元/个"
SHARE = "- 列: 人.奖\n  分配: 学校.池\n  按: 得分\n  余分: [主键]\n  无权重: 退回 绩效\n  迟到更正: 重新分配"
TRIAL = "- 列: 人.试\n  试分: 学校.池\n  按: {weight}\n  余分: [主键]\n  无权重: {fallback}"


def tried(weight: str = "课时", fallback: str = "退回 专项", *lines: str, more: str = "") -> Program:
    trial = "\n  ".join((TRIAL.format(weight=weight, fallback=fallback), *lines))
    return short(POOL, SHARE, trial, paid="奖", rates=more)


ROWS = people({"得分": 3, "课时": 1}, {"得分": 1, "课时": 2}, {"得分": 0, "课时": 0})


def test_the_numbers_of_a_share_beside_the_real_one():
    assert column(tried(), "人.奖", ROWS) == [F("5.25"), F("1.75"), 0]
    assert column(tried(), "人.试", ROWS) == [F("2.33"), F("4.67"), 0]
    assert column(tried("课时", "平均", "至少: 1元", "至多: 3元", "超出: 退回 绩效"), "人.试", ROWS) == [
        3,
        3,
        1,
    ]


@pytest.mark.parametrize("weight", ["课时", "0"])
def test_nothing_is_spent(weight):
    program = tried(weight)
    outcome = calculate(program, sealed(program, ROWS), SEMESTER)
    payouts = make_payouts(program, outcome)
    assert broken(balance(program, outcome, payouts)) == []
    assert [record.rule for record in pool_records(program, outcome)] == ["人.奖"]
    flow = money_flow(outcome, payouts, find_pockets(program, outcome))
    assert (flow.came_in, flow.paid, flow.to_funds) == (700, 700, {})
    assert ("人", "试") not in {pocket.column for pocket in find_pockets(program, outcome)}


def test_it_is_calculated_where_its_pool_is_though_nothing_reads_it():
    text = (
        TRIAL.format(weight="课时", fallback="平均")
        .replace("- 列: 人.试", "- {列: 人.试")
        .replace("\n  ", ", ")
        + ", 依据: 办法 一}"
    )
    program = short(POOL, SHARE, text, paid="奖")
    assert column(program, "人.试", ROWS) == [F("2.33"), F("4.67"), 0]


def test_a_veto_may_take_the_weight_but_not_money_that_is_not_there():
    veto = "否决: [{{名称: 师德, 表: 人, 当: 身份 = 校长, 项目: {{试: {way}}}, 依据: 办法 一}}]"
    rows = people({"得分": 3, "课时": 1, "身份": "校长"}, {"得分": 1, "课时": 2})
    assert column(tried(more=veto.format(way="回到池")), "人.试", rows) == [0, 7]
    with pytest.raises(RuleSetError, match="没有真的钱"):
        tried(more=veto.format(way="退回 绩效"))


@pytest.mark.parametrize(
    "rule",
    [
        "- 退回: {人.试: 绩效}",
        "- 拆分: 人.试\n  各份: {甲: 50%, 乙: 其余}\n  取整: 分 四舍五入",
        "- 列: 学校.回\n  汇集: 人.试",
    ],
)
def test_what_is_only_tried_cannot_be_used_as_money(rule):
    trial = TRIAL.format(weight="课时", fallback="平均")
    with pytest.raises(RuleSetError) as caught:
        short(POOL, SHARE, trial, rule, paid="奖")
    assert any("没有真的钱" in problem.message for problem in caught.value.problems)


def test_it_cannot_be_paid_and_does_not_empty_its_pool():
    trial = TRIAL.format(weight="课时", fallback="平均")
    with pytest.raises(RuleSetError, match="没有真的钱"):
        short(POOL, SHARE, trial, paid="试")
    gathered = "- 列: 学校.总\n  汇集: 人.金额"
    with pytest.raises(RuleSetError, match="没有去处"):
        short(gathered, trial.replace("学校.池", "学校.总"))


def test_it_is_shown_and_explained_as_a_trial():
    assert "人.试 = 学校.池 按 课时 试分" in show(tried())
    program = short(
        POOL, TRIAL.format(weight="课时", fallback="平均"), "- 列: 人.得\n  公式: 试 × 2", paid="得"
    )
    (line,) = explain(program, calculate(program, sealed(program, ROWS), SEMESTER), "人", ("P000",))
    assert line.root is not None
    assert [(child.column, child.kind) for child in line.root.children] == [("试", "试分")]
