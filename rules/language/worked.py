"""Worked examples: data as they would stand in a workbook, and what a finance person says must come out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction

from rules.language import formula as terms
from rules.language.lens import Lens, filled
from rules.language.mistakes import ExampleFileError, Mistake, Place
from rules.language.program import Program
from rules.language.source import (
    Items,
    Scalar,
    SourceNode,
    entries_of,
    fail,
    fields_of,
    items_of,
    read_source,
    scalar_of,
    text_of,
)

Row = dict[str, str]
NOT_APPLICABLE = "不适用"  # wanted where there must be no value, or no line at all
_KINDS = {
    "发放": (("金额",), ("收款人", "所属", "单位", "资金")),
    "列": (("行", "值"), ()),
    "退回": (("合计",), ()),
    "检查": (("次数",), ()),
    "错误": ((), ()),
}


@dataclass(frozen=True)
class Expectation:
    """One number to come out. `kind`: 发放 (a pay item's number), 列, 退回, 检查 or 错误; `what`: which; `wanted`: the value.

    `row`: the key of the row for 列; `narrowed`: 收款人, 所属, 单位, 资金 for 发放; the lines that agree are summed.
    `derivation` shows the way by hand.
    """

    kind: str
    what: str
    wanted: str
    row: tuple[str, ...]
    narrowed: dict[str, str]
    derivation: str
    place: Place


@dataclass(frozen=True)
class WorkedExample:
    name: str
    period: str
    source: str
    tables: dict[str, tuple[Row, ...]]
    expectations: tuple[Expectation, ...]
    place: Place
    schemes: tuple[str, ...] = ()  # paths of the schemes that extend the rule set, relative to the file


@dataclass(frozen=True)
class ExampleFile:
    """`rule_set` is the path of the rule set, relative to the file of examples."""

    rule_set: str
    examples: tuple[WorkedExample, ...]


def read_examples(text: str, file: str) -> ExampleFile:
    """The worked examples of one file. Raises ExampleFileError with place and cure."""
    try:
        fields = fields_of(read_source(text, file), "用例文件", ("规则集", "用例"), ("默认", "方案"))
        defaults = _defaults(fields["默认"]) if "默认" in fields else {}
        schemes = _schemes(fields)
        examples = tuple(_example(node, defaults, schemes) for node in items_of(fields["用例"], "用例"))
        return ExampleFile(text_of(fields["规则集"], "规则集"), examples)
    except Mistake as mistake:
        raise ExampleFileError([mistake.problem]) from None


def _defaults(node: SourceNode) -> dict[str, Row]:
    return {table: _row(row) for table, row in entries_of(node, "默认").entries.items()}


def _row(node: SourceNode) -> Row:
    row = {}
    for column, value in entries_of(node, "一行数据").entries.items():
        if not isinstance(value, Scalar):
            fail(value, "一格里只能有一个值", "请写成 列名: 值")
        row[column] = value.text
    return row


def _schemes(fields: dict[str, SourceNode]) -> tuple[str, ...]:
    listed = items_of(fields["方案"], "方案") if "方案" in fields else ()
    return tuple(scalar_of(item, "方案").text for item in listed)


def _example(node: SourceNode, defaults: dict[str, Row], schemes: tuple[str, ...]) -> WorkedExample:
    fields = fields_of(node, "用例", ("名称", "期间", "数据", "期望"), ("来源", "方案"))
    tables = {
        table: tuple({**defaults.get(table, {}), **_row(row)} for row in items_of(rows, "数据"))
        for table, rows in entries_of(fields["数据"], "数据").entries.items()
    }
    expectations = tuple(_expectation(item) for item in items_of(fields["期望"], "期望"))
    if not expectations:
        fail(fields["期望"], "用例没有期望", "请写出手算的结果")
    return WorkedExample(
        text_of(fields["名称"], "名称"),
        text_of(fields["期间"], "期间"),
        text_of(fields["来源"], "来源") if "来源" in fields else "",
        tables,
        expectations,
        node.place,
        _schemes(fields) if "方案" in fields else schemes,
    )


def _expectation(node: SourceNode) -> Expectation:
    entries = entries_of(node, "期望").entries
    kind = next((kind for kind in _KINDS if kind in entries), "")
    if not kind:
        fail(
            node,
            "期望要以 发放、列、退回、检查 或 错误 开头",
            "如 {发放: 基础, 收款人: 甲, 金额: 2772.50, 推导: …}",
        )
    required, optional = _KINDS[kind]
    fields = fields_of(node, f"期望「{kind}」", (kind, *required, "推导"), optional)
    texts = {key: scalar_of(value, key).text for key, value in fields.items() if key != "行"}
    cells = _cells(fields["行"]) if "行" in fields else ()
    row = tuple(scalar_of(cell, "行").text for cell in cells)
    wanted = texts[next((key for key in ("金额", "值", "合计", "次数") if key in texts), kind)]
    for key in ("金额", "合计", "次数"):
        written = texts.get(key, NOT_APPLICABLE)
        if written != NOT_APPLICABLE and isinstance(read_wanted(written, fields[key].place), str):
            fail(fields[key], f"{key}「{written}」不是数", "写法：1200.00，不写空格和千分位")
    narrowed: dict[str, str] = {key: texts[key] for key in ("收款人", "所属", "单位", "资金") if key in texts}
    return Expectation(kind, texts[kind], wanted, row, narrowed, texts["推导"], node.place)


def _cells(node: SourceNode) -> tuple[SourceNode, ...]:
    return node.items if isinstance(node, Items) else (node,)


def read_wanted(text: str, place: Place) -> Fraction | str:
    """A wanted value: a number (85%, 2772.50), or a word (是, 不适用, an option)."""
    try:
        term = terms.parse_formula(text, place)
    except Mistake:
        return text
    if isinstance(term, terms.Unary) and isinstance(term.operand, terms.Number):
        return -term.operand.value
    return term.value if isinstance(term, terms.Number) else text


def in_full(program: Program, example: WorkedExample) -> WorkedExample:
    """The example with the schemes' own names as they stand in the program; they may be written without the short name."""
    tables = {_own(program, program.tables, table): rows for table, rows in example.tables.items()}
    expectations = tuple(replace(each, what=_what_in_full(program, each)) for each in example.expectations)
    return replace(example, tables=tables, expectations=expectations)


def _what_in_full(program: Program, expected: Expectation) -> str:
    if expected.kind == "发放":
        return _own(program, {payment.number for payment in program.payments}, expected.what)
    if expected.kind == "检查":
        return _own(program, {check.name for check in program.checks}, expected.what)
    table, dot, column = expected.what.partition(".")
    if not dot:
        return expected.what
    table = _own(program, program.tables, table)
    if (table, filled(column)) in program.types:
        return f"{table}.{filled(column)}"
    return f"{table}.{_own(program, {name for at, name in program.types if at == table}, column)}"


def _own(program: Program, known: Collection[str], name: str) -> str:
    """The name itself if it is known, else that of the one scheme that has it."""
    if name in known:
        return name
    found = [full for scheme in program.schemes if (full := Lens(scheme.short).own(name)) in known]
    return found[0] if len(found) == 1 else name
