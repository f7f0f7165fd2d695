"""What entries declare besides what is calculated stands in the program as it was written."""

from rules.language.program import ApprovedTotals, Basis
from rules.language.show import show
from tests.rules.small import changed, compiled
from tests.rules.test_rare_mistakes import with_totals


def test_approved_totals_are_read_with_their_clause():
    program = compiled(with_totals("", ""))
    assert program.approved == ApprovedTotals("总量", "校号", "资金", "金额", (Basis("办法", "一"),))
    assert "核定总量：每个单位每项资金的发放不得超过表「总量」的金额　〔办法 一〕" in show(program)
    assert compiled().approved is None
    assert "核定总量：" not in show(compiled())


def test_a_column_keeps_its_note():
    columns = compiled(changed("姓名: 文字", "姓名: {类型: 文字, 说明: 与身份证一致}")).tables["人员"].columns
    assert (columns["姓名"].note, columns["师德"].note) == ("与身份证一致", "")


def test_a_payment_is_named_as_it_says_or_as_its_column():
    program = compiled(changed("{编号: 奖励,", "{编号: 奖励, 名称: 学期奖,"))
    assert {payment.number: payment.name for payment in program.payments} == {
        "基础": "基础性绩效", "奖励": "学期奖", "教龄": "教龄补贴", "职级": "职级津贴",
    }  # fmt: skip


def test_what_is_not_encoded_is_kept_with_its_reason_and_shown():
    left_out = "未编入:\n- {条款: 办法 十二, 原因: 学校每年另行评议，不涉及金额}\n\n表:\n"
    program = compiled(changed("\n表:\n", f"\n{left_out}"))
    assert program.unencoded == (("办法 十二", "学校每年另行评议，不涉及金额"),)
    shown = show(program)
    assert "办法 十二" in shown
    assert "学校每年另行评议，不涉及金额" in shown
    assert program.fingerprint != compiled().fingerprint


def test_a_figure_that_no_document_gives_is_marked_wherever_it_stands():
    rate = "班主任系数: {按: [班主任], 档: {是: 1.15, 否: 1}, 依据: 办法 七"
    program = compiled(changed(f"{rate}}}", f"{rate}, 示例: 是}}"))
    assert program.examples == ("标准「班主任系数」",)
    shown = show(program)
    assert "（示例）" in next(line for line in shown.splitlines() if "班主任系数，" in line)
    assert "标准「班主任系数」" in shown.partition("示例（文件没有给出的数字")[2]
    assert compiled().examples == ()
