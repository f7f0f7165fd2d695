"""Conditions as logic: a canonical form in which equal conditions are equal, and a proof by trying every case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from itertools import product

from rules.language.program import (
    CHOICE,
    Aggregate,
    Among,
    Compare,
    Const,
    Logic,
    Node,
    Not,
    Ranking,
    Read,
    Table,
    Type,
)
from rules.language.scope import canonical_read

MAX_CASES = 20_000
Case = dict[Node, str | bool]


def canonical(tables: dict[str, Table], node: Node, table: str, prefix: tuple[str, ...] = ()) -> Node:
    """`node`, an expression of the rows that `prefix` leads to from `table`, as an expression of `table`'s own rows.

    For comparing only: literals lose their spelling, `x = 是` is `x`, ≠ is 非 =, and aggregates and rankings are opaque.
    """
    if isinstance(node, Read):
        return canonical_read(tables, replace(node, path=(*prefix, *node.path)), table)
    if isinstance(node, Const):
        return replace(node, text="", type=Type(node.type.kind))
    if isinstance(node, Aggregate | Ranking):
        return Const(f"{prefix} {node!r}", Type(node.type.kind), "")
    changed = {
        field.name: _canonical_field(tables, getattr(node, field.name), table, prefix)
        for field in fields(node)
        if field.name != "type"
    }
    plain = replace(node, **changed)  # type: ignore[arg-type]
    if isinstance(plain, Compare) and plain.op == "≠":
        return Not(_equal(replace(plain, op="=")), plain.type)
    return _equal(plain) if isinstance(plain, Compare) and plain.op == "=" else plain


def _canonical_field(tables: dict[str, Table], value: object, table: str, prefix: tuple[str, ...]) -> object:
    if isinstance(value, Node):
        return canonical(tables, value, table, prefix)
    if isinstance(value, tuple):
        return tuple(_canonical_field(tables, item, table, prefix) for item in value)
    return value


def _equal(node: Compare) -> Node:
    left, right = (node.right, node.left) if isinstance(node.left, Const) else (node.left, node.right)
    if isinstance(right, Const) and isinstance(right.value, bool):
        return left if right.value else Not(left, node.type)
    return replace(node, left=left, right=right)


def conjuncts(node: Node | None) -> tuple[Node, ...]:
    """The parts of an 且, flattened; of nothing, none."""
    if node is None:
        return ()
    if isinstance(node, Logic) and node.op == "且":
        return (*conjuncts(node.left), *conjuncts(node.right))
    return (node,)


def negated(node: Node) -> Node:
    return node.operand if isinstance(node, Not) else Not(node, node.type)


def cases(conditions: Sequence[Node]) -> Iterator[Case] | None:
    """Every case that the conditions' atoms can be in: a choice column each of its options, any other atom yes or no.

    None if there are more than MAX_CASES.
    """
    domains: dict[Node, tuple[str | bool, ...]] = {}
    for condition in conditions:
        _collect(condition, domains)
    count = 1
    for domain in domains.values():
        count *= len(domain)
    if count > MAX_CASES:
        return None
    return (dict(zip(domains, values, strict=True)) for values in product(*domains.values()))


def _collect(node: Node, domains: dict[Node, tuple[str | bool, ...]]) -> None:
    if isinstance(node, Logic):
        _collect(node.left, domains)
        _collect(node.right, domains)
    elif isinstance(node, Not):
        _collect(node.operand, domains)
    elif (read := _choice_tested(node)) is not None:
        domains.setdefault(read, read.type.options)
    else:
        domains.setdefault(node, (True, False))


def _choice_tested(node: Node) -> Read | None:
    if isinstance(node, Compare) and node.op == "=" and isinstance(node.right, Const):
        tested: Node = node.left
    elif isinstance(node, Among):
        tested = node.operand
    else:
        return None
    return tested if isinstance(tested, Read) and tested.type.kind == CHOICE else None


def holds(node: Node, case: Case) -> bool:
    """Whether a canonical condition is true in a case."""
    if isinstance(node, Logic):
        both = holds(node.left, case), holds(node.right, case)
        return all(both) if node.op == "且" else any(both)
    if isinstance(node, Not):
        return not holds(node.operand, case)
    read = _choice_tested(node)
    if read is None:
        return case[node] is True
    if isinstance(node, Among):
        return any(case[read] == option.value for option in node.options)
    assert isinstance(node, Compare)
    assert isinstance(node.right, Const)
    return case[read] == node.right.value


def told(case: Case) -> str:
    """A case in words, for messages: 身份 = 校长、班主任 = 否."""
    words = []
    for node, value in case.items():
        name = node.column if isinstance(node, Read) else "另一条件"
        shown = ("是" if value else "否") if isinstance(value, bool) else value
        words.append(f"{name} = {shown}")
    return "、".join(words)
