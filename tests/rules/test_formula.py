"""Formulas: one tree however they are spelled, and typed expressions that read back as they are shown."""

from dataclasses import fields, replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.language.declarations import Declarations
from rules.language.expressions import Expressions
from rules.language.formula import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_OPERATORS,
    Binary,
    Call,
    Day,
    Gathered,
    Listed,
    Name,
    Number,
    Quoted,
    Term,
    Unary,
    is_name,
    parse_formula,
)
from rules.language.mistakes import Mistake, Place
from rules.language.program import BOOL, NUMBER, Const, Node, Type
from rules.language.rates import Rates
from rules.language.render import render
from rules.language.scope import Scopes
from tests.rules.small import compiled

HERE = Place("f", 1, 1)


def parsed(text):
    return parse_formula(text, HERE)


def shape(term):
    """A term without its places, as nested tuples."""
    if isinstance(term, tuple):
        return tuple(shape(item) for item in term)
    if not isinstance(term, Term):
        return term
    skipped = ("at", "table_at", "text") if isinstance(term, Number) else ("at", "table_at")
    values = [getattr(term, field.name) for field in fields(term) if field.name not in skipped]
    return (type(term).__name__, *map(shape, values))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a*b/c", "a × b ÷ c"),
        ("a<>b", "a ≠ b"),
        ("a!=b", "a ≠ b"),
        ("a<=b", "a ≤ b"),
        ("a>=b", "a ≥ b"),
        ("a==b", "a = b"),
        ("a−b–c", "a - b - c"),
        ("a AND NOT b or c", "a 且 非 b 或 c"),
        ("a in (b、c)", "a 属于 (b, c)"),
        ("IF(a, b, c)", "如果(a, b, c)"),
        ("min(a,b)+Max(a,b)", "取小(a, b) + 取大(a, b)"),
        ("ROUND(a, 2位小数, 去尾)", "舍入(a, 2位小数, 去尾)"),
        ("SUM(甲.x)+COUNT(甲)+AVERAGE(甲.x)", "合计(甲.x) + 计数(甲) + 平均(甲.x)"),
        ("ANY(甲.x)", "任一(甲.x)"),
        ("66.0%", "66%"),
        ("“校长”", "'校长'"),
        ("「校长」", '"校长"'),
        ("a 且 b", "a\n  且\tb"),
        ("200元/月", "200.00元/月"),
        ("200元/月数", "200元 ÷ 月数"),
        ("+a", "a"),
    ],
)
def test_other_spellings_mean_the_same(one, other):
    assert shape(parsed(one)) == shape(parsed(other))


@pytest.mark.parametrize(
    ("text", "brackets"),
    [
        ("a + b × c", "a + (b × c)"),
        ("a - b - c", "(a - b) - c"),
        ("a 否则 b × c", "(a 否则 b) × c"),
        ("a 或 b 且 c", "a 或 (b 且 c)"),
        ("非 a = b", "非 (a = b)"),
        ("非 a 且 b", "(非 a) 且 b"),
        ("-a × b", "(-a) × b"),
        ("-a 否则 b", "-(a 否则 b)"),
        ("a + b < c 且 d", "((a + b) < c) 且 d"),
    ],
)
def test_operators_bind_as_at_school(text, brackets):
    assert shape(parsed(text)) == shape(parsed(brackets))


LEVELS = [
    ["或"],
    ["且"],
    ["=", "≠", "<", "≤", ">", "≥"],
    ["+", "-"],
    ["×", "÷"],
    ["否则"],
]  # the loosest first


def test_of_two_operators_the_tighter_comes_first_and_of_equals_the_left_one():
    level = {sign: number for number, signs in enumerate(LEVELS) for sign in signs}
    for one in level:
        for other in level:
            if level[one] == level[other] == 2:
                continue  # 0 < a < 5 is refused
            brackets = f"a {one} (b {other} c)" if level[one] < level[other] else f"(a {one} b) {other} c"
            assert shape(parsed(f"a {one} b {other} c")) == shape(parsed(brackets)), (one, other)


