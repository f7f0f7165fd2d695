"""The row interpreter: each primitive on a table of a few rows."""

from dataclasses import replace
from fractions import Fraction

import pytest

from payroll_service.calculation.outcome import CalculationError
from payroll_service.calculation.second_opinion import second_opinion
from rules.language.program import (
    BOOL,
    CHOICE,
    DATE,
    FEN,
    NUMBER,
    PERIOD,
    Aggregate,
    Among,
    Arithmetic,
    Band,
    Basis,
    Case,
    Choose,
    Compare,
    Const,
    Extreme,
    Formula,
    Gather,
    GroupKey,
    Logic,
    Negate,
    Not,
    Otherwise,
    Part,
    Payment,
    Rate,
    RateRead,
    RateVersion,
    Return,
    Round,
    Rounding,
    Share,
    Split,
    Tie,
    Type,
    VetoEffect,
)
from tests.calculation.agreement import disagreements
from tests.calculation.programs import (
    HEAD,
    MONEY,
    QUOTIENT,
    SEMESTER,
    WHOLE,
    YES_NO,
    day,
    group,
    lookup,
    months_of,
    number,
    period,
    program,
    read,
    snapshot,
    table,
)

GRADE = Type(CHOICE, options=("高", "中", "低"))
HALF_UP = Rounding(FEN, "四舍五入")
CLAUSE = (Basis("办法", "一"),)


def due(*steps, when="学期末"):
    """Payments that make a semester's run need every step."""
    return tuple(
        Payment(str(i), "", step.table, read(step.table, name), (), (), "学期", when, (("绩效", None),), HEAD)
        for i, step in enumerate(steps)
        for name in ([part.name for part in step.parts] if isinstance(step, Split) else [step.name])
    )


def formula(value, **parts):
    defaults = {
        "where": None,
        "otherwise": None,
        "cases": (),
        "ordered": False,
        "rounding": None,
        "head": HEAD,
    }
    return Formula(parts.pop("table", "人"), parts.pop("name", "值"), value.type, value, **(defaults | parts))


def people(**columns):
    return table("人", ["号"], **columns)


def calculated(tables, steps, rows, at=SEMESTER, **parts):
    """What the row interpreter says, once the columns have said the same or refused the same rows."""
    made = program(tables, steps, payments=due(*steps), **parts)
    held = snapshot(made, **rows)
    assert disagreements(made, held, at) == []
    return second_opinion(made, held, at)


def evaluated(node, kinds, **cells):
    """One expression on one row of a table with the given columns."""
    step = formula(Otherwise(node, number(-999), node.type) if node.type.kind == NUMBER else node)
    return calculated([people(**kinds)], [step], {"人": [{"号": "1", **cells}]}).columns["人", "值"][0]


A, B = read("人", "甲"), read("人", "乙")
TWO = {"甲": WHOLE, "乙": WHOLE}
EMPTY = -999


def sum_of(left, right):
    return Arithmetic("+", left, right, WHOLE)


def over(left, right):
    return Arithmetic("÷", left, right, QUOTIENT)


def is_above(left, right):
    return Compare(">", left, right, YES_NO)


def yes(value):
    return Const(value, YES_NO, "是" if value else "否")


@pytest.mark.parametrize(("op", "result"), [("+", 9), ("-", 5), ("×", 14), ("÷", Fraction(7, 2))])
def test_arithmetic_is_exact(op, result):
    assert evaluated(Arithmetic(op, A, B, QUOTIENT), TWO, 甲=7, 乙=2) == result


def test_a_missing_operand_makes_the_whole_missing_and_otherwise_catches_it():
    for node in (sum_of(A, B), Negate(A, WHOLE), Extreme("取小", (B, A), WHOLE), Round(A, HALF_UP, WHOLE)):
        assert evaluated(node, TWO, 乙=2) == EMPTY


def test_what_stands_right_of_a_missing_operand_is_not_looked_at():
    assert evaluated(sum_of(A, over(B, number(0))), TWO, 乙=2) == EMPTY


