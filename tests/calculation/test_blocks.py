"""Blocks and threads are a matter of speed: the outcome is the same, number by number and flaw by flaw."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from payroll_service.calculation import blocks
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.frames import build_frames
from payroll_service.calculation.gathering import Laid
from payroll_service.calculation.outcome import CalculationError, Outcome
from payroll_service.calculation.prepared import prepared
from payroll_service.calculation.sheets import Ground
from rules.language.program import Program
from tests.calculation.agreement import sealed
from tests.calculation.county import county
from tests.calculation.programs import period
from tests.calculation.strategies import county_rows
from tests.examples import examples

SEMESTER = period("2020-2021-1")
COUNTY = county()


def answer(program: Program, data, threads: int) -> Outcome | list:
    try:
        return calculate(program, data, SEMESTER, threads)
    except CalculationError as error:
        return error.problems


def same(one: Outcome, other: Outcome) -> None:
    for name, column in one.columns.items():
        again = other.columns[name]
        assert column.step == again.step, name
        assert column.data.tolist() == again.data.tolist(), name
        missing = [None if c.missing is None else c.missing.tolist() for c in (column, again)]
        assert missing[0] == missing[1], name
    for pools, more in zip(one.pools, other.pools, strict=True):
        for part in ("amount", "shared", "returned", "members"):
            assert getattr(pools, part).tolist() == getattr(more, part).tolist()
        assert [Fraction(int(w)) * pools.weight_step for w in pools.weight] == [
            Fraction(int(w)) * more.weight_step for w in more.weight
        ]
    for taken, also in zip(one.withheld, other.withheld, strict=True):
        assert taken.amount.tolist() == also.amount.tolist()
    assert (one.findings, one.accruals) == (other.findings, other.accruals)


@pytest.mark.parametrize("threads", [1, 2])
@given(rows=county_rows())
@examples(25)
def test_blocks_of_a_few_rows_give_what_the_whole_gives(threads: int, rows):
    data = sealed(COUNTY, rows)
    whole = answer(COUNTY, data, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_ROWS", 2)
        cut = answer(COUNTY, data, threads)
    if isinstance(whole, list) or isinstance(cut, list):
        assert whole == cut
    else:
        same(whole, cut)


def test_a_cut_keeps_schools_whole_though_their_rows_stand_apart():
    posts = [
        {
            "证件号码": f"P{number:02d}", "学校代码": "ABC"[number % 3], "起": "2015-09-01", "身份": "教师",
            "教龄": 1, "得分": "90", "标准": "100", "班主任": "否",
        }
        for number in range(12)
    ]  # fmt: skip
    rows: dict[str, list[dict]] = {
        "片区": [{"地区": "东", "系数": "1"}],
        "学校": [{"学校代码": s, "学校名称": s, "地区": "东", "规模": "中"} for s in "ABC"],
        "人员": [{"证件号码": p["证件号码"], "姓名": "甲", "师德": "合格", "待核": "否"} for p in posts],
        "任职": posts,
    }
    ready = prepared(COUNTY)
    ground = Ground(ready, build_frames(COUNTY, sealed(COUNTY, rows), SEMESTER), SEMESTER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_ROWS", 24)
        found = blocks.cut(COUNTY, ground.frames, ready.paths(SEMESTER.kind, 0), ground.path)
    schools = ground.frames["任职"].links["校"]
    assert len(found) == 3
    for block in found:
        assert len(set(schools[block.rows["任职"]])) == 1
        assert block.size("任职月", 0) == 4 * 6


def test_parts_of_different_scale_and_width_come_together():
    laid = Laid(4)
    laid.add(slice(0, 2), np.array([1, 2]), Fraction(1))
    laid.add(slice(2, 3), np.array([3]), Fraction(1, 2))
    laid.add(slice(3, 4), np.array([10**30], object), Fraction(1))
    data, scale = laid.result()
    assert [int(one) * scale for one in data] == [1, 2, Fraction(3, 2), 10**30]
