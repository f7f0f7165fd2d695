"""What changed from one document to another, entry by entry, with the clauses that the entries rest on.

Two rule sets, or two schemes, are compared as written: order, layout and comments do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.language.source import Entries, Items, Scalar, SourceNode

ADDED, DROPPED, CHANGED = "新增", "删去", "改动"
_HEADS = ("规则集", "方案", "简称", "版本", "施行", "更正", "延伸", "范围", "学期")
_NAMED_BY = {"解释": "编号", "未编入": "条款", "否决": "名称", "发放": "编号", "检查": "名称"}
_WHOLE = ("核定总量", "支付")
_KINDS = ("公式", "拆分", "汇集", "分配", "试分", "退回")
BASIS = "依据"


@dataclass(frozen=True)
class Line:
    """One text of an entry: where it stands in it, what it was and what it is; "" where it is not there."""

    key: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """`section` and `name` say which entry; `clause` is its 依据, the new one where there is one."""

    section: str
    name: str
    clause: str
    kind: str
    lines: tuple[Line, ...]


Texts = dict[str, str]


def changes(old: SourceNode, new: SourceNode) -> list[Change]:
    """Every entry that is not the same in both, in the order of the new document, what was dropped last."""
    before, after = dict(_entries(old)), dict(_entries(new))
    found = []
    for place in (*after, *(place for place in before if place not in after)):
        was, now = before.get(place, {}), after.get(place, {})
        if was != now:
            found.append(_change(place, was, now))
    return found


def by_clause(found: list[Change]) -> dict[str, list[Change]]:
    """The changes under the clause that each rests on, in order of appearance; "" what rests on none."""
    sorted_: dict[str, list[Change]] = {}
    for change in found:
        sorted_.setdefault(change.clause, []).append(change)
    return sorted_


def _change(place: tuple[str, str], was: Texts, now: Texts) -> Change:
    kind = CHANGED if was and now else ADDED if now else DROPPED
    keys = dict.fromkeys((*now, *was))
    lines = tuple(
        Line(key, was.get(key, ""), now.get(key, "")) for key in keys if was.get(key) != now.get(key)
    )
    clause = f"{place[0]} {place[1]}" if place[0] == "解释" else now.get(BASIS) or was.get(BASIS, "")
    return Change(*place, clause, kind, lines)


def _entries(document: SourceNode) -> Iterator[tuple[tuple[str, str], Texts]]:
    assert isinstance(document, Entries), "a document that has been read is a map"
    for section, node in document.entries.items():
        if section in _HEADS:
            yield ("文件", section), dict(_texts(node, section))
        elif section == "表" and isinstance(node, Entries):
            yield from _tables(node)
        elif section == "规则" and isinstance(node, Items):
            for item in node.items:
                yield from _rule(item)
        elif section == "名册" and isinstance(node, Entries):
            yield from _roster(node)
        elif isinstance(node, Items):
            for item in node.items:
                yield (section, _text(item, _NAMED_BY.get(section, ""))), dict(_texts(item))
        elif section != "语言" and isinstance(node, Entries) and section not in _WHOLE:
            for name, value in node.entries.items():
                yield (section, name), dict(_texts(value))
        elif section != "语言":
            yield (section, section), dict(_texts(node))


def _tables(node: Entries) -> Iterator[tuple[tuple[str, str], Texts]]:
    for table, body in node.entries.items():
        rest = {key: value for key, value in getattr(body, "entries", {}).items() if key != "列"}
        columns = getattr(body, "entries", {}).get("列")
        yield ("表", table), {key: text for name, value in rest.items() for key, text in _texts(value, name)}
        if isinstance(columns, Entries):
            for column, spec in columns.entries.items():
                yield (
                    ("列", f"{table}.{column}"),
                    dict(_texts(spec, "" if isinstance(spec, Entries) else "类型")),
                )


def _rule(item: SourceNode) -> Iterator[tuple[tuple[str, str], Texts]]:
    kind = next((kind for kind in _KINDS if _text(item, kind) or kind in getattr(item, "entries", {})), "")
    if kind == "退回" and isinstance(item, Entries) and isinstance(item.entries[kind], Entries):
        for source, fund in item.entries[kind].entries.items():  # type: ignore[union-attr]
            yield ("规则", f"退回 {source}"), {"退回": _told(fund), BASIS: _text(item, BASIS)}
        return
    name = _text(item, "列")
    if kind == "拆分" and isinstance(item, Entries):
        parts = item.entries.get("各份")
        name = f"拆分 {_text(item, kind)}（{'、'.join(getattr(parts, 'entries', {}))}）"
    yield ("规则", name), dict(_texts(item))


def _roster(node: Entries) -> Iterator[tuple[tuple[str, str], Texts]]:
    for key, value in node.entries.items():
        if isinstance(value, Items):
            for item in value.items:
                yield ("名册", f"{key} {_text(item, '名称')}"), dict(_texts(item))
        else:
            yield ("名册", key), dict(_texts(value, key))


def _texts(node: SourceNode, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a node by its path: 档.特级.大."""
    if isinstance(node, Entries):
        for key, value in node.entries.items():
            yield from _texts(value, f"{prefix}.{key}" if prefix else key)
    elif isinstance(node, Items) and any(not isinstance(item, Scalar) for item in node.items):
        for number, item in enumerate(node.items, 1):
            yield from _texts(item, f"{prefix}第{number}条")
    else:
        yield prefix, _told(node)


def _told(node: SourceNode) -> str:
    if isinstance(node, Scalar):
        return node.text
    items = node.items if isinstance(node, Items) else ()
    return "、".join(item.text for item in items if isinstance(item, Scalar))


def _text(node: SourceNode, key: str) -> str:
    found = getattr(node, "entries", {}).get(key)
    return _told(found) if found is not None else ""
