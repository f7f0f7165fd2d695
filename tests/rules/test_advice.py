"""What is sound and worth a second look is told, and nothing else."""

from rules.language.advice import advice
from tests.rules.small import SMALL, compiled, with_rule

MONTHLY = "发放:\n- {编号: 累计, 项目: 任职月.本月, 给: 人, 单位: 校, 所属: 月, 何时: %s, 资金: 绩效}\n"
CARRIED = with_rule(
    "列: 任职月.未扣",
    "公式: 上月.未扣 - 100元",
    "开头: 500元",
    "依据: 办法 一\n- 列: 任职月.本月",
    "公式: 取大(未扣, 0)",
)


CARRIES = (
    "  上期余额: {上期: 任职月, 主键: [证件号码, 学校代码, 起], "
    "列: {证件号码: 证件号, 学校代码: 代码, 起: 日期, 未扣: 金额}}\n  任职月: {"
)
LAST = "上次: 上期余额 按 证件号码、学校代码、起, 校: 学校 按"


def test_nothing_is_told_of_a_rule_set_that_reads_no_month_before():
    assert advice(compiled(SMALL)) == ()


def test_what_is_paid_monthly_and_reads_the_month_before_begins_anew_every_month():
    (told,) = advice(compiled(CARRIED.replace("发放:\n", MONTHLY % "每月", 1)))
    assert "任职月.未扣" in told
    assert "任职月.本月" not in told
    assert "上月的数不会自己接过来" in told
    assert "「上期: 任职月」" in told


def test_not_where_the_closing_values_of_the_last_run_are_brought_along():
    text = CARRIED.replace("发放:\n", MONTHLY % "每月", 1).replace("  任职月: {", CARRIES, 1)
    text = text.replace("开头: 500元", "开头: 上次.未扣 否则 500元").replace("校: 学校 按", LAST, 1)
    assert advice(compiled(text)) == ()


def test_a_semester_paid_as_a_whole_begins_but_once():
    assert advice(compiled(CARRIED.replace("发放:\n", MONTHLY % "学期末", 1))) == ()
