"""Numbers and keys beyond 64 bits, all through: splits, pools, ties, ranks, chains, groups, lookups, limits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.balance import balance, broken
from payroll_service.book.payouts import make_payouts
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError
from tests.calculation.agreement import disagreements, sealed
from tests.calculation.programs import period
from tests.calculation.small_sets import rule_set
from tests.examples import examples

RUN = period("2020-2021-1")
HUGE = 10**17
MOST_YUAN = 8 * 10**13  # the book holds amounts of up to 90 trillion yuan

RULES = """
表:
  学校: {主键: 校号, 列: {校号: 文字, 池: 金额 元 0至80000000000000}}
  人员:
    主键: 号
    收款人: 个人
    查找: {校: 学校 按 校号, 档: 档次 按 大数、小数、长数}
    顺序: {在: [校号], 按: [号]}
    列:
      号: 文字
      校号: 文字
      大数: 整数 -100000000000000000至100000000000000000
      小数: 小数9位 0至999999999
      长数: 整数 0至100000000000000000
      底: 金额 元 0至80000000000000 可空
  档次:
    主键: [大, 小, 长]
    列: {大: 整数 -100000000000000000至100000000000000000, 小: 小数9位 0至999999999, 长: 整数 0至100000000000000000, 价: 金额}
  数组: {分组: 人员, 按: [大数, 小数, 长数]}
规则:
- {列: 人员.方, 公式: 大数 × 大数 + 小数 × 长数, 依据: 办法 一}
- {列: 人员.立方, 公式: 方 × 大数, 依据: 办法 一}
- {列: 人员.名次, 公式: 排名(立方 在 校), 依据: 办法 一}
- {列: 人员.小名, 公式: 排名(方 在 校 由低到高 连续), 依据: 办法 一}
- 列: 人员.累
  公式: 上一行.累 + 方
  开头: 方
  依据: 办法 一
- {列: 数组.人数, 公式: 计数(人员), 依据: 办法 一}
- {列: 学校.最大, 公式: 最大(人员.立方 无则 0), 依据: 办法 一}
- {列: 学校.前三, 公式: 最高3项(人员.立方), 依据: 办法 一}
- {列: 学校.大池, 公式: 池, 依据: 办法 一}
- 拆分: 学校.大池
  各份: {一半: 33.33%, 一半外: 其余}
  取整: 分 进一
  依据: 办法 一
- 列: 人员.半份
  分配: 学校.一半
  按: 方
  余分: [立方 由高到低, 小数 由低到高, 主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 办法 一
- 列: 人员.外份
  分配: 学校.一半外
  按: 取大(累, 0)
  至少: 底 否则 0元
  余分: [方 由低到高, 累 由高到低, 主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 办法 一
- 列: 人员.其他
  公式: (档.价 否则 0元) × (数组.人数 + 名次 + 小名) + 如果(立方 = 校.最大 且 立方 ≤ 取大(校.前三, 0), 1元, 0元)
  依据: 办法 一
否决:
- {名称: 短, 表: 人员, 当: 长数 < 3, 项目: {半份: 回到一半, 其他: 退回 绩效}, 依据: 办法 一}
发放:
- {编号: 半, 项目: 人员.半份, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 外, 项目: 人员.外份, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 其他, 项目: 人员.其他, 给: 本行, 单位: 本行, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""
PROGRAM = rule_set(RULES)

wholes = st.sampled_from([0, 1, 2, HUGE, HUGE - 1]) | st.integers(0, HUGE)
parts = st.sampled_from([0, 1, 10**18 - 10**9]) | st.integers(0, 10**18 - 10**9)
pools = st.sampled_from(["0", "0.01", "0.07", str(MOST_YUAN)]) | st.integers(0, 100 * MOST_YUAN).map(
    lambda fen: f"{fen // 100}.{fen % 100:02d}"
)


@st.composite
def wide_rows(draw) -> dict[str, list[dict]]:
    schools = [{"校号": name, "池": draw(pools)} for name in "AB"]
    people, keys = [], set()
    for number in range(draw(st.integers(0, 6))):
        large = draw(wholes) * draw(st.sampled_from([1, -1]))
        small, long = draw(parts), draw(wholes)
        keys.add((large, small, long))
        people.append(
            {
                "号": f"P{number}", "校号": draw(st.sampled_from("AB")), "大数": str(large), "长数": str(long),
                "小数": f"{small // 10**9}.{small % 10**9:09d}", "底": draw(st.sampled_from([None, None, "0.01"])),
            }
        )  # fmt: skip
    prices = [
        {"大": str(a), "小": f"{b // 10**9}.{b % 10**9:09d}", "长": str(c), "价": "1.23"}
        for a, b, c in sorted(keys)
    ]
    return {"学校": schools, "人员": people, "档次": prices}


@given(wide_rows())
@examples(40)
def test_both_evaluators_agree_and_no_fen_is_lost(rows):
    data = sealed(PROGRAM, rows)
    assert disagreements(PROGRAM, data, RUN) == []
    try:
        outcome = calculate(PROGRAM, data, RUN)
    except CalculationError as error:
        assert {problem.column for problem in error.problems} == {"外份"}  # noqa: PT017
    else:
        assert broken(balance(PROGRAM, outcome, make_payouts(PROGRAM, outcome))) == []
