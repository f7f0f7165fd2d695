"""Periods and words as values: compared, in an order, as a tie; words of different columns are equal when they read equal."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.calculation.programs import period
from tests.calculation.small_sets import column, outcome_of, rule_set
from tests.examples import examples

RULES = """
表:
  人员: {主键: 号, 收款人: 个人, 列: {号: 文字, 友: 文字 可空, 池: 金额 元}}
  记:
    主键: [号, 期]
    查找: {人: 人员 按 号}
    顺序: {在: [号], 按: [期]}
    列: {号: 文字, 期: 期间, 名: 文字, 级: 选项 甲、乙、丙}
规则:
- 列: 记.晚
  公式: 如果((上一行.期 否则 期) < 期, 1, 0)
  依据: 办法 一
- 列: 记.同起
  公式: 如果((上一行.期 否则 期) ≥ 期, 1, 0)
  依据: 办法 一
- 列: 记.同期
  公式: 如果((上一行.期 否则 期) = 期, 1, 0)
  依据: 办法 一
- 列: 记.友
  公式: 如果(名 = 人.友, 1, 0) 否则 0
  依据: 办法 一
- 列: 记.前名
  公式: 如果(名 ≠ (上一行.名 否则 "无") 且 名 属于 ("a", "b"), 1, 0)
  依据: 办法 一
- 列: 记.同级
  公式: 如果(级 = (上一行.级 否则 丙), 1, 0)
  依据: 办法 一
- {列: 人员.池额, 公式: 池, 依据: 办法 一}
- 列: 记.份
  分配: 人员.池额
  按: 1 + (晚 + 同起 + 同期 + 友 + 前名 + 同级) × 0
  余分: [期 由高到低, 级 由低到高, 主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 办法 一
发放:
- {编号: 份, 项目: 记.份, 给: 人, 单位: 人, 所属: 学年, 何时: 学年末, 资金: 绩效}
"""
PROGRAM = rule_set(RULES)
YEAR = "2020-2021"
PERIODS = ["2020-2021", "2020-2021-1", "2020-2021-2", "2020-09", "2020-12", "2021-03", "2021-08"]
records = st.dictionaries(
    st.tuples(st.sampled_from("PQ"), st.sampled_from(PERIODS)),
    st.tuples(st.sampled_from(["a", "b", "c", "无"]), st.sampled_from("甲乙丙")),
)


@given(records, st.sampled_from(["a", "b", "z", None]), st.integers(0, 20))
@examples(40)
def test_periods_stand_by_their_first_month_and_words_by_what_they_say(held, friend, fen):
    people = [{"号": who, "友": friend, "池": f"{fen / 100:.2f}"} for who in "PQ"]
    rows = [{"号": w, "期": p, "名": name, "级": level} for (w, p), (name, level) in held.items()]
    made = outcome_of(PROGRAM, {"人员": people, "记": rows}, YEAR)
    found = {
        name: column(PROGRAM, made, "记", name) for name in ("晚", "同起", "同期", "友", "前名", "同级", "份")
    }
    for who in "PQ":
        own = sorted((p for w, p in held if w == who), key=lambda p: (period(p).start, period(p).count))
        before = None
        for text in own:
            key, (name, level) = (who, text), held[who, text]
            last = period(before or text).start
            assert found["晚"][key] == (last < period(text).start)
            assert found["同起"][key] == (last >= period(text).start)
            assert found["同期"][key] == (before is None)
            assert found["友"][key] == (name == friend)
            assert found["前名"][key] == (name in "ab" and name != (held[who, before][0] if before else "无"))
            assert found["同级"][key] == (level == (held[who, before][1] if before else "丙"))
            before = text
        line = sorted(own, key=lambda text: (-period(text).start, "甲乙丙".index(held[who, text][1]), text))
        each, left_over = divmod(fen, max(len(own), 1))
        for place, text in enumerate(line):
            assert found["份"][who, text] == Fraction(each + (place < left_over), 100)
