"""A document taken apart into its entries, and put together again: what two versions are compared by, and mixed from.

A piece is named (section, name): ("标准", "教龄津贴"), ("规则", "任职.权重"), ("列", "任职.教龄"), ("文件", "施行") …
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rules.language.mistakes import Place
from rules.language.source import Entries, Items, Scalar, SourceNode

FILE, LANGUAGE, TABLE, COLUMN = "文件", "语言", "表", "列"
RULE, RETURN, ROSTER, VETO, CALENDAR = "规则", "退回", "名册", "否决", "学期"
ALONE = ("核定总量", "支付")  # maps that are one entry
HEADS = ("规则集", "方案", "简称", "版本", "施行", "更正", "延伸", "范围", CALENDAR)
NAMED_BY = {"解释": "编号", "未编入": "条款", VETO: "名称", "发放": "编号", "检查": "名称"}
KINDS = ("公式", "拆分", "汇集", "分配", "试分", RETURN)
BASIS, WHOLE, IN_LIST, IN_MAP = "依据", "whole", "list", "map"

Name = tuple[str, str]
ORDER: Name = (VETO, "先后")  # names no piece: in what order the vetoes stand


@dataclass(frozen=True)
class Piece:
    """`shape`: how its section holds it: alone (WHOLE), as one of a list, or under its name in a map."""

    shape: str
    node: SourceNode


def pieces_of(document: SourceNode) -> dict[Name, Piece]:
    """Every piece, in the order of the document; of several of one name the later ones are numbered."""
    assert isinstance(document, Entries), "a document that has been read is a map"
    found: dict[Name, Piece] = {}
    for section, node in document.entries.items():
        seen: Counter[Name] = Counter()
        for name, piece in _pieces(section, node):
            seen[name] += 1
            alone = name not in found and name != ORDER
            found[name if alone else (name[0], f"{name[1]}（第{seen[name]}条）")] = piece
    return found


def composed(pieces: Mapping[Name, Piece], place: Place) -> SourceNode:
    """The document of these pieces; `place` stands for sections, which have none of their own."""
    tree: dict[str, Any] = {}
    for (section, name), piece in pieces.items():
        if section in (FILE, LANGUAGE):
            tree[name] = piece.node
        elif section == COLUMN:
            table, _, column = name.partition(".")
            tree.setdefault(TABLE, {}).setdefault(table, {}).setdefault(COLUMN, {})[column] = piece.node
        elif section == TABLE and isinstance(piece.node, Entries):
            tree.setdefault(TABLE, {}).setdefault(name, {}).update(piece.node.entries)
        elif section == ROSTER and piece.shape == IN_LIST:
            tree.setdefault(ROSTER, {}).setdefault(name.split()[0], []).append(piece.node)
        elif piece.shape == IN_LIST:
            tree.setdefault(section, []).append(piece.node)
        elif piece.shape == IN_MAP:
            tree.setdefault(section, {})[name] = piece.node
        elif isinstance(piece.node, Items):  # an empty list; the other version may have entries
            tree.setdefault(section, [])
        else:
            tree[section] = piece.node
    return _node(tree, place)


def text_at(node: SourceNode, key: str) -> str:
    """The text under a key of a map; several texts joined by 、; "" where there is none."""
    found = getattr(node, "entries", {}).get(key)
    return told(found) if found is not None else ""


def told(node: SourceNode) -> str:
    """A text, or a list of texts joined by 、; "" for a map."""
    if isinstance(node, Scalar):
        return node.text
    items = node.items if isinstance(node, Items) else ()
    return "、".join(item.text for item in items if isinstance(item, Scalar))


def _pieces(section: str, node: SourceNode) -> Iterator[tuple[Name, Piece]]:
    if section in HEADS:
        yield (FILE, section), Piece(WHOLE, node)
    elif section == TABLE and isinstance(node, Entries):
        yield from _tables(node)
    elif section == RULE and isinstance(node, Items):
        for item in node.items:
            yield from _rules(item)
    elif section == ROSTER and isinstance(node, Entries):
        yield from _roster(node)
    elif isinstance(node, Items) and node.items:
        for item in node.items:
            yield (section, text_at(item, NAMED_BY.get(section, ""))), Piece(IN_LIST, item)
    elif isinstance(node, Entries) and section not in (LANGUAGE, *ALONE):
        for name, value in node.entries.items():
            yield (section, name), Piece(IN_MAP, value)
    else:
        yield (section, section), Piece(WHOLE, node)


def _tables(node: Entries) -> Iterator[tuple[Name, Piece]]:
    for table, body in node.entries.items():
        inner = body.entries if isinstance(body, Entries) else {}
        columns = inner.get(COLUMN)
        rest = {
            key: value for key, value in inner.items() if not (key == COLUMN and isinstance(columns, Entries))
        }
        yield (TABLE, table), Piece(IN_MAP, _entries(rest, body.place) if inner else body)
        for column, spec in columns.entries.items() if isinstance(columns, Entries) else ():
            yield (COLUMN, f"{table}.{column}"), Piece(IN_MAP, spec)


def _rules(item: SourceNode) -> Iterator[tuple[Name, Piece]]:
    inner = item.entries if isinstance(item, Entries) else {}
    kind = next((kind for kind in KINDS if kind in inner), "")
    returned = inner.get(RETURN)
    if kind == RETURN and isinstance(returned, Entries):
        for source, fund in returned.entries.items():
            alone = inner | {RETURN: _entries({source: fund}, fund.place)}
            yield (RULE, f"{RETURN} {source}"), Piece(IN_LIST, _entries(alone, item.place))
        return
    name = text_at(item, "列")
    if kind == "拆分":
        parts = "、".join(getattr(inner.get("各份"), "entries", {}))
        name = f"拆分 {text_at(item, kind)}（{parts}）"
    yield (RULE, name), Piece(IN_LIST, item)


def _roster(node: Entries) -> Iterator[tuple[Name, Piece]]:
    for key, value in node.entries.items():
        if isinstance(value, Items):
            for item in value.items:
                yield (ROSTER, f"{key} {text_at(item, '名称')}"), Piece(IN_LIST, item)
        else:
            yield (ROSTER, key), Piece(IN_MAP, value)


def _entries(inner: Mapping[str, SourceNode], place: Place) -> Entries:
    return Entries(dict(inner), {key: node.place for key, node in inner.items()}, place)


def _node(tree: Any, place: Place) -> SourceNode:
    if isinstance(tree, dict):
        return _entries({key: _node(inner, place) for key, inner in tree.items()}, place)
    if isinstance(tree, list):
        return Items(tuple(tree), place)
    found: SourceNode = tree
    return found
