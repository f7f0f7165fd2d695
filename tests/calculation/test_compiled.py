"""A list of operations gives what the steps give, on the rows it was made of and on all others, or says that it cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from payroll_service.calculation import block_plans
from payroll_service.calculation.block_plans import BlockRunner
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.compiled import compiled
from payroll_service.calculation.prepared import prepared
from payroll_service.calculation.tracing import Changed, Fixed, Trace, Untraceable, entries, filled, operation
from payroll_service.calculation.tracing_sheet import outward
from payroll_service.calculation.vectors import bounds_of
from tests.calculation.agreement import sealed
from tests.calculation.county import county
from tests.calculation.programs import period
from tests.calculation.small_sets import column, outcome_of, rule_set
from tests.calculation.strategies import county_rows
from tests.calculation.test_blocks import SEMESTER, answer, same

COUNTY = county()


@given(rows=county_rows())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_operations_give_what_the_steps_give(rows):
    """Programs remember their operations: most of these rows meet some that were made of others."""
    data = sealed(COUNTY, rows)
    listed = answer(COUNTY, data, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BlockRunner, "_plans", lambda self, block: iter(()))
        stepped = answer(COUNTY, data, 1)
    if isinstance(listed, list) or isinstance(stepped, list):
        assert listed == stepped
    else:
        same(listed, stepped)


def test_a_second_run_makes_no_new_list(monkeypatch: pytest.MonkeyPatch):
    make, made = block_plans.traced, []

    def traced(*given):
        made.append(given)
        return make(*given)

    monkeypatch.setattr(block_plans, "traced", traced)
    program = county()
    for score in ("90", "80"):
        post = {"证件号码": "P1", "学校代码": "A", "起": "2015-09-01", "身份": "教师", "教龄": 1}
        tables: dict[str, list[dict]] = {
            "片区": [{"地区": "东", "系数": "1"}],
            "学校": [{"学校代码": "A", "学校名称": "A", "地区": "东", "规模": "中"}],
            "人员": [{"证件号码": "P1", "姓名": "甲", "师德": "合格", "待核": "否"}],
            "任职": [post | {"班主任": "否", "得分": score, "标准": "100"}],
        }
        calculate(program, sealed(program, tables), SEMESTER)
        calculate(program, sealed(program, tables), period("2020-2021-1"))
    assert len(made) == 2  # of the steps, and of what is told when they have run


def traced_sum(data: np.ndarray) -> tuple[Trace, Any]:
    trace = Trace()
    column: Any = trace.take("column", data)
    doubled = column * 2
    return trace, doubled + 1 if (doubled > 100).any() else doubled - 1


def test_a_list_works_on_other_rows():
    trace, result = traced_sum(np.array([1, 2, 3]))
    found = compiled(trace, [result]).run({"column": np.array([10, 20])})
    assert found[result.place].tolist() == [19, 39]


def test_a_condition_that_falls_otherwise_is_told():
    trace, result = traced_sum(np.array([1, 2, 3]))
    with pytest.raises(Changed):
        compiled(trace, [result]).run({"column": np.array([10, 60])})


def test_what_blocks_bring_is_never_written_over():
    data = np.array([10, 20])
    trace, result = traced_sum(np.array([1, 2, 3]))
    compiled(trace, [result]).run({"column": data})
    assert data.tolist() == [10, 20]


def test_arrays_that_a_function_may_share_are_not_written_over():
    @operation
    def itself(data: np.ndarray) -> np.ndarray:
        return data

    trace = Trace()
    column: Any = trace.take("column", np.array([1, 2]))
    made = column + 1
    kept: Any = itself(made)
    more = made * 5
    found = compiled(trace, [kept, more]).run({"column": np.array([3, 4])})
    assert found[kept.place].tolist() == [4, 5]
    assert found[more.place].tolist() == [20, 25]


def test_the_same_operation_is_done_once():
    trace = Trace()
    column = trace.take("column", np.array([1, 2]))
    assert (column + 1).place == (column + 1).place
    assert len(trace.operations) == 1


@pytest.mark.parametrize(
    "look",
    [
        bool, int, len, list, np.asarray, bounds_of,
        lambda column: column + np.array([1, 2]),
        lambda column: column[1:],
        lambda column: np.add.reduce(column),
        lambda column: np.sum(column, axis=0),
        lambda column: np.concatenate([column, column]),
        lambda column: np.zeros(column),
    ],
)  # fmt: skip
def test_nothing_gets_at_a_traced_array_unnoted(look):
    column = Trace().take("column", np.array([1, 2]))
    with pytest.raises(Untraceable):
        look(column)


def test_tables_and_sizes_go_into_a_list():
    trace = Trace()
    size: Any = trace.take("size", 2)
    codes: Any = trace.take("codes", np.array([0, 1]))
    result: Any = entries(Fixed(np.array([7, 8, 9])), codes) + filled(size, 100)
    found = compiled(trace, [result]).run({"size": 3, "codes": np.array([2, 2, 0])})
    assert found[result.place].tolist() == [109, 109, 107]


@pytest.mark.parametrize(
    "bounds", [(0, 0), (0, 1), (5, 5), (-3, 10), (737_000, 738_000), (-(10**30), 10**30)]
)
def test_bounds_go_outward_by_no_more_than_their_span(bounds: tuple[int, int]):
    low, high = outward(*bounds)
    span = max(bounds[1] - bounds[0], 1)
    assert bounds[0] - span <= low <= bounds[0] <= bounds[1] <= high <= bounds[1] + span


def test_rows_for_which_there_are_too_many_lists_are_calculated_step_by_step(monkeypatch: pytest.MonkeyPatch):
    """One list a task: rows that a rule is not for find none that fits."""
    monkeypatch.setattr(block_plans, "MOST_PLANS", 1)
    program = rule_set(KINDS)
    for number, paid in ((1, 1), (-1, 0), (2, 2)):
        outcome = outcome_of(program, {"人员": [{"号": "P1", "数": number}]}, "2020-2021-1")
        assert column(program, outcome, "人员", "发") == {("P1",): paid}
    assert len(prepared(program).block_plans) == 2  # of the steps, and of what is told when they have run
    monkeypatch.setattr(block_plans, "MOST_TASKS", 1)
    outcome_of(program, {"人员": [{"号": "P1", "数": 3}]}, "2020-2021")
    outcome_of(program, {"人员": [{"号": "P1", "数": 3}]}, "2020-2021-1")
    assert len(prepared(program).block_plans) == 1


KINDS = """
表:
  人员: {主键: 号, 收款人: 个人, 列: {号: 证件号, 数: 整数 -9至9}}
规则:
- {列: 人员.发, 限于: 数 > 0, 公式: 1元 × 数, 否则: 0元, 依据: 办法 一}
发放:
- {编号: 发, 项目: 人员.发, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""
