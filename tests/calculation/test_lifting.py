"""What all months of a post share is calculated once a post; the second opinion, month by month, says the same."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation import applicability, blocks
from payroll_service.calculation.block_plans import BlockRunner
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.compiled import Compiled
from payroll_service.calculation.on_demand import OnDemand
from payroll_service.calculation.outcome import CalculationError
from payroll_service.calculation.prepared import prepared
from payroll_service.calculation.sheets import Ground
from rules.language.program import Program
from tests.calculation.agreement import disagreements, sealed
from tests.calculation.programs import period
from tests.calculation.small_sets import outcome_of, rule_set
from tests.calculation.test_blocks import same
from tests.examples import examples

RUN = "2020-2021-1"
MONTHS = """
表:
  学校: {主键: 校号, 列: {校号: 文字, 规模: 选项 大、小, 系数: 小数1位 0至5 可空}}
  任职:
    主键: 号
    收款人: 个人
    查找: {校: 学校 按 校号}
    列:
      {号: 文字, 校号: 文字 可空, 身份: 选项 教师、校长, 起: 日期, 止: 日期 可空, 标准: 金额 元/月, 除数: 整数 0至9, 加: 金额 元/月 可空}
  任职月: {分月: 任职, 到任: 当月起, 离任: 当月止, 依据: 办法 一}
  校组: {分组: 任职, 按: [校]}
标准:
  比例: {按: [身份], 档: {教师: 50%, 校长: 70%}, 依据: 办法 一}
  补贴: {按: [校.规模], 分期: {2000-01-01起: {大: 3元/月, 小: 5元/月}, 2020-11-01起: {大: 4元/月, 小: 6元/月}}, 依据: 办法 一}