ARITIES = {
    "如果": 3,
    "舍入": 3,
    "分段计": 2,
    "满年": 2,
    "月数": 2,
    "天数": 2,
    "加月": 2,
    "月初": 1,
    "月末": 1,
    "年初": 1,
}


@pytest.mark.parametrize(("function", "wanted"), ARITIES.items())
def test_a_function_takes_as_many_as_it_needs(function, wanted):
    for count in range(1, 6):
        text = f"{function}({', '.join('abcdef'[:count])})"
        if count == wanted:
            assert shape(parsed(text))[:2] == ("Call", function)
            continue
        with pytest.raises(Mistake, match=f"「{function}」要 {wanted} 项，写了 {count} 项"):
            parsed(text)


@pytest.mark.parametrize("function", ["取小", "取大"])
def test_the_least_and_the_greatest_are_of_any_number_from_two(function):
    for count in (2, 3, 200):
        assert shape(parsed(f"{function}({', '.join('a' * count)})"))[0] == "Call"
    with pytest.raises(Mistake, match="至少 2 项，写了 1 项"):
        parsed(f"{function}(a)")


@pytest.mark.parametrize(
    ("text", "value", "percent"), [("1.15", Fraction(23, 20), False), ("66%", Fraction(33, 50), True)]
)
def test_decimals_are_exact(text, value, percent):
    number = parsed(text)
    assert isinstance(number, Number)
    assert (number.value, number.percent) == (value, percent)


def test_names_keep_their_letters():
    assert parsed("Ⅰ级.①类") == Name(("Ⅰ级", "①类"), "", 0)
    assert parsed("第１类") == Name(("第１类",), "", 0)
    assert parsed("“Ａ 班”") == Quoted("Ａ 班", 0)
    assert parsed("标准@期初") == Name(("标准",), "期初", 0)


@pytest.mark.parametrize(
    ("text", "at", "word"),
    [
        ("", 0, "公式末尾"),
        ("a +", 3, "公式末尾"),
        ("a b", 2, "接不上"),
        ("10²", 2, "接不上"),
        ("200块", 3, "接不上"),
        ("(a", 2, "缺少「)」"),
        ("a)", 1, "接不上"),
        ("a < b < c", 6, "连着比较"),
        ("a = b 属于 (c)", 6, "连着比较"),
        ("a 属于 b", 5, "缺少「(」"),
        ("1,000元", 2, "以 0 开头"),
        ("5 %", 2, "不认识「%」"),
        ("a；b", 1, "不认识「；」"),
        ("2020-02-30", 0, "没有「2020-02-30」"),
        ("a.", 2, "点号后面"),
        ("a@", 2, "期初或期末"),
        ("平方(a)", 0, "没有函数「平方」"),
        ("取小(a)", 0, "至少 2 项"),
        ("如果(a, b)", 0, "要 3 项"),
        ("合计(", 3, "表名"),
        ("合计(甲)", 0, "要写出算哪一列"),
        ("计数(甲.x)", 0, "只数行数"),
        ("合计(甲.x 经", 8, "查找名"),
        ("合计(甲.x 其中", 9, "公式末尾"),
        ("+".join("a" * (MAX_OPERATORS + 2)), 2 * MAX_OPERATORS + 1, "超过"),
        ("(" * (MAX_DEPTH + 1), MAX_DEPTH, "层"),
        ("a" * (MAX_LENGTH + 1), 0, "个字"),
    ],
)
def test_a_formula_that_cannot_be_read_is_told_at_the_character(text, at, word):
    with pytest.raises(Mistake, match=r".") as caught:
        parsed(text)
    problem = caught.value.problem
    assert word in problem.message
    assert problem.place.column == at + 1
    assert problem.remedy