def test_a_division_by_zero_is_an_error_that_nothing_catches():
    with pytest.raises(CalculationError) as caught:
        evaluated(over(A, B), TWO, 甲=1, 乙=0)
    (problem,) = caught.value.problems
    assert (problem.table, problem.key, problem.column, problem.message) == ("人", ("1",), "值", "除数为零")


def test_a_missing_value_at_the_end_of_a_rule_names_every_row():
    step = formula(sum_of(A, B))
    rows = [{"号": "1", "甲": 1, "乙": 1}, {"号": "2"}, {"号": "3", "甲": 1}]
    with pytest.raises(CalculationError) as caught:
        calculated([people(**TWO)], [step], {"人": rows})
    assert [problem.key for problem in caught.value.problems] == [("2",), ("3",)]


def test_only_the_branch_taken_and_the_operand_needed_are_looked_at():
    broken = is_above(over(A, number(0)), B)
    assert evaluated(Choose(is_above(A, B), A, over(A, number(0)), WHOLE), TWO, 甲=7, 乙=2) == 7
    assert evaluated(Logic("且", is_above(B, A), broken, YES_NO), TWO, 甲=7, 乙=2) is False
    assert evaluated(Logic("或", is_above(A, B), broken, YES_NO), TWO, 甲=7, 乙=2) is True
    assert evaluated(Logic("或", is_above(B, A), is_above(A, B), YES_NO), TWO, 甲=7, 乙=2) is True
    with pytest.raises(CalculationError):
        evaluated(Logic("且", is_above(A, B), broken, YES_NO), TWO, 甲=7, 乙=2)


def test_a_condition_that_is_missing_makes_the_choice_missing():
    assert evaluated(Choose(is_above(A, B), number(1), number(2), WHOLE), TWO, 乙=2) == EMPTY


@pytest.mark.parametrize(
    ("op", "result"), [("=", False), ("≠", True), ("<", False), ("≤", False), (">", True), ("≥", True)]
)
def test_comparisons(op, result):
    assert evaluated(Compare(op, A, B, YES_NO), TWO, 甲=7, 乙=2) is result
    dates = {"甲": Type(DATE), "乙": Type(DATE)}
    left, right = (read("人", name, kind=Type(DATE)) for name in "甲乙")
    assert evaluated(Compare(op, left, right, YES_NO), dates, 甲="2020-09-02", 乙="2020-09-01") is result


@pytest.mark.parametrize(
    ("op", "year", "holds"),
    [("≤", "2020-2021-1", True), ("=", "2020-2021-1", False), ("=", "2020-2021", True)],
)
def test_periods_compare_by_their_first_month_and_equal_only_themselves(op, year, holds):
    left, right = (read("人", name, kind=Type(PERIOD)) for name in "甲乙")
    kinds = {"甲": Type(PERIOD), "乙": Type(PERIOD)}
    assert evaluated(Compare(op, left, right, YES_NO), kinds, 甲=year, 乙="2020-2021") is holds


def test_choices_among_and_not():
    grade = read("人", "等", kind=GRADE)
    among = Among(grade, (Const("高", GRADE, "高"), Const("中", GRADE, "中")), YES_NO)
    assert evaluated(among, {"等": GRADE}, 等="中") is True
    assert evaluated(Not(among, YES_NO), {"等": GRADE}, 等="低") is True


def test_the_smaller_and_the_greater_of_several():
    operands = (A, B, number(5))
    assert evaluated(Extreme("取小", operands, WHOLE), TWO, 甲=7, 乙=2) == 2
    assert evaluated(Extreme("取大", operands, WHOLE), TWO, 甲=7, 乙=2) == 7


