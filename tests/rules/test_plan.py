"""What a run of each kind evaluates, and in which order."""

from gc import collect
from weakref import ref

import pytest

from rules.language.needs import Needs
from rules.language.plan import behind, cadences, made_by, needed_by, plan, read_by
from rules.language.program import CADENCE, Read
from tests.rules.small import SMALL, compiled, with_rule


def made(steps):
    return {column for step in steps for _, column in made_by(step)}


PROGRAM = compiled()


@pytest.mark.parametrize(
    ("kind", "columns", "payments"),
    [
        ("月", {"基础性绩效", "奖励性额度"}, ["基础"]),
        (
            "学期",
            {
                *("基础性绩效", "奖励性额度", "月数", "教龄补贴", "奖励池", "权重", "奖励性绩效"),
                "职级津贴",
            },
            ["奖励", "教龄", "职级"],
        ),
        ("学年", set(), []),
        ("年", set(), []),
    ],
)
def test_a_run_evaluates_what_its_payments_need(kind, columns, payments):
    planned = plan(PROGRAM, kind)
    assert made(planned.steps) == columns
    assert [payment.number for payment in planned.payments] == payments


def test_a_plan_is_made_once_and_goes_with_its_rule_set():
    program, other = compiled(), compiled()
    assert plan(program, "月") is plan(program, "月")
    assert plan(program, "月") is not plan(other, "月")
    assert plan(program, "月") == plan(other, "月")
    gone = ref(program)
    del program
    collect()
    assert gone() is None


def test_every_step_stands_after_all_that_it_reads():
    text = SMALL[: SMALL.index("规则:\n")]
    rules, rest = SMALL[SMALL.index("规则:\n") + 4 :].split("\n否决:")
    backwards = "".join(
        f"- {rule.strip()}\n" for rule in reversed(rules.split("\n- ")) if rule.strip()
    ).replace("- - ", "- ")
    program = compiled(f"{text}规则:\n{backwards}\n否决:{rest}")
    assert made(program.steps) == made(PROGRAM.steps)
    for kind in CADENCE:
        known: set[tuple[str, str]] = set()
        for step in plan(program, kind).steps:
            read = read_by(Needs(program), behind(program, step))
            assert read & {column for each in program.steps for column in made_by(each)} <= known
            known.update(made_by(step))


def test_a_veto_that_reads_a_column_waits_for_it():
    program = compiled(
        SMALL.replace("当: 人.师德 = 不合格", "当: 月数 < 3月").replace(
            "- 列: 任职.月数\n  公式: 计数(任职月)\n  依据: 办法 四\n", ""
        ).replace("\n否决:", "- 列: 任职.月数\n  公式: 计数(任职月)\n  依据: 办法 四\n\n否决:")
    )  # fmt: skip
    order = [column for step in program.steps for _, column in made_by(step)]
    assert order.index("月数") < order.index("奖励性绩效")


def test_a_long_chain_of_rules_written_backwards_compiles():
    rules = [
        f"- 列: 任职.链{n}\n  公式: {f'链{n + 1}' if n < 599 else '月数'}\n  依据: 办法 一\n"
        for n in range(600)
    ]
    text = SMALL.replace("\n否决:", "".join(rules) + "\n否决:").replace(
        "班主任系数 × 规模", "班主任系数 × 链0 × 规模"
    )
    program = compiled(text)
    assert ("任职", "链599") in needed_by(
        program, Needs(program), [("任职", Read((), "任职", "权重", program.types["任职", "权重"]))]
    )


def test_a_pocket_knows_the_runs_that_will_pay_it():
    assert cadences(PROGRAM, ("任职月", "基础性绩效")) == {"每月"}
    assert cadences(PROGRAM, ("任职月", "奖励性额度")) == {"学期末"}
    assert plan(PROGRAM, "月").accruals == ((("任职月", "奖励性额度"), "学期末"),)
    assert plan(PROGRAM, "学期").accruals == ()


def test_a_sentence_brings_what_it_reads():
    text = with_rule("列: 任职.旁注", "公式: 教龄 × 2").replace("{月数} 个月", "{旁注}")
    assert "旁注" in made(plan(compiled(text), "学期").steps)
    assert "旁注" not in made(plan(compiled(text), "月").steps)


def test_checks_run_where_what_they_read_is_there():
    text = SMALL.replace("必须: 绩效标准 > 0元/月", "限于: 身份 = 教师\n  必须: 权重 > 0月")
    program = compiled(text)
    assert len(plan(program, "学期").checks) == 1
    assert plan(program, "月").checks == ()


def test_the_roster_holds_where_something_is_paid():
    assert [len(plan(PROGRAM, kind).roster) for kind in CADENCE] == [1, 1, 0, 0]
    program = compiled(SMALL.replace("依据: 办法 四}]\n", "何时: 学期末, 依据: 办法 四}]\n"))
    assert [len(plan(program, kind).roster) for kind in CADENCE] == [0, 1, 0, 0]


def test_a_check_on_a_column_that_nothing_paid_needs_is_calculated_all_the_same():
    program = compiled(
        SMALL.replace("\n否决:", "- 列: 学校.人数\n  公式: 计数(任职)\n  依据: 办法 一\n\n否决:").replace(
            "检查:\n", "检查:\n- {名称: 有人, 表: 学校, 必须: 人数 > 0, 依据: 办法 一}\n"
        )
    )
    for kind in ("月", "学期"):
        due = plan(program, kind)
        assert "有人" in [check.name for check in due.checks]
        assert ("学校", "人数") in [column for step in due.steps for column in made_by(step)]


def test_what_only_a_check_needs_is_calculated_in_runs_that_can_tell_its_period():
    text = with_rule("列: 任职.半分", "公式: 考核.得分 × 0.5").replace(
        "必须: 绩效标准 > 0元/月", "必须: 半分 ≤ 60"
    )
    text = text.replace("\n否决:\n", "- {列: 任职.年奖, 公式: 100元, 依据: 办法 一}\n\n否决:\n")
    yearly = "- {编号: 年, 项目: 任职.年奖, 给: 人, 单位: 校, 所属: 学年, 何时: 学年末, 资金: 绩效}\n"
    scored = "- {名称: 有分, 表: 任职, 提示: 考核.得分 ≥ 0, 依据: 办法 一}\n"
    program = compiled(text.replace("\n检查:\n", f"{yearly}\n检查:\n{scored}"))
    for kind, due in (("月", True), ("学期", True), ("学年", False)):
        planned = plan(program, kind)
        assert planned.payments
        assert ("半分" in made(planned.steps)) == due
        assert [check.name for check in planned.checks] == (["有分", "标准已填"] if due else [])