规则:
- {列: 任职.月数, 公式: 计数(任职月), 依据: 办法 一}
- {列: 任职月.基础, 公式: 标准 × 比例, 取整: 分 四舍五入, 依据: 办法 一}
- {列: 任职月.均摊, 公式: 标准 ÷ 除数, 取整: 分 四舍五入, 依据: 办法 一}
- {列: 任职月.校长津贴, 限于: 身份 = 校长, 公式: (基础 + (加 否则 1元/月)) × 10%, 取整: 分 四舍五入, 依据: 办法 一}
- {列: 任职月.另加, 限于: 身份 = 校长 且 校.规模 = 大, 公式: 加 + 基础, 否则: 2元/月, 依据: 办法 一}
- {列: 任职月.补, 公式: 补贴 + 基础 × 0, 取整: 分 四舍五入, 依据: 办法 一}
- {列: 任职月.校长补, 限于: 身份 = 校长, 公式: (补 + 基础) × 10%, 取整: 分 四舍五入, 依据: 办法 一}
- {列: 任职月.系数额, 公式: 标准 × (校.系数 否则 1), 取整: 分 四舍五入, 依据: 办法 一}
- {列: 任职月.旺, 限于: 月末日 > 2020-11-15, 公式: 身份 = 校长, 依据: 办法 一}
- {列: 任职.合, 公式: 合计(任职月.基础) + 合计(任职月.校长津贴) + 合计(任职月.补) + 合计(任职月.另加) + 合计(任职月.校长补), 依据: 办法 一}
- {列: 任职.端, 公式: 最大(任职月.均摊 无则 0元/月) × 1月 + 最小(任职月.系数额 无则 0元/月) × 1月, 依据: 办法 一}
- {列: 任职.末, 公式: 计数(任职月 其中 月末日 > 2020-12-01 且 身份 = 教师), 依据: 办法 一}
- {列: 校组.池, 汇集: 任职月.基础, 依据: 办法 一}
- {列: 校组.最高, 公式: 最大(任职月.基础 无则 0元/月), 依据: 办法 一}
- {列: 校组.校长月, 公式: 计数(任职月 其中 身份 = 校长), 依据: 办法 一}
- {列: 任职.本校池, 分配: 校组.池, 按: 月数, 余分: [主键], 无权重: 退回 绩效, 迟到更正: 重新分配, 依据: 办法 一}
发放:
- {编号: 合, 项目: 任职.合, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 池, 项目: 任职.本校池, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 端, 项目: 任职.端, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
检查:
- {名称: 旺, 表: 任职月, 提示: 非 (旺 否则 否), 依据: 办法 一, 说明: "{月} 是校长"}
- {名称: 系数, 表: 任职月, 提示: 校.系数 > 0, 依据: 办法 一, 说明: "{月} 没有系数"}
- {名称: 月末, 表: 任职, 提示: 末 > 0, 依据: 办法 一, 说明: "年底以后没有"}
- {名称: 校组, 表: 校组, 提示: 最高 > 60元/月 且 校长月 > 0, 依据: 办法 一, 说明: "最高 {最高}，校长 {校长月}"}
"""
PROGRAM = rule_set(MONTHS)
PROGRAMS = {1024: PROGRAM, 2: rule_set(MONTHS)}  # each with lists of its own
SCHOOLS: list[dict] = [
    {"校号": "甲", "规模": "大", "系数": "1.5"},
    {"校号": "乙", "规模": "小", "系数": None},
]
SPANS = [
    ("2010-09-01", None), ("2010-09-01", "2019-01-01"), ("2010-09-01", "2020-12-31"), ("2020-10-05", None),
    ("2021-05-01", None),
]  # fmt: skip
CELLS = {
    "校号": st.sampled_from(["甲", "乙"]),
    "身份": st.sampled_from(["教师", "教师", "教师", "校长"]),
    "标准": st.sampled_from(["0", "10.05", "99.99"]),
    "除数": st.sampled_from(["1", "3", "7"]),
    "加": st.sampled_from([None, "0", "2.22"]),
}
POSTS = st.tuples(st.sampled_from(SPANS), st.fixed_dictionaries(CELLS)).map(
    lambda one: one[1] | dict(zip(("起", "止"), one[0], strict=True))
)


def rows(posts: list[dict]) -> dict[str, list[dict]]:
    return {"学校": SCHOOLS, "任职": [{"号": f"{number:03}"} | post for number, post in enumerate(posts)]}


@pytest.mark.parametrize("small", PROGRAMS)
@given(posts=st.lists(POSTS, max_size=12))
@examples(15)
def test_both_evaluators_agree_on_months_that_are_equal(small: int, posts: list[dict]):
    """`small`: whether rules for few rows are calculated on these alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(applicability, "SMALL", small)
        program = PROGRAMS[small]
        assert disagreements(program, sealed(program, rows(posts)), period(RUN)) == []


def teachers(count: int, **cells) -> list[dict]:
    post = {
        "校号": "甲",
        "身份": "教师",
        "起": "2010-09-01",
        "止": None,
        "标准": "10",
        "除数": "2",
        "加": "1",
    }
    return [post | cells for _ in range(count)]


def test_a_post_without_months_may_be_wrong():
    posts = teachers(3) + teachers(1, 除数="0", 止="2019-01-01")
    made = outcome_of(PROGRAM, rows(posts), RUN)
    assert made.frames["任职月"].size == 18
    with pytest.raises(CalculationError) as error:
        calculate(PROGRAM, sealed(PROGRAM, rows(teachers(3) + teachers(1, 除数="0"))), period(RUN))
    assert [problem.key for problem in error.value.problems] == [
        ("003", f"{year}-{month:02}")
        for year, month in [(2020, m) for m in (9, 10, 11, 12)] + [(2021, 1), (2021, 2)]
    ]


@pytest.mark.parametrize("addition", ["0", None])
def test_blocks_lay_down_what_their_months_share(addition: str | None, monkeypatch: pytest.MonkeyPatch):
    posts = teachers(5, 加=addition) + teachers(4, 校号="乙") + teachers(1, 校号="乙", 身份="校长")
    program, data = rule_set(MONTHS), sealed(PROGRAM, rows(posts))
    whole = calculate(program, data, period(RUN))
    monkeypatch.setattr(blocks, "BLOCK_ROWS", len(posts) * 6 // 2)
    ground = Ground(prepared(program), whole.frames, period(RUN))
    paths = ground.ready.paths("学期", 0)
    assert len(blocks.cut(program, whole.frames, paths, ground.path)) == 2
    same(whole, calculate(program, data, period(RUN)))
    monkeypatch.setattr(BlockRunner, "_plans", lambda self, block: iter(()))
    same(whole, calculate(program, data, period(RUN)))
    assert whole.columns["任职月", "校长津贴"].missing is not None


def shapes(program: Program, posts: list[dict], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of all arrays that a second run makes."""
    found: list[int] = []

    def run(self: Compiled, given):
        places = list(self.places)
        for name, place in self.given:
            places[place] = given[name]
        for function, sources, target, _ in self.lines:
            places[target] = function(*sources(places))
            if isinstance(places[target], np.ndarray):
                found.append(len(places[target]) if places[target].ndim else 1)
        return places

    data = sealed(program, rows(posts))
    calculate(program, data, period(RUN))
    monkeypatch.setattr(Compiled, "run", run)
    calculate(program, data, period(RUN))
    return found


def test_only_what_is_laid_down_and_what_reads_the_month_has_a_value_a_month(monkeypatch: pytest.MonkeyPatch):
    program = rule_set(MONTHS)
    found = shapes(program, teachers(30) + teachers(1, 身份="校长"), monkeypatch)
    assert found.count(31 * 6) < found.count(31)


def test_what_a_snapshot_alone_decides_is_followed_once_and_let_go_with_it():
    program = rule_set(MONTHS)
    known = prepared(program).standing._known
    data = sealed(program, rows(teachers(3)))
    one = calculate(program, data, period(RUN))
    other = calculate(program, data, period("2020-09"))
    assert one.frames["任职"].links["校"] is other.frames["任职"].links["校"]
    assert len(known) == 1
    del data, one, other
    gc.collect()
    assert len(known) == 0


def test_the_period_decides_what_is_not_remembered():
    data = sealed(PROGRAM, rows(teachers(2)))
    sizes = [calculate(PROGRAM, data, period(run)).frames["任职月"].size for run in (RUN, "2020-09")]
    assert sizes == [12, 2]


def test_parts_on_demand_are_made_once():
    made: list[str] = []

    def make() -> int:
        made.append("made")
        return 7

    parts = OnDemand({"甲": make})
    parts.add("甲", lambda: 8)
    parts.add("乙", lambda: 9)
    assert "甲" in parts
    assert "丙" not in parts
    assert (made, len(parts)) == ([], 2)
    assert [dict(parts), dict(parts)] == [{"甲": 7, "乙": 9}] * 2
    assert made == ["made"]
