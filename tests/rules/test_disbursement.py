"""支付: what a rule set says of too little money and of overpayments, and what it may not say."""

import pytest

from rules.language.check import load_rule_set
from rules.language.mistakes import RuleSetError
from rules.language.program import Basis, Disbursement
from rules.language.show import show
from tests.rules.small import FILE, SMALL, compiled


def with_disbursement(text: str) -> str:
    return f"{SMALL}\n支付: {text}\n"


def refused(text: str) -> str:
    with pytest.raises(RuleSetError) as error:
        load_rule_set(with_disbursement(text), FILE)
    return str(error.value)


def test_what_is_written_is_what_is_compiled():
    number = compiled(SMALL).payments[0].number
    text = f"{{不足: 按先后, 先后: [项目, 所属], 项目次序: [[{number}]], 追回: 按计划, 依据: 办法 九}}"
    program = compiled(with_disbursement(text))
    basis = (Basis("办法", "九"),)
    assert program.disbursement == Disbursement("按先后", ("项目", "所属"), ((number,),), "按计划", basis)
    assert f"项目次序：{number}，其余在后" in show(program)
    assert "办法 九" in show(program)


def test_paying_level_by_level_may_leave_out_the_order_of_items_or_all_but_that():
    told = show(compiled(with_disbursement("{不足: 按先后, 先后: [所属], 追回: 抵扣, 依据: 办法 九}")))
    assert "先后：所属" in told
    assert "项目次序" not in told
    told = show(compiled(with_disbursement("{不足: 按比例, 追回: 抵扣, 依据: 办法 九}")))
    assert "各笔按同一比例付；多发的从同一资金的下次付款中抵扣" in told
    assert "先后：" not in told


def test_a_rule_set_without_it_says_nothing_about_it():
    assert compiled(SMALL).disbursement is None
    assert "支付：" not in show(compiled(SMALL))


def test_it_is_part_of_the_fingerprint():
    one, other = (
        compiled(with_disbursement(f"{{不足: 按比例, 追回: {word}, 依据: 办法 九}}")).fingerprint
        for word in ("抵扣", "按计划")
    )
    assert len({one, other, compiled(SMALL).fingerprint}) == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{不足: 按比例, 追回: 抵扣}", "依据"),
        ("{不足: 平均, 追回: 抵扣, 依据: 办法 九}", "不足不能是「平均」"),
        ("{不足: 按先后, 追回: 抵扣, 依据: 办法 九}", "缺少「先后」"),
        ("{不足: 按先后, 先后: [金额], 追回: 抵扣, 依据: 办法 九}", "先后不能是「金额」"),
        ("{不足: 按先后, 先后: [项目], 追回: 抵扣, 依据: 办法 九}", "没有「项目次序」"),
        ("{不足: 按先后, 先后: [所属], 项目次序: [甲], 追回: 抵扣, 依据: 办法 九}", "先后里却没有「项目」"),
        ("{不足: 按先后, 先后: [项目], 项目次序: [甲], 追回: 抵扣, 依据: 办法 九}", "没有编号为「甲」的发放"),
        ("{不足: 按比例, 追回: 抵扣, 依据: 办法 九, 利息: 是}", "没有「利息」这个键"),
    ],
)
def test_a_mistake_is_told_with_its_cure(text, told):
    assert told in refused(text)


def test_how_long_is_published_is_a_whole_number_of_working_days():
    program = compiled(with_disbursement("{不足: 按比例, 追回: 抵扣, 公示: 7, 依据: 办法 九}"))
    assert program.disbursement is not None
    assert program.disbursement.publicity == 7
    assert "公示：7 个工作日" in show(program)
    for wrong in ("0", "61", "-5", "七"):
        assert f"公示的天数不能是「{wrong}」" in refused(
            f"{{不足: 按比例, 追回: 抵扣, 公示: {wrong}, 依据: 办法 九}}"
        )