def test_rounding_inside_a_formula_and_at_its_end():
    third = over(A, number(8))
    assert evaluated(Round(third, Rounding(FEN, "四舍六入五成双"), MONEY), TWO, 甲=1) == Fraction("0.12")
    step = formula(third, rounding=HALF_UP)
    found = calculated([people(**TWO)], [step], {"人": [{"号": "1", "甲": 1}, {"号": "2", "甲": -1}]})
    assert found.columns["人", "值"] == [Fraction("0.13"), Fraction("-0.13")]


# Rules: where, otherwise, exceptions ------------------------------------------------------------------------------


def test_a_rule_is_missing_where_it_does_not_apply_and_otherwise_stands_there_unrounded():
    rows = {"人": [{"号": "1", "甲": 7, "乙": 2}, {"号": "2", "甲": 1, "乙": 2}, {"号": "3", "乙": 2}]}
    where = is_above(A, B)
    assert calculated([people(**TWO)], [formula(A, where=where)], rows).columns["人", "值"] == [7, None, None]
    step = formula(A, where=where, otherwise=over(B, number(3)), rounding=HALF_UP)
    assert calculated([people(**TWO)], [step], rows).columns["人", "值"] == [
        7,
        Fraction(2, 3),
        Fraction(2, 3),
    ]


def test_an_exception_replaces_the_value_and_is_rounded_like_it():
    case = Case(is_above(A, B), over(A, number(3)), CLAUSE)
    step = formula(over(A, number(0)), cases=(case,), rounding=HALF_UP)
    found = calculated([people(**TWO)], [step], {"人": [{"号": "1", "甲": 7, "乙": 2}]})
    assert found.columns["人", "值"] == [Fraction("2.33")]


def test_two_exceptions_at_once_are_an_error_unless_they_are_ordered():
    cases = tuple(Case(is_above(A, number(limit)), number(limit), CLAUSE) for limit in (5, 3))
    rows = {"人": [{"号": "1", "甲": 7, "乙": 2}]}
    with pytest.raises(CalculationError, match="2 个例外同时成立"):
        calculated([people(**TWO)], [formula(A, cases=cases)], rows)
    assert calculated([people(**TWO)], [formula(A, cases=cases, ordered=True)], rows).columns["人", "值"] == [
        5
    ]
    assert calculated([people(**TWO)], [formula(A, cases=cases)], {"人": [{"号": "1", "甲": 4}]}).columns[
        "人", "值"
    ] == [3]


# Rates ------------------------------------------------------------------------------------------------------------


def rate(*versions, keys=("甲",)):
    return {"津贴": Rate("津贴", keys, MONEY, versions, CLAUSE, False)}


BANDS: dict = {
    (Band(None, False, Fraction(5), True, "不满5"),): Fraction(0),
    (Band(Fraction(5), False, Fraction(10), True, "满5不满10"),): Fraction(3),
    (Band(Fraction(10), False, Fraction(20), False, "10至20"),): Fraction(5),
}


@pytest.mark.parametrize(("years", "amount"), [(4, 0), (5, 3), (9, 3), (10, 5), (20, 5)])
def test_a_rate_by_bands(years, amount):
    step = formula(RateRead("津贴", (A,), "", None, MONEY))
    rows = {"人": [{"号": "1", "甲": years}]}
    found = calculated([people(**TWO)], [step], rows, rates=rate(RateVersion(None, BANDS)))
    assert found.columns["人", "值"] == [amount]


def test_a_key_without_a_band_is_an_error_and_a_missing_key_is_missing():
    step = formula(Otherwise(RateRead("津贴", (A,), "", None, MONEY), number(1), MONEY))
    rates = rate(RateVersion(None, BANDS))
    assert calculated([people(**TWO)], [step], {"人": [{"号": "1"}]}, rates=rates).columns["人", "值"] == [1]
    with pytest.raises(CalculationError, match="没有这一档：甲为21"):
        calculated([people(**TWO)], [step], {"人": [{"号": "1", "甲": 21}]}, rates=rates)


