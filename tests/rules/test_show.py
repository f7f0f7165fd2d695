"""A rule set as text: nothing is left out, and it can be read in one sitting."""

from pathlib import Path
from typing import Any

import pytest

from rules.language.check import load_rule_set
from rules.language.plan import made_by
from rules.language.program import Program, Split
from rules.language.show import show
from tests.rules.small import changed, compiled, with_rule

SETS = sorted((Path(__file__).parents[2] / "rules" / "sets").glob("**/[0-9]*.yaml"))


@pytest.fixture(params=SETS, ids=lambda path: f"{path.parent.name}-{path.stem}", scope="module")
def program(request):
    return load_rule_set(request.param.read_text("utf-8"), request.param.name)


def clauses(program: Program):
    """Every clause that something in the program cites."""
    headed: list[Any] = [*program.steps, *program.returns, *program.payments, *program.checks]
    cited: list[Any] = [thing.head for thing in headed]
    cited += [case for step in program.steps for case in getattr(step, "cases", ())]
    cited += [*program.rates.values(), *program.vetoes]
    cited += [
        *(program.roster.rules if program.roster else ()),
        *filter(None, [program.approved, program.disbursement]),
    ]
    for thing in cited:
        yield from thing.basis
    for table in program.tables.values():
        yield from table.basis
        yield from (clause for column in table.columns.values() for clause in column.basis)


def test_every_clause_is_cited(program):
    text = show(program)
    assert [str(basis) for basis in clauses(program) if str(basis) not in text] == []


def test_every_table_rate_rule_fund_and_payment_is_named(program):
    text = show(program)
    names = [*program.documents.values(), *program.funds, *program.tables, *program.rates]
    names += [column for step in program.steps for _, column in made_by(step)]
    names += [column for table in program.input_tables() for column in table.columns]
    names += [veto.name for veto in program.vetoes] + [check.name for check in program.checks]
    names += [payment.number for payment in program.payments] + [payment.name for payment in program.payments]
    names += [entry.answer for entry in program.interpretations.values()] + list(program.examples)
    names += [text for left_out in program.unencoded for text in left_out]
    assert [name for name in names if name not in text] == []


def test_it_fits_a_few_pages(program):
    lines = show(program).splitlines()
    written = len(program.interpretations) * 2 + len(program.unencoded) + len(program.examples)
    assert len(lines) - written < 220
    assert show(program).endswith("\n")


def test_rules_stand_in_the_order_of_calculation(program):
    text = show(program)
    places = [
        text.index(
            f"{number}. {step.table}：{step.source.column} 拆分"
            if isinstance(step, Split)
            else f"{number}. {step.table}.{step.name} = "
        )
        for number, step in enumerate(program.steps, 1)
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (with_rule("列: 任职.甲", "公式: 教龄 ÷ 3", "取整: 2位小数 去尾"), "取整：2位小数 去尾"),
        (with_rule("列: 任职.甲", "公式: 教龄 ÷ 3", "取整: 整数 进一"), "取整：整数 进一"),
        (with_rule("列: 任职.甲", "公式: 绩效标准 ÷ 3", "取整: 50元 四舍五入"), "取整：50元 四舍五入"),
        (with_rule("列: 任职.甲", "公式: 如果(班主任, 「优」, 「良」)"), "任职.甲 = 如果(班主任, 「优」, 「良」)"),
        (with_rule("列: 任职.甲", "公式: (教龄 + 1) 否则 0"), "任职.甲 = (教龄 + 1) 否则 0"),
        (with_rule("列: 任职.甲", "限于: 班主任", "否则: 0", "公式: 教龄"), "限于 班主任\n       否则 0"),
        (
            changed("{不满5: 0元/月,", "{不满5: 0,"),
            "不满5 0.00元/月，满5不满10 3.00元/月，10以上 5.00元/月",
        ),
        (changed("{大: 1.2, 中: 1.1, 小: 1}", "{大: 120%, 中: 110%, 小: 0}"), "大 120%，中 110%，小 0%"),
        (
            with_rule("拆分: 任职.绩效标准", "各份: {甲: 500元/月, 乙: 其余}")
            .replace("\n否决:", "- 退回: {任职.甲: 绩效, 任职.乙: 专项}\n  依据: 办法 十\n\n否决:"),
            "任职.乙 退回 专项　〔办法 十〕",
        ),
        (
            changed("姓名: 文字", "姓名: {类型: 文字 可空, 别名: [教师姓名, 名字], 空写法: [暂无, 无名]}"),
            "姓名〔文字 可空，别名 教师姓名、名字，写 暂无、无名 等于没有填〕",
        ),
        (with_rule("列: 任职.甲", '公式: 学校代码 = "A01"'), "任职.甲 = 学校代码 = 「A01」"),
        (with_rule("列: 任职.甲", '公式: 人.姓名 属于 ("甲", "乙")'), "任职.甲 = 人.姓名 属于 (「甲」, 「乙」)"),
    ],
)  # fmt: skip
def test_it_says_what_the_rule_set_says(text, line):
    shown = show(compiled(text))
    assert line in shown, shown