@given(st.text("甲乙a且或非如果合计(()).,，、+-×÷*/=<>≤@%“” 12０元月", max_size=30))
def test_any_text_is_read_or_told_at_one_of_its_characters(text):
    place = None
    try:
        parsed(text)
    except Mistake as mistake:
        place = mistake.problem.place
    assert place is None or 1 <= place.column <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "good"),
    [("绩效标准", True), ("x1", True), ("Ⅰ类", True), ("且", False), ("AND", False), ("1类", False)]
    + [(text, False) for text in ("", "甲 乙", "甲.乙", "绩效（元）", "是", "本期", "主键", "其余", "１类")],
)
def test_a_name_is_one_word_that_formulas_can_say(text, good):
    assert is_name(text) is good


# Typed expressions -----------------------------------------------------------------------------------------------

PROGRAM = compiled()


def expressions():
    declared = Declarations("f", tables=PROGRAM.tables)
    rates = Rates(declared, PROGRAM.start)
    rates.keys = lambda name: PROGRAM.rates[name].keys  # type: ignore[method-assign]
    rates.built = lambda name, key_types: PROGRAM.rates[name]  # type: ignore[method-assign]
    return Expressions(
        Scopes(
            PROGRAM.tables,
            RULE_COLUMNS,
            tuple(PROGRAM.rates),
            lambda table, column, _: PROGRAM.types[table, column],
        ),
        rates,
    )


RULE_COLUMNS = {
    name: {column: HERE for table, column in PROGRAM.types if table == name} for name in PROGRAM.tables
}
TYPED = expressions()


def typed(text, table="任职"):
    return TYPED.typed(text, HERE, table)


def bare(node):
    """A node with nothing of its spelling."""
    if isinstance(node, tuple):
        return tuple(bare(item) for item in node)
    if isinstance(node, Const):
        return replace(node, text="", type=replace(node.type, options=()))
    if not isinstance(node, Node):
        return node
    return replace(
        node,
        **{field.name: bare(getattr(node, field.name)) for field in fields(node) if field.name != "type"},
    )


LEAVES = ("教龄", "考核.得分", "1.15", "3", "-2", "60%", "0", "规模系数", "班主任系数@期末")
CONDITIONS = ("班主任", "是", "身份 = 校长", "校.规模 ≠ 「大」", "起 ≥ 2020-09-01", "身份 属于 (教师, 校长)")


@st.composite
def numbers(draw, depth=3, inside=False):
    """A formula of a number; `inside` an aggregate there is no further one."""
    inner = numbers(depth - 1, inside)
    forms = ["leaf", "pair", "minus", "÷", "舍入", "取小", "如果"] + (
        [] if inside else ["合计", "平均", "本行"]
    )
    form = draw(st.sampled_from(forms)) if depth else "leaf"
    if form == "pair":
        return f"({draw(inner)}) {draw(st.sampled_from(('+', '-', '×', '否则')))} ({draw(inner)})"
    if form == "如果":
        return f"如果({draw(conditions(depth - 1, inside))}, {draw(inner)}, {draw(inner)})"
    if form == "本行":
        return f"合计(任职月.教龄 其中 教龄 > 本行.教龄 且 ({draw(conditions(depth - 1, True))}))"
    if form == "平均":
        where = draw(conditions(depth - 1, True))
        return f"平均(任职月.({draw(numbers(depth - 1, True))}) 其中 {where} 无则 {draw(inner)})"
    return {
        "leaf": lambda: draw(st.sampled_from(LEAVES)),
        "minus": lambda: f"-({draw(inner)})",
        "÷": lambda: f"({draw(inner)}) ÷ 3",
        "舍入": lambda: f"舍入({draw(inner)}, 2位小数, 四舍五入)",
        "取小": lambda: f"取小({draw(inner)}, {draw(inner)})",
        "合计": lambda: f"合计(任职月.({draw(numbers(depth - 1, True))}))",
    }[form]()


