"""Conditions as logic: a canonical form in which equal conditions are equal, and proofs by trying every case."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from itertools import pairwise, product

from rules.language.program import (
    BOOL,
    CHOICE,
    DATE,
    NUMBER,
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
from rules.language.render import bare_text, render, value_text
from rules.language.scope import canonical_read

MAX_CASES = 20_000
OTHER_TEXT = "别的"
CaseValue = str | bool | Fraction | None  # None: missing
Case = dict[Node, CaseValue]

_COMPARED = {"=": operator.eq, "<": operator.lt, "≤": operator.le, ">": operator.gt, "≥": operator.ge}
_TURNED = {"=": "=", "<": ">", ">": "<", "≤": "≥", "≥": "≤"}


def mapped(node: Node, change: Callable[[Read], Read]) -> Node:
    """The expression with every read changed; it looks at no other rows."""
    assert not isinstance(node, Aggregate | Ranking), "what looks at other rows cannot be read from elsewhere"
    if isinstance(node, Read):
        return change(node)
    changed: dict[str, object] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            changed[field.name] = mapped(value, change)
        elif isinstance(value, tuple):
            changed[field.name] = tuple(mapped(x, change) if isinstance(x, Node) else x for x in value)
    return replace(node, **changed)  # type: ignore[arg-type]


def canonical(tables: dict[str, Table], node: Node, table: str, prefix: tuple[str, ...] = ()) -> Node:
    """`node`, an expression of the rows that `prefix` leads to from `table`, as an expression of `table`'s own rows.

    For comparing only: literals lose their spelling and stand on the right, `x = 是` is `x`, ≠ is 非 =, and what an
    aggregate gathers or a ranking finds is one opaque column.
    """
    if isinstance(node, Read):
        return canonical_read(tables, replace(node, path=(*prefix, *node.path)), table)
    if isinstance(node, Const):
        return replace(node, text="", type=Type(node.type.kind))
    if isinstance(node, Aggregate):
        return Read(prefix, ".".join((node.table, *node.path)), render(node), node.type)
    if isinstance(node, Ranking):
        return Read(prefix, table, render(node), node.type)
    changed = {
        field.name: _canonical_field(tables, getattr(node, field.name), table, prefix)
        for field in fields(node)
    }
    plain = replace(node, **changed)  # type: ignore[arg-type]
    return _canonical_compare(plain) if isinstance(plain, Compare) else plain


def _canonical_field(tables: dict[str, Table], value: object, table: str, prefix: tuple[str, ...]) -> object:
    if isinstance(value, Node):
        return canonical(tables, value, table, prefix)
    if isinstance(value, tuple):
        return tuple(_canonical_field(tables, item, table, prefix) for item in value)
    return value


def _canonical_compare(node: Compare) -> Node:
    if node.op == "≠":
        return negated(_canonical_compare(replace(node, op="=")))
    if isinstance(node.left, Const):
        node = replace(node, op=_TURNED[node.op], left=node.right, right=node.left)  # type: ignore[arg-type]
    if isinstance(node.right, Const) and isinstance(node.right.value, bool):
        return node.left if node.right.value else negated(node.left)
    return node


def conjuncts(node: Node | None) -> tuple[Node, ...]:
    """The parts of an 且, flattened; of nothing, none."""
    if node is None:
        return ()
    if isinstance(node, Logic) and node.op == "且":
        return (*conjuncts(node.left), *conjuncts(node.right))
    return (node,)


def negated(node: Node) -> Node:
    return node.operand if isinstance(node, Not) else Not(node, node.type)


def truth(node: Node, case: Case) -> bool | None:
    """Whether a canonical condition is true in a case; None if that is missing, as a run would find it."""
    if isinstance(node, Logic):
        left = truth(node.left, case)
        return left if left is None or left is (node.op == "或") else truth(node.right, case)
    if isinstance(node, Not):
        inner = truth(node.operand, case)
        return None if inner is None else not inner
    if isinstance(node, Const):
        return node.value is True
    value = case[_tested(node)[0]]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(node, Among):
        return any(value == option.value for option in node.options)
    assert isinstance(node, Compare), "only a comparison or 属于 tests a value other than yes and no"
    assert isinstance(node.right, Const), "what is compared with no literal is itself yes or no"
    return bool(_COMPARED[node.op](value, node.right.value))


def follows(wanted: Sequence[Node], known: Sequence[Node]) -> bool:
    """Whether all of `wanted` is true wherever all of `known` is; False also where that takes too many cases."""
    rest = [condition for condition in wanted if condition not in known]
    tested = tested_by(rest)
    related = [condition for condition in known if not tested.isdisjoint(tested_by([condition]))]
    tried = cases([*rest, *related], lambda node: False)
    return tried is not None and all(
        all(truth(condition, case) for condition in rest)
        for case in tried
        if all(truth(condition, case) for condition in related)
    )


def cases(conditions: Sequence[Node], may_lack: Callable[[Node], bool]) -> Iterator[Case] | None:
    """Every case that matters to the conditions: each option of a choice, numbers on and between the literals that a
    column is compared with, yes or no for anything else, and missing where `may_lack` says so.

    None if there are more than MAX_CASES.
    """
    compared: dict[Node, list[CaseValue]] = {}
    for condition in conditions:
        for tested, literals in _atoms(condition):
            compared.setdefault(tested, []).extend(literals)
    domains = {
        tested: (*_domain(tested, literals), *((None,) if may_lack(tested) else ()))
        for tested, literals in compared.items()
    }
    count = 1
    for domain in domains.values():
        count *= len(domain)
    if count > MAX_CASES:
        return None
    return (dict(zip(domains, values, strict=True)) for values in product(*domains.values()))


def tested_by(conditions: Sequence[Node]) -> set[Node]:
    """What conditions compare with literals or ask for yes or no: the keys of their cases."""
    return {operand for condition in conditions for operand, _ in _atoms(condition)}


def _atoms(node: Node) -> Iterator[tuple[Node, list[CaseValue]]]:
    """What a condition tests: the smallest parts that are yes or no, or are compared with literals (these go along)."""
    if isinstance(node, Logic):
        yield from _atoms(node.left)
        yield from _atoms(node.right)
    elif isinstance(node, Not):
        yield from _atoms(node.operand)
    elif not isinstance(node, Const):
        yield _tested(node)


def _tested(node: Node) -> tuple[Node, list[CaseValue]]:
    if isinstance(node, Compare) and isinstance(node.right, Const):
        return node.left, [_literal(node.right)]
    if isinstance(node, Among):
        return node.operand, [_literal(option) for option in node.options]
    return node, []


def _literal(node: Const) -> CaseValue:
    return Fraction(node.value) if node.type.kind in (NUMBER, DATE) else node.value  # type: ignore[return-value]


def _domain(tested: Node, literals: list[CaseValue]) -> Sequence[CaseValue]:
    type_ = tested.type
    if type_.kind == BOOL:
        return (True, False)
    if type_.kind == CHOICE:
        return type_.options
    if type_.kind not in (NUMBER, DATE):
        return (*dict.fromkeys(literals), OTHER_TEXT)
    step = Fraction(1) if type_.kind == DATE else type_.step
    limits = sorted({value for value in literals if isinstance(value, Fraction)})
    beside = step or Fraction(1)
    between = [low + step if step else (low + high) / 2 for low, high in pairwise(limits)]
    points = sorted({limits[0] - beside, *limits, *between, limits[-1] + beside})
    return [point for point in points if _possible(point, type_, step)]


def _possible(value: Fraction, type_: Type, step: Fraction | None) -> bool:
    return (
        (type_.low is None or value >= type_.low)
        and (type_.high is None or value <= type_.high)
        and (step is None or (value / step).denominator == 1)
    )


def told(case: Case) -> str:
    """A case in words, for messages: 身份 = 校长、班主任 = 否."""
    words = []
    for node, value in case.items():
        name = node.column if isinstance(node, Read) else "另一条件"
        shown = bare_text(value, node.type) if node.type.kind == DATE else value_text(value, node.type)
        words.append(f"{name} = {shown}")
    return "、".join(words)
