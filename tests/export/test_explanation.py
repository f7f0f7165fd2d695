"""An explanation as text."""

from dataclasses import replace
from fractions import Fraction

from payroll_service.calculation.explanation import Citation, Condition, ExplainedValue, Explanation
from payroll_service.export.explanation import cited_in, sentences, to_json, to_text

CLAUSE = Citation("解释 余数", "", "余数怎么办", "四舍五入", "会议 一")
STANDARD = ExplainedValue(3, "职", "标准", "张三", "100.25元/月", "数据")
BASE = ExplainedValue(
    2, "职月", "基础", "张三 2020-09", "66.17元/月", "拆分", "标准 × 66%", "100.25元/月 × 66%",
    rounding="分 四舍五入：66.165元/月 → 66.17元/月", clauses=(CLAUSE,), also=("张三 2020-10",), children=(STANDARD,),
)  # fmt: skip
AGAIN = ExplainedValue(0, "职", "标准", "张三", "100.25元/月", "数据", see=3)
ROOT = ExplainedValue(
    1, "职", "补贴", "张三", "132.34元", "公式", "合计(职月.基础)", "132.34元", (Condition("限于", "在岗", "在岗为是"),),
    below=("合计(职月.基础)：2 行，得 132.34元",), example=True, children=(BASE, AGAIN),
)  # fmt: skip
LINE = Explanation(
    "补", "补贴", "职", "张三", "2020-09", "甲小学", ("县级",), Fraction("132.34"), "132.34元", root=ROOT
)


def test_a_line_is_a_tree_that_ends_in_its_clauses():
    assert (
        to_text([LINE])
        == """\
补贴  2020-09 甲小学  132.34元（县级）
└─ [1] 职.补贴（张三） = 132.34元 示例
   │ 限于：在岗（在岗为是）
   │ 公式：合计(职月.基础)
   │ 合计(职月.基础)：2 行，得 132.34元
   ├─ [2] 职月.基础（张三 2020-09） = 66.17元/月 〔解释 余数〕
   │  │ 另有 1 行相同：2020-10
   │  │ 拆分：标准 × 66%
   │  │ 代入：100.25元/月 × 66%
   │  │ 取整：分 四舍五入：66.165元/月 → 66.17元/月
   │  └─ [3] 职.标准（张三） = 100.25元/月
   └─ 职.标准（张三） = 100.25元/月，见 [3]

依据
  〔解释 余数〕问：余数怎么办 答：四舍五入（会议 一）
"""
    )


def test_an_item_that_does_not_apply_is_one_line():
    nothing = Explanation(
        "长", "职级津贴", "职", "", "", "", (), None, "", "不符合「身份 = 校长」", (CLAUSE,)
    )
    assert to_text([nothing]) == "职级津贴：不发。不符合「身份 = 校长」 〔解释 余数〕\n"
    assert to_json(nothing)["reason"] == "不符合「身份 = 校长」"


def test_json_leaves_out_what_is_empty_and_keeps_every_value_as_text():
    found = to_json(LINE)
    assert found["amount"] == "132.34"
    assert found["root"]["children"][1] == {
        "number": 0, "table": "职", "column": "标准", "row": "张三", "value": "100.25元/月", "kind": "数据", "see": 3
    }  # fmt: skip


def test_sentences_are_those_of_the_rules_each_once_and_the_amounts_first():
    said = replace(
        BASE, sentence="每月 66.17 元。", children=(replace(STANDARD, sentence="标准 100.25 元。"),)
    )
    root = replace(ROOT, sentence="两个月 132.34 元。", children=(said, said))
    assert sentences(replace(LINE, root=root)) == [
        "两个月 132.34 元。",
        "每月 66.17 元。",
        "标准 100.25 元。",
    ]
    assert sentences(LINE) == [
        "限于：在岗（在岗为是）",
        "公式：合计(职月.基础)",
        "合计(职月.基础)：2 行，得 132.34元",
    ], "rules without sentences"
    nothing = Explanation("长", "职级津贴", "职", "", "", "", (), None, "", "没有任职", excluded="没有月份")
    assert sentences(nothing) == ["不发。没有月份。没有任职"]
    assert cited_in([LINE, nothing, LINE]) == ["〔解释 余数〕问：余数怎么办 答：四舍五入（会议 一）"]