@st.composite
def conditions(draw, depth, inside):
    form = draw(st.sampled_from(("leaf", "compare", "且", "或", "非"))) if depth > 0 else "leaf"
    if form == "leaf":
        return draw(st.sampled_from(CONDITIONS))
    if form == "非":
        return f"非 ({draw(conditions(depth - 1, inside))})"
    if form == "compare":
        sides = numbers(depth - 1, inside)
        return f"({draw(sides)}) {draw(st.sampled_from('=≠<≤>≥'))} ({draw(sides)})"
    return f"({draw(conditions(depth - 1, inside))}) {form} ({draw(conditions(depth - 1, inside))})"


@given(numbers())
def test_what_is_shown_of_an_expression_means_the_expression(text):
    node = typed(text)
    assert bare(typed(render(node))) == bare(node)


@pytest.mark.parametrize(
    "text",
    [
        "如果(教龄 ≥ 20, 「优」, 「良」)",
        "校.规模 否则 「未定」",
        "(身份 = 校长) = 班主任",
        "非 (班主任 且 身份 = 校长)",
        "舍入(绩效标准 × 15%, 50元, 去尾)",
        "教龄津贴 × 计数(任职月 其中 月 > 3)",
        "取大(起, 2020-09-01)",
        "-(-教龄)",
        "(-5 否则 教龄) 否则 3",
        "教龄 - (教龄 - 1)",
    ],
)
def test_an_expression_is_shown_so_that_it_reads_back(text):
    node = typed(text)
    assert bare(typed(render(node))) == bare(node)


def test_quoted_results_are_the_options_of_a_choice():
    assert typed("如果(教龄 ≥ 20, 「优」, 如果(教龄 ≥ 10, 「良」, 「中」))").type.options == (
        "优",
        "良",
        "中",
    )
    assert typed("校.规模 否则 「未定」").type.options == ("大", "中", "小", "未定")


@pytest.mark.parametrize(
    ("text", "unit", "step"),
    [
        ("绩效标准 × 计数(任职月)", "元", Fraction(1, 100)),
        ("合计(任职月.绩效标准)", "元", Fraction(1, 100)),
        ("平均(任职月.绩效标准)", "元/月", None),
        ("绩效标准 × 15%", "元/月", Fraction(3, 2000)),
        ("绩效标准 ÷ 教龄", "元/月", None),
        ("绩效标准 ÷ 4", "元/月", Fraction(1, 400)),
        ("绩效标准 ÷ 绩效标准", "", None),
        ("0 + 绩效标准", "元/月", Fraction(1, 100)),
        ("取小(0, 绩效标准, 500元/月)", "元/月", Fraction(1, 100)),
        ("计数(任职月)", "月", Fraction(1)),
        ("舍入(绩效标准 ÷ 教龄, 角, 进一)", "元/月", Fraction(1, 10)),
    ],
)
def test_units_and_steps_follow_from_the_arithmetic(text, unit, step):
    type_ = typed(text).type
    assert (type_.kind, str(type_.unit), type_.step) == (NUMBER, unit, step)


def test_a_condition_is_yes_or_no():
    assert typed("起 > 2020-09-01 且 非 班主任").type == Type(BOOL)
    with pytest.raises(Mistake, match="不是条件"):
        TYPED.condition("教龄", HERE, "任职")


def test_terms_know_where_they_stand():
    term = parsed("教龄 + 合计(任职月.绩效标准)")
    assert isinstance(term, Binary)
    assert isinstance(term.right, Gathered)
    assert (term.at, term.right.at, term.right.table_at) == (3, 5, 8)


@pytest.mark.parametrize(
    ("text", "kind"), [("2020-09-01", Day), ("-a", Unary), ("a 属于 (b)", Listed), ("取小(a, b)", Call)]
)
def test_each_form_has_its_term(text, kind):
    assert isinstance(parsed(text), kind)


def test_a_rule_set_compiles_to_the_same_program_each_time():
    assert vars(compiled()) == vars(compiled())