def test_a_rate_by_choice_and_yes_no():
    kinds = {"等": GRADE, "班": Type(BOOL)}
    cells: dict = {
        (grade, flag): Fraction(10 * i + flag)
        for i, grade in enumerate(GRADE.options)
        for flag in (True, False)
    }
    keys = (read("人", "等", kind=GRADE), read("人", "班", kind=YES_NO))
    step = formula(RateRead("津贴", keys, "", None, MONEY))
    rows = {"人": [{"号": "1", "等": "中", "班": True}, {"号": "2", "等": "低", "班": False}]}
    found = calculated(
        [people(**kinds)], [step], rows, rates=rate(RateVersion(None, cells), keys=("等", "班"))
    )
    assert found.columns["人", "值"] == [11, 20]


CHANGING = rate(
    RateVersion(None, {(): Fraction(1)}), RateVersion(day("2020-11-01"), {(): Fraction(2)}), keys=()
)


@pytest.mark.parametrize(("at", "amount"), [("期初", 1), ("期末", 2)])
def test_a_rate_that_changes_needs_to_be_told_which_end_counts(at, amount):
    rows = {"人": [{"号": "1"}]}
    step = formula(RateRead("津贴", (), at, None, MONEY))
    assert calculated([people()], [step], rows, rates=CHANGING).columns["人", "值"] == [amount]
    with pytest.raises(CalculationError, match="期间有变动"):
        calculated([people()], [formula(RateRead("津贴", (), "", None, MONEY))], rows, rates=CHANGING)
    from_the_start = rate(RateVersion(day("2020-09-01"), {(): Fraction(4)}), keys=())
    step = formula(RateRead("津贴", (), "", None, MONEY))
    assert calculated([people()], [step], rows, rates=from_the_start).columns["人", "值"] == [4]


def test_a_day_before_the_first_version_is_an_error():
    late = rate(RateVersion(day("2021-09-01"), {(): Fraction(4)}), keys=())
    with pytest.raises(CalculationError, match="没有这一天的数"):
        calculated(
            [people()],
            [formula(RateRead("津贴", (), "期初", None, MONEY))],
            {"人": [{"号": "1"}]},
            rates=late,
        )


def test_month_rows_take_the_rate_of_their_month():
    posts = table("职", ["号"], 起=Type(DATE), 止=Type(DATE))
    months = months_of(posts)
    at = RateRead("津贴", (), "月", read(months, "月"), MONEY)
    step = formula(at, table="职月")
    rows = {"职": [{"号": "1", "起": "2020-10-01"}]}
    found = calculated([posts, months], [step], rows, rates=CHANGING)
    assert found.columns["职月", "值"] == [1, 2, 2, 2, 2]


# Tables above and below -------------------------------------------------------------------------------------------


def school_tables():
    schools = table("校", ["码"], 等=GRADE)
    text = schools.columns["码"].type
    posts = table(
        "职", ["号"], [lookup("校", "校", read("职", "码", kind=text))], 码=text, 分=WHOLE, 钱=MONEY, 等=GRADE
    )  # fmt: skip
    return schools, posts


POSTS: list[dict] = [
    {"号": "1", "码": "A", "分": 3, "钱": "0.10"},
    {"号": "2", "码": "A", "分": 5, "钱": "0.20"},
    {"号": "3", "码": "B", "分": 4, "钱": "0.40"},
    {"号": "4", "码": None, "分": 9, "钱": None},
    {"号": "5", "码": "A", "分": None, "钱": None},
]
SCHOOLS = [{"码": "A", "等": "高"}, {"码": "B"}, {"码": "C"}]


@pytest.mark.parametrize(
    ("op", "results"),
    [
        ("合计", [8, 4, 0]),
        ("计数", [3, 1, 0]),
        ("平均", [4, 4, -1]),
        ("最小", [3, 4, -1]),
        ("最大", [5, 4, -1]),
    ],
)
def test_an_aggregate_runs_over_the_rows_below_and_skips_missing_values(op, results):
    schools, posts = school_tables()
    value = None if op == "计数" else read("职", "分")
    node = Aggregate(op, "职", ("校",), value, None, number(-1), QUOTIENT)
    found = calculated([schools, posts], [formula(node, table="校")], {"校": SCHOOLS, "职": POSTS})
    assert found.columns["校", "值"] == results


