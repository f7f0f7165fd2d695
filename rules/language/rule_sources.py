"""The entries of 规则 as written, sorted by kind, with the columns that each makes."""

from __future__ import annotations

from dataclasses import dataclass

from rules.language.declarations import Declarations, check_name
from rules.language.keys import RULES
from rules.language.lens import Lens
from rules.language.mistakes import Place, meant
from rules.language.program import Table
from rules.language.source import (
    Entries,
    Scalar,
    SourceNode,
    entries_of,
    fail,
    fields_of,
    items_of,
    scalar_of,
)


@dataclass(frozen=True)
class RuleSource:
    """One entry of 规则. `makes`: the columns it adds to `table`; for 退回 there are none."""

    kind: str
    table: str
    makes: tuple[str, ...]
    source: str  # the name split, for 拆分
    fields: dict[str, SourceNode]
    node: Entries
    declared: Declarations  # of the document that it stands in


def read_rule_sources(declared: Declarations, node: SourceNode) -> list[RuleSource]:
    sources: list[RuleSource] = []
    for item in items_of(node, "规则"):
        with declared.collecting():
            sources.append(_rule_source(declared, entries_of(item, "规则")))
    return sources


def _rule_source(declared: Declarations, node: Entries) -> RuleSource:
    kinds = [kind for kind in RULES if kind in node.entries]
    if len(kinds) != 1:
        told = "、".join(kinds) or "没有一个"
        fail(node, f"一条规则要有 {'、'.join(RULES)} 中的一个，这里{told}", "一条规则只做一件事")
    kind = kinds[0]
    required, optional = RULES[kind]
    fields = fields_of(node, f"{kind}规则", required, optional)
    if kind == "退回":
        return RuleSource(kind, "", (), "", fields, node, declared)
    head = scalar_of(fields["拆分" if kind == "拆分" else "列"], "列")
    table, column = split_column(head, declared.tables, declared.lens)
    if kind == "拆分":
        found = entries_of(fields["各份"], "各份")
        parts = tuple(_own_column(declared, kind, table, part, found.keys[part]) for part in found.entries)
        return RuleSource(kind, table, parts, column, fields, node, declared)
    made = _own_column(declared, kind, table, column, head.place)
    return RuleSource(kind, table, (made,), "", fields, node, declared)


def _own_column(declared: Declarations, kind: str, table: str, column: str, place: Place) -> str:
    """The name in the program of a column that a rule makes. A scheme adds columns, or fills what was left open."""
    lens = declared.lens
    if lens.short and not lens.owns(table) and column in declared.tables[table].columns:
        if not declared.tables[table].columns[column].open:
            fail(
                place,
                f"「{table}.{column}」没有开放给方案",
                "请另起一个列名；要由学校填的列，规则集里要写「开放」",
            )
        if kind != "公式":
            fail(place, f"开放的列「{table}.{column}」只能用「公式」来填", "写法：列: …，公式: …")
        return lens.own_column(table, column)
    lens.columns.add((table, column))
    return lens.own_column(table, column)


def split_column(scalar: Scalar, tables: dict[str, Table], lens: Lens) -> tuple[str, str]:
    """`任职月.绩效标准` as table (its name in the program) and column (as written)."""
    table, dot, column = scalar.text.partition(".")
    if not dot or not column or "." in column:
        fail(scalar, f"「{scalar.text}」要写成「表.列」", "如 任职月.绩效标准")
    if lens.table(table) not in tables:
        fail(scalar, f"没有表「{table}」", meant(table, tuple(tables)))
    return lens.table(table), column.strip()


def rule_columns(declared: Declarations, sources: list[RuleSource]) -> dict[str, dict[str, Place]]:
    """The columns that rules make, by table; a name made twice is a mistake."""
    made: dict[str, dict[str, Place]] = {name: {} for name in declared.tables}
    for source in sources:
        for column in source.makes:
            with declared.collecting():
                check_name(column.removeprefix(source.declared.lens.own("")), source.node.place, "列")
                if column in made[source.table]:
                    line = made[source.table][column].line
                    fail(
                        source.node,
                        f"列「{source.table}.{column}」已由第 {line} 行的规则得出",
                        "一列只能由一条规则得出，请换名或用例外",
                    )
                made[source.table][column] = source.node.place
    return made
