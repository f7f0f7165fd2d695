"""The documents that extend a rule set: what stands at the head of each."""

from __future__ import annotations

from dataclasses import dataclass

from rules.language.declarations import Declarations, TableSource, read_heads, read_tables
from rules.language.keys import EXTENDS, SCHEME
from rules.language.lens import JOINT, Lens
from rules.language.rates import Rates
from rules.language.rule_sources import RuleSource, read_rule_sources
from rules.language.source import SourceNode, entries_of, fail, fields_of, text_of


@dataclass
class SchemeSource:
    """One scheme as written; its rules once they have been read."""

    declared: Declarations
    fields: dict[str, SourceNode]
    document: SourceNode
    name: str
    version: str
    rules: list[RuleSource]

    @property
    def short(self) -> str:
        return self.declared.lens.short


def is_scheme(document: SourceNode) -> bool:
    """A document that begins as a scheme, and not as a rule set."""
    entries = getattr(document, "entries", {})
    return "方案" in entries and "规则集" not in entries


def extends(document: SourceNode) -> tuple[str, str]:
    """Name and version of the rule set that a scheme extends. Raises Mistake."""
    node = entries_of(document, "方案").entries.get("延伸")
    if node is None:
        fail(document, "方案缺少「延伸」", "请补上「延伸: {规则集: …, 版本: …}」")
    wanted = fields_of(node, "延伸", *EXTENDS)
    return text_of(wanted["规则集"], "规则集"), text_of(wanted["版本"], "版本")


def read_scheme(
    document: SourceNode, file: str, parent: Declarations, extended: tuple[str, str]
) -> SchemeSource:
    """The head of a scheme that extends the rule set of that name and version. Raises Mistake."""
    fields = fields_of(document, "方案", *SCHEME)
    if text_of(fields["语言"], "语言") != "1":
        fail(fields["语言"], "这个程序只懂语言 1", "请写「语言: 1」")
    name = text_of(fields["方案"], "方案")
    short = text_of(fields["简称"], "简称") if "简称" in fields else name
    if any(sign in short for sign in f" .{JOINT}@/"):
        fail(
            fields.get("简称", fields["方案"]),
            f"简称「{short}」里有空格、点或 {JOINT}",
            "请换一个短名，如 麻尾三小",
        )
    told = extends(document)
    if told != extended:
        fail(
            fields["延伸"],
            f"方案延伸的是「{told[0]}」{told[1]}，给的规则集是「{extended[0]}」{extended[1]}",
            "请用方案所延伸的那一版规则集，或为新的一版另写方案",
        )
    declared = Declarations(
        file,
        problems=parent.problems,
        calendar=parent.calendar,
        funds=parent.funds,
        tables=parent.tables,
        examples=parent.examples,
        lens=Lens(short),
        parent=parent,
    )
    read_heads(declared, fields)
    return SchemeSource(declared, fields, document, name, text_of(fields["版本"], "版本"), [])


def read_schemes(
    documents: list[tuple[SourceNode, str]], parent: Declarations, extended: tuple[str, str]
) -> list[SchemeSource]:
    """The schemes in order of their short names: the order in which they are given means nothing."""
    schemes: list[SchemeSource] = []
    for document, file in documents:
        with parent.collecting():
            scheme = read_scheme(document, file, parent, extended)
            for other in schemes:
                if other.short == scheme.short:
                    fail(document, f"方案「{scheme.short}」给了两次", "请只给一次；两份方案的简称不能相同")
            schemes.append(scheme)
    return sorted(schemes, key=lambda scheme: scheme.short)


def read_declarations(scheme: SchemeSource, rates: Rates) -> dict[str, TableSource]:
    """A scheme's own tables and rates."""
    sources = read_tables(scheme.declared, scheme.fields["表"]) if "表" in scheme.fields else {}
    if "标准" in scheme.fields:
        before, rates.declared = rates.declared, scheme.declared
        rates.read(scheme.fields["标准"])
        rates.declared = before
    return sources


def read_rules(scheme: SchemeSource) -> list[RuleSource]:
    scheme.rules = read_rule_sources(scheme.declared, scheme.fields["规则"])
    return scheme.rules