def test_an_aggregate_with_a_condition_that_reads_the_outer_row():
    schools, posts = school_tables()
    high = Compare("=", read("校", "等", "校", kind=GRADE), Const("高", GRADE, "高"), YES_NO)
    node = Aggregate("计数", "职", ("校",), None, high, None, WHOLE)
    found = calculated([schools, posts], [formula(node, table="校")], {"校": SCHOOLS, "职": POSTS})
    assert found.columns["校", "值"] == [3, 0, 0]


def test_any_is_false_of_nothing():
    schools, posts = school_tables()
    node = Aggregate("任一", "职", ("校",), is_above(read("职", "分"), number(4)), None, None, YES_NO)
    found = calculated([schools, posts], [formula(node, table="校")], {"校": SCHOOLS, "职": POSTS})
    assert found.columns["校", "值"] == [True, False, False]


def test_an_average_of_nothing_without_a_value_for_it_is_an_error():
    schools, posts = school_tables()
    node = Aggregate("平均", "职", ("校",), read("职", "分"), None, None, QUOTIENT)
    with pytest.raises(CalculationError) as caught:
        calculated([schools, posts], [formula(node, table="校")], {"校": SCHOOLS, "职": POSTS})
    assert [problem.key for problem in caught.value.problems] == [("C",)]


def test_reading_up_a_link_that_leads_nowhere_is_missing():
    schools, posts = school_tables()
    above = read("校", "等", "校", kind=GRADE)
    step = formula(Otherwise(above, Const("低", GRADE, "低"), GRADE), table="职")
    found = calculated([schools, posts], [step], {"校": SCHOOLS, "职": POSTS})
    assert found.columns["职", "值"] == ["高", "高", "低", "低", "高"]


# Money: split, gather, share --------------------------------------------------------------------------------------


def cut(*parts, rounding=HALF_UP):
    return Split(
        "职", read("职", "钱", kind=MONEY), tuple(Part(n, share, MONEY) for n, share in parts), rounding, HEAD
    )


PERCENT = Type(NUMBER, step=FEN, percent=True)


def test_a_split_rounds_its_parts_and_gives_the_rest_exactly():
    schools, posts = school_tables()
    step = cut(("基", number("0.66", PERCENT)), ("奖", None))
    rows = {"校": SCHOOLS, "职": [{"号": "1", "钱": "0.25"}, {"号": "2", "钱": "4200.75"}, {"号": "3"}]}
    found = calculated([schools, posts], [step], rows)
    assert found.columns["职", "基"] == [Fraction("0.17"), Fraction("2772.50"), None]
    assert found.columns["职", "奖"] == [Fraction("0.08"), Fraction("1428.25"), None]


def test_a_split_by_an_amount_may_not_take_more_than_there_is():
    schools, posts = school_tables()
    step = cut(("奖", None), ("定", number("0.15", MONEY)), rounding=None)
    rows = {"校": SCHOOLS, "职": [{"号": "1", "钱": "0.25"}]}
    assert calculated([schools, posts], [step], rows).columns["职", "奖"] == [Fraction("0.10")]
    rows = {"校": SCHOOLS, "职": [{"号": "1", "钱": "0.14"}]}
    with pytest.raises(CalculationError, match="其余为负"):
        calculated([schools, posts], [step], rows)


def test_a_part_that_is_not_whole_fen_or_below_zero_is_an_error():
    schools, posts = school_tables()
    rows = {"校": SCHOOLS, "职": [{"号": "1", "钱": "0.25"}]}
    for share, message in ((number("0.66", PERCENT), "不是整分"), (number(-1, MONEY), "为负")):
        with pytest.raises(CalculationError, match=message):
            calculated([schools, posts], [cut(("基", share), ("奖", None), rounding=None)], rows)


