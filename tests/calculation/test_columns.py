"""A run by columns: what stops it, what it tells, what it keeps exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from payroll_service.calculation.columns import MOST_PROBLEMS, calculate
from payroll_service.calculation.outcome import CalculationError, Outcome, RowProblem
from rules.language.program import (
    FEN,
    TEXT,
    Aggregate,
    Arithmetic,
    Case,
    Check,
    Compare,
    Formula,
    Gather,
    Logic,
    Part,
    Payment,
    Rounding,
    Sentence,
    Share,
    Split,
    Type,
    VetoEffect,
)
from tests.calculation.programs import (
    HEAD,
    MONEY,
    QUOTIENT,
    SEMESTER,
    WHOLE,
    YES_NO,
    lookup,
    number,
    program,
    read,
    snapshot,
    table,
)

CODE = Type(TEXT)
CENTS = Rounding(FEN, "四舍五入")
SCHOOLS = table("校", ["码"], 池=MONEY)
PEOPLE = table(
    "人", ["号"], [lookup("校", "校", read("人", "码", kind=CODE))],
    码=CODE, 钱=MONEY, 数=WHOLE, 除=WHOLE, 否决=YES_NO,
)  # fmt: skip


def formula(name: str, value, kind: Type = WHOLE, **more) -> Formula:
    parts = {"where": None, "otherwise": None, "cases": (), "ordered": False, "rounding": None} | more
    return Formula("人", name, kind, value, head=HEAD, **parts)


def paid(*columns: str, owner: str = "人") -> dict:
    return {
        "payments": tuple(
            Payment(
                name,
                name,
                owner,
                read(owner, name, kind=MONEY),
                (),
                (),
                "学期",
                "学期末",
                (("绩效", None),),
                HEAD,
            )
            for name in columns
        )
    }


def run(
    steps, people: Sequence[dict], schools: Sequence[dict] = (), paying: tuple[str, ...] = ("果",), **parts
) -> Outcome:
    of = program([SCHOOLS, PEOPLE], steps, **(paid(*paying) | parts))
    rows = [{"号": str(index)} | row for index, row in enumerate(people)]
    return calculate(of, snapshot(of, 人=rows, 校=list(schools)), SEMESTER)


def problems(*args, **more) -> list[RowProblem]:
    with pytest.raises(CalculationError) as refused:
        run(*args, **more)
    return refused.value.problems


def values(outcome: Outcome, name: str = "果", owner: str = "人") -> list[Fraction | None]:
    column = outcome.columns[owner, name]
    missing = [False] * len(column.data) if column.missing is None else column.missing
    return [None if gone else int(one) * column.step for one, gone in zip(column.data, missing, strict=True)]


def test_every_row_without_a_needed_value_is_named():
    found = problems([formula("果", read("人", "数"))], [{"数": 1}, {"数": None}, {"数": None}])
    assert [(p.table, p.key, p.column) for p in found] == [("人", ("1",), "果"), ("人", ("2",), "果")]
    assert "填上「数」" in found[0].remedy


def test_a_row_is_told_of_once_though_many_rules_read_it():
    steps = [
        formula("果", read("人", "数")),
        formula("后", read("人", "果")),
        formula("再", read("人", "后")),
    ]
    assert [p.column for p in problems(steps, [{"数": None}], paying=("再",))] == ["果"]


def test_after_some_hundreds_of_rows_only_the_number_is_told():
    found = problems([formula("果", read("人", "数"))], [{"数": None}] * (MOST_PROBLEMS + 5))
    assert len(found) == MOST_PROBLEMS + 1
    assert "5" in found[-1].message


def test_division_by_zero_is_not_caught_and_not_looked_at_is_no_error():
    quotient = Arithmetic("÷", read("人", "数"), read("人", "除"), QUOTIENT)
    step = formula("果", quotient, rounding=CENTS)
    people = [{"数": 1, "除": 3}, {"数": 1, "除": 0}]
    assert [(p.key, p.message) for p in problems([step], people)] == [(("1",), "除数为 0")]
    guarded = replace(step, where=Compare("≠", read("人", "除"), number(0), YES_NO), otherwise=number(7))
    assert values(run([guarded], people)) == [Fraction(33, 100), 7]
    both = Logic(
        "且",
        Compare("≠", read("人", "除"), number(0), YES_NO),
        Compare(">", quotient, number(0), YES_NO),
        YES_NO,
    )
    assert values(run([formula("果", number(1), where=both, otherwise=number(0))], people)) == [1, 0]


def test_two_cases_at_once_are_an_error_unless_ordered():
    def case(at_least: int, value: int) -> Case:
        return Case(Compare("≥", read("人", "数"), number(at_least), YES_NO), number(value), ())

    step = formula("果", number(0), cases=(case(10, 1), case(5, 2)))
    people: list[dict] = [{"数": 12}, {"数": 7}, {"数": 1}, {"数": None}]
    assert [p.key for p in problems([step], people)] == [("0",)]
    assert values(run([replace(step, ordered=True)], people)) == [1, 2, 0, 0]


def split(*shares: str | None) -> Split:
    parts = tuple(
        Part(name, number(share, QUOTIENT) if share else None, MONEY)
        for name, share in zip(("果", "余"), shares, strict=True)
    )
    return Split("人", read("人", "钱", kind=MONEY), parts, CENTS, HEAD)


def test_parts_are_rounded_on_the_half_and_the_rest_is_exact():
    outcome = run(
        [split("0.66", None)], [{"钱": "4200.75"}, {"钱": None}, {"钱": "0.01"}], paying=("果", "余")
    )
    assert values(outcome) == [Fraction("2772.50"), None, Fraction("0.01")]
    assert values(outcome, "余") == [Fraction("1428.25"), None, 0]


def test_a_part_larger_than_the_whole_is_refused():
    assert [p.column for p in problems([split("1.5", None)], [{"钱": "10"}], paying=("余",))] == ["余"]


POOLS = [{"码": "A", "池": "100"}, {"码": "B", "池": "0.05"}]


def share(**more) -> Share:
    parts: dict[str, Any] = {
        "pool_table": "校", "pool": read("校", "池", kind=MONEY), "path": ("校",), "where": None,
        "weight": read("人", "数"), "ties": (), "fallback": "绩效", "late": "重新分配", "head": HEAD,
    }  # fmt: skip
    return Share("人", "果", MONEY, **(parts | more))


def test_a_pool_without_weights_goes_back_and_says_so():
    outcome = run([share()], [{"码": "A", "数": 0}, {"码": "B", "数": 2}, {"码": "B", "数": 2}], POOLS)
    assert values(outcome) == [0, Fraction("0.03"), Fraction("0.02")]
    (pools,) = outcome.pools
    assert pools.amount.tolist() == [10000, 5]
    assert pools.shared.tolist() == [0, 5]
    assert pools.returned.tolist() == [10000, 0]
    assert pools.members.tolist() == [1, 2]
    assert pools.weight.tolist() == [0, 4]


def test_a_pool_is_shared_equally_where_nobody_weighs_and_needs_somebody():
    equally = share(fallback=None)
    people = [{"码": "A", "数": 0}, {"码": "A", "数": 0}, {"码": "A", "数": 0}]
    assert values(run([equally], people, POOLS[:1])) == [
        Fraction("33.34"),
        Fraction("33.33"),
        Fraction("33.33"),
    ]
    assert [(p.table, p.key) for p in problems([equally], people, POOLS)] == [("校", ("B",))]


def test_a_veto_gives_the_share_to_the_colleagues_and_shows_what_it_took():
    veto = VetoEffect("师德", "人", "果", read("人", "否决", kind=YES_NO), "", ())
    people = [
        {"码": "A", "数": 1, "否决": False},
        {"码": "A", "数": 1, "否决": True},
        {"码": "A", "数": 2, "否决": False},
    ]
    outcome = run([share()], people, POOLS[:1], vetoes=(veto,))
    assert values(outcome) == [Fraction("33.33"), 0, Fraction("66.67")]
    (taken,) = outcome.withheld
    assert taken.rows.tolist() == [False, True, False]
    assert taken.amount.tolist() == [0, 2500, 0]


def test_a_veto_to_a_fund_leaves_the_colleagues_alone_and_readers_see_nothing():
    veto = VetoEffect("师德", "人", "果", read("人", "否决", kind=YES_NO), "绩效", ())
    people = [{"码": "A", "数": 1, "否决": True}, {"码": "A", "数": 3, "否决": False}]
    steps = [share(), formula("后", read("人", "果", kind=MONEY), MONEY)]
    outcome = run(steps, people, POOLS[:1], paying=("后",), vetoes=(veto,))
    assert values(outcome, "后") == [0, 75]
    assert outcome.withheld[0].amount.tolist() == [2500, 0]


def test_shares_beyond_64_bits_are_exact():
    pools = [{"码": "A", "池": "90000000000000.01"}]
    people = [{"码": "A", "数": 10**6}, {"码": "A", "数": 10**6 - 1}, {"码": "A", "数": 7}]
    found = values(run([share()], people, pools))
    assert sum(one or 0 for one in found) == Fraction("90000000000000.01")


def test_negative_weights_and_money_that_leads_nowhere_are_named():
    assert [p.key for p in problems([share()], [{"码": "A", "数": -1}], POOLS)] == [("0",)]
    gather = Gather("校", "果", MONEY, "人", read("人", "钱", kind=MONEY), ("校",), None, HEAD)
    people: list[dict] = [{"码": "A", "钱": "1"}, {"码": None, "钱": "2"}, {"码": None, "钱": "0"}]
    found = problems([gather], people, POOLS, **paid("果", owner="校"))
    assert [(p.table, p.key) for p in found] == [("人", ("1",))]


def test_averages_are_exact_until_they_are_rounded():
    average = Aggregate("平均", "人", ("校",), read("人", "数"), None, None, QUOTIENT)
    step = Formula("校", "果", MONEY, average, None, None, (), False, CENTS, HEAD)
    people: list[dict] = [{"码": "A", "数": score} for score in (1, 1, 0, None)]
    outcome = run([step], people, POOLS[:1], **paid("果", owner="校"))
    assert values(outcome, owner="校") == [Fraction("0.67")]


def test_a_check_tells_its_sentence_with_the_rows_numbers():
    told = Sentence(("标准 ", read("人", "钱", kind=MONEY), " 元太低"))
    condition = Compare("≥", read("人", "钱", kind=MONEY), number(100), YES_NO)
    check = Check("够不够", "人", "提示", condition, None, replace(HEAD, sentence=told))
    steps = [formula("果", number(0))]
    outcome = run(steps, [{"钱": "99.5"}, {"钱": "100"}], checks=(check,))
    (finding,) = outcome.findings
    assert (finding.key, finding.sentence) == (("0",), "标准 99.50 元太低")


@pytest.mark.parametrize("edge", [2**63 - 1, -(2**63)])
def test_cells_at_the_edge_of_64_bits_are_calculated_as_big_integers(edge: int):
    value = Arithmetic("-", number(0), read("人", "数"), WHOLE)
    assert values(run([formula("果", value)], [{"数": edge}, {"数": 1}])) == [-edge, -1]
