"""Blocks and threads are a matter of speed: the outcome is the same, number by number and flaw by flaw."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation import blocks, columns
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


def in_blocks(program: Program, data, threads: int, rows: int) -> Outcome | list:
    """In blocks of about so many rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_ROWS", rows)
        return answer(program, data, threads)


def alike(one: Outcome | list, other: Outcome | list) -> None:
    if isinstance(one, list) or isinstance(other, list):
        assert one == other
    else:
        same(one, other)


@pytest.mark.parametrize("threads", [1, 2])
@given(rows=county_rows(), size=st.sampled_from([1, 2, 5, 10, 20]))
@examples(25)
def test_blocks_of_a_few_rows_give_what_the_whole_gives(threads: int, rows, size: int):
    data = sealed(COUNTY, rows)
    alike(answer(COUNTY, data, 1), in_blocks(COUNTY, data, threads, size))


def a_county(codes: str, count: int) -> dict[str, list[dict]]:
    """So many posts of these schools in turn, each a little different."""
    posts = [
        {
            "证件号码": f"P{number:02d}", "学校代码": codes[number % len(codes)], "起": "2015-09-01",
            "身份": "校长" if number % 7 == 6 else "教师", "教龄": 1 + number % 31,
            "得分": f"{50 + number % 50}", "标准": f"{100 + number}.05", "班主任": "否",
        }
        for number in range(count)
    ]  # fmt: skip
    return {
        "片区": [{"地区": "东", "系数": "1"}],
        "学校": [{"学校代码": s, "学校名称": s, "地区": "东", "规模": "中"} for s in codes],
        "人员": [{"证件号码": p["证件号码"], "姓名": "甲", "师德": "合格", "待核": "否"} for p in posts],
        "任职": posts,
    }


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("years", [1, 0, None], ids=["sound", "by zero", "a cell is missing"])
@pytest.mark.parametrize("codes", ["ABCDEF", "AABACADE"], ids=["even", "uneven"])
def test_six_schools_in_several_blocks_give_what_the_whole_gives(threads: int, years: int | None, codes: str):
    """The rows of a school stand apart: a block has them by number. One row at fault is named in any block."""
    program = county(试算="得分 ÷ (课时 × 1)")
    rows = a_county("".join(sorted(set(codes))), 24)
    for number, post in enumerate(rows["任职"]):
        post |= {"学校代码": codes[number % len(codes)], "课时": "2"}
    rows["任职"][17]["课时"] = None if years is None else f"{years}"
    data = sealed(program, rows)
    found: list[int] = []
    cut = blocks.cut

    def counting(*arguments):
        made = cut(*arguments)
        found.append(len(made))
        return made

    whole = answer(program, data, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "cut", counting)
        alike(whole, in_blocks(program, data, threads, 40))
    assert max(found) > 1, "it was cut indeed"
    assert isinstance(whole, list) == (years != 1)


def test_a_cut_keeps_schools_whole_though_their_rows_stand_apart():
    rows = a_county("ABC", 12)
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