def pooled(ties=(), fallback=None, where=None, gather_where=None, weight=None):
    schools, posts = school_tables()
    money = replace(MONEY, high=None)
    gather = Gather("校", "池", money, "职", read("职", "钱", kind=MONEY), ("校",), gather_where, HEAD)
    step = Share(
        "职", "得", money, "校", read("校", "池", kind=money), ("校",), where,
        weight or read("职", "分"), ties, fallback, "重新分配", HEAD,
    )  # fmt: skip
    return [schools, posts], [gather, step]


def shared(rows, vetoes=(), returns=(), **parts):
    tables, steps = pooled(**parts)
    found = calculated(tables, steps, {"校": [{"码": "A"}], "职": rows}, vetoes=vetoes, returns=returns)
    return found, found.columns["职", "得"]


def posts_with(*weights, money="0.01"):
    return [{"号": str(i), "码": "A", "分": weight, "钱": money} for i, weight in enumerate(weights)]


def test_a_pool_is_gathered_and_shared_out_to_the_last_fen():
    found, got = shared(posts_with(1, 1, 1, money="0.10"))
    assert got == [Fraction("0.10")] * 3
    found, got = shared(posts_with(1, 1, 1, 5))  # 0.5, 0.5, 0.5 and 2.5 fen
    assert found.columns["校", "池"] == [Fraction("0.04")]
    assert got == [FEN, FEN, 0, 2 * FEN]


def test_equal_remainders_go_by_the_ties_then_by_the_key_and_a_missing_tie_comes_last():
    rows = [
        {"号": "1", "码": "A", "分": 1, "钱": "0.02", "等": None},
        {"号": "2", "码": "A", "分": 1, "钱": None, "等": "低"},
        {"号": "3", "码": "A", "分": 1, "钱": None, "等": "高"},
        {"号": "4", "码": "A", "分": 1, "钱": None, "等": "高"},
    ]
    tie = read("职", "等", kind=GRADE)
    assert shared(rows)[1] == [FEN, FEN, 0, 0]
    assert shared(rows, ties=(Tie(tie, False),))[1] == [0, 0, FEN, FEN]
    assert shared(rows, ties=(Tie(tie, True),))[1] == [0, FEN, FEN, 0]


def test_ties_far_apart_are_still_in_their_order():
    rows = posts_with(1, 1, 1)
    for row, money in zip(rows, ("-23058430092136939.52", "23058430092136939.52", "0.02"), strict=True):
        row["钱"] = money  # 2 ** 61 fen
    tie = read("职", "钱", kind=MONEY)
    assert shared(rows, ties=(Tie(tie, False),))[1] == [FEN, 0, FEN]


def test_where_all_weights_are_zero_the_pool_goes_back_or_is_shared_equally():
    found, got = shared(posts_with(0, 0, 0), fallback="绩效")
    assert got == [0, 0, 0]
    assert found.pools["职", "得"][0].returned == Fraction("0.03")
    assert shared(posts_with(0, 0, 0))[1] == [FEN, FEN, FEN]


def veto(column, fund="", table="职"):
    when = Compare("=", read(table, "等", kind=GRADE), Const("低", GRADE, "低"), YES_NO)
    return VetoEffect("一票否决", table, column, when, fund, CLAUSE)


def test_a_pool_veto_gives_the_share_to_the_others_and_does_not_look_at_the_weight():
    rows = [
        row | {"等": "低" if i == 0 else "高"} for i, row in enumerate(posts_with(None, 1, 1, money="0.02"))
    ]
    assert shared(rows, vetoes=(veto("得"),))[1] == [0, 3 * FEN, 3 * FEN]
    assert shared([row | {"分": 0} for row in rows], vetoes=(veto("得"),))[1] == [0, 3 * FEN, 3 * FEN]


