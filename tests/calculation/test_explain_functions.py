"""Explanations of slices and rankings: the bands reached, how many were ranked, nobody else's value."""

from __future__ import annotations

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from payroll_service.calculation.explanation import ExplainedValue
from tests.calculation.agreement import sealed
from tests.calculation.programs import SEMESTER
from tests.calculation.short import people, short

RATES = "标准:\n  单价: {按: [节数], 档: {30以下: 10元/节, 31以上: 15元/节}, 依据: 办法 三}"


def explained(formula: str, *cells: dict, rates: str = "") -> ExplainedValue:
    """The first person's pay, whose formula it is."""
    program = short(f"- 列: 人.实发\n  公式: {formula}\n  依据: 办法 二", rates=rates, paid="实发")
    outcome = calculate(program, sealed(program, people(*cells)), SEMESTER)
    (line,) = explain(program, outcome, "人", ("P000",))
    assert line.root is not None
    return line.root


def test_slices_tell_the_bands_that_the_number_reaches_into():
    root = explained("分段计(节数, 单价)", {"节数": 33}, rates=RATES)
    assert (root.value, root.substituted) == ("345.00元", "分段计(33节, 单价)")
    assert [(use.keys, use.value) for use in root.rates] == [
        (("30以下的部分 30节",), "10.00元/节"),
        (("31以上的部分 3节",), "15.00元/节"),
    ]
    assert [child.column for child in root.children] == ["节数"]


def test_a_ranking_tells_among_how_many_and_nobody_elses_value():
    root = explained("1元 × 排名(得分 在 校)", {"得分": "88"}, {"得分": "97.31"})
    assert (root.value, root.substituted) == ("2.00元", "1元 × 2")
    assert root.below == ("排名(得分 在 校)：2 行参加排名，得 2",)
    assert "97.31" not in repr(root)
    assert [(child.column, child.value) for child in root.children] == [("得分", "88")]


def test_slices_of_one_number_are_told_once():
    root = explained("分段计(节数, 单价) + 分段计(节数, 单价)", {"节数": 33}, rates=RATES)
    assert [use.keys for use in root.rates] == [("30以下的部分 30节",), ("31以上的部分 3节",)]


def test_a_sum_of_rows_at_a_rate_tells_the_own_rows():
    rates = "标准:\n  率: {按: [项], 档: {甲: 50%, 乙: 20%}, 依据: 办法 一}"
    program = short(
        "- 列: 人.实发\n  公式: 合计(荣誉.补助 × 率)\n  取整: 分 四舍五入", rates=rates, paid="实发"
    )
    awards = [{"号": "P000", "项": one, "补助": "10", "有效": "是"} for one in "甲乙"]
    outcome = calculate(program, sealed(program, people({}) | {"荣誉": awards}), SEMESTER)
    (line,) = explain(program, outcome, "人", ("P000",))
    assert line.root is not None
    assert (line.root.value, len(line.root.below)) == ("7.00元", 1)
    assert [(child.column, child.value) for child in line.root.children] == [
        ("补助", "10.00元"),
        ("项", "乙"),
        ("补助", "10.00元"),
        ("项", "甲"),
    ]
