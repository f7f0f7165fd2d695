"""迟到更正: which share governs a pay item, and promises that a share cannot keep are refused."""

import pytest

from rules.language.check import load_rule_set
from rules.language.late import HARMLESS, NEXT_PERIOD, late_clauses
from rules.language.mistakes import RuleSetError
from tests.book.late import RULES, rules


def test_the_share_behind_an_item_says_what_late_changes_do():
    found = late_clauses(rules())
    assert {number: (one.kind, one.fund) for number, one in found.items()} == {
        "不追": (HARMLESS, "机动"),
        "下期": (NEXT_PERIOD, ""),
    }


def split(clause: str) -> str:
    """The first share's money is split once more before it is paid."""
    document = RULES.replace("不追回 由 机动", clause).replace(
        "项目: {不追份: 退回", "项目: {不追份.兑: 退回"
    )
    document = document.replace("项目: {不追份.兑: 退回 绩效}", "项目: {下期份: 退回 绩效}")
    parts = "- {拆分: 任职.不追份, 各份: {兑: 70%, 留: 其余}, 取整: 分 四舍五入, 依据: 办法 四}\n"
    paid = "- {编号: 留, 项目: 任职.留, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}\n"
    document = document.replace("否决:\n", f"{parts}否决:\n").replace("项目: 任职.不追份", "项目: 任职.兑")
    return document.replace("发放:\n", f"发放:\n{paid}")


def test_parts_of_a_share_may_wait_for_the_next_period():
    assert {"不追", "留"} <= set(late_clauses(load_rule_set(split("计入下期"), "示例.yaml")))


SCHOOLS = """\
- {{列: 全县.池, 汇集: 学校.奖金, 依据: 办法 一}}
- 列: 学校.奖
  分配: 全县.池
  按: 奖金
  余分: 主键
  无权重: 退回 绩效
  迟到更正: {}
  依据: 办法 二
"""


@pytest.mark.parametrize("clause", ["不追回 由 机动", "计入下期", "重新分配"])
def test_what_is_shared_on_can_only_be_shared_again(clause):
    document = RULES.replace(
        "规则:\n", "  全县: {分组: 学校, 按: [], 依据: 办法 一}\n规则:\n" + SCHOOLS.format(clause)
    )
    document = document.replace("拆分: 学校.奖金", "拆分: 学校.奖")
    if clause == "重新分配":
        assert set(late_clauses(load_rule_set(document, "示例.yaml"))) == {"不追", "下期"}
        return
    with pytest.raises(RuleSetError, match="分到的钱还要再分"):
        load_rule_set(document, "示例.yaml")


def test_who_is_held_harmless_is_paid_by_the_share_itself():
    with pytest.raises(RuleSetError, match="不是直接发放的"):
        load_rule_set(split("不追回 由 机动"), "示例.yaml")


def test_the_fund_must_exist():
    with pytest.raises(RuleSetError, match="没有资金「机动金」"):
        load_rule_set(RULES.replace("不追回 由 机动", "不追回 由 机动金"), "示例.yaml")