def test_a_fund_veto_takes_the_amount_after_sharing_and_readers_see_zero():
    rows = [row | {"等": "低" if i == 0 else "高"} for i, row in enumerate(posts_with(1, 1, money="0.02"))]
    found, got = shared(rows, vetoes=(veto("得", "绩效"),))
    assert got == [0, 2 * FEN]
    assert found.withheld["一票否决", "职", "得"] == [2 * FEN, 0]


def test_a_pool_without_anybody_is_an_error_unless_it_is_empty_or_goes_back():
    with pytest.raises(CalculationError, match="没有可以分配的对象"):
        shared(posts_with(1), where=is_above(read("职", "分"), number(5)))
    assert shared(posts_with(1, money="0"), where=is_above(read("职", "分"), number(5)))[1] == [None]
    found, got = shared(posts_with(1), where=is_above(read("职", "分"), number(5)), fallback="绩效")
    assert got == [None]
    assert found.pools["职", "得"][0].returned == FEN


def test_a_missing_or_negative_weight_names_the_row():
    with pytest.raises(CalculationError) as caught:
        shared(posts_with(1, None, -1))
    assert [(problem.key, problem.message) for problem in caught.value.problems] == [
        (("1",), "没有分配的权重：有空缺的数据"),
        (("2",), "权重为负：-1"),
    ]


def test_rows_outside_the_pool_get_nothing_and_a_pool_that_is_not_there_is_not_shared():
    rows = [*posts_with(1, money="0.10"), {"号": "8", "码": None, "分": 1, "钱": 0}]
    assert shared(rows)[1] == [Fraction("0.10"), None]
    nobody = Compare("=", read("校", "等", kind=GRADE), Const("高", GRADE, "高"), YES_NO)
    found, got = shared(rows, gather_where=nobody)
    assert found.columns["校", "池"] == [None]
    assert got == [None, None]


def test_money_that_leads_nowhere_is_an_error_of_its_row():
    with pytest.raises(CalculationError, match="无处可汇集") as caught:
        shared([*posts_with(1, money="0.10"), {"号": "8", "码": None, "分": 1, "钱": "0.50"}])
    assert [(problem.table, problem.key) for problem in caught.value.problems] == [("职", ("8",))]


def test_money_that_goes_back_is_counted_after_vetoes():
    back = Return("职", read("职", "得", kind=MONEY), "绩效", HEAD)
    rows = [row | {"等": "低" if i == 0 else "高"} for i, row in enumerate(posts_with(1, 1, money="0.02"))]
    found, _ = shared(rows, vetoes=(veto("得", "专项"),), returns=(back,))
    assert found.returned["职", "得", "绩效"] == [0, 2 * FEN]


def test_groups_of_a_choice_and_a_link_read_their_own_rows():
    schools, posts = school_tables()
    teams = group(
        "组", posts, GroupKey("校", None, ("校",), "校"), GroupKey("等", read(posts, "等", kind=GRADE))
    )
    node = Aggregate("合计", "职", ("组",), read("职", "分"), None, None, WHOLE)
    rows: list = [
        {**row, "等": grade} for row, grade in zip(POSTS, ["高", "中", "高", "高", "中"], strict=True)
    ]
    found = calculated([schools, posts, teams], [formula(node, table="组")], {"校": SCHOOLS, "职": rows})
    assert found.columns["组", "值"] == [3, 5, 4]


def test_a_month_run_sees_only_its_month():
    posts = table("职", ["号"], 起=Type(DATE), 止=Type(DATE))
    months = months_of(posts)
    node = Aggregate("计数", "职月", ("职",), None, None, None, WHOLE)
    step = formula(node, table="职")
    made = program([posts, months], [step], payments=due(step, when="每月"))
    rows = snapshot(made, 职=[{"号": "1", "起": "2020-10-01"}])
    assert second_opinion(made, rows, period("2020-09")).columns["职", "值"] == [0]
    assert second_opinion(made, rows, period("2020-10")).columns["职", "值"] == [1]
