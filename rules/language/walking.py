"""Going over the expressions of a rule set: what stands inside, whose rows it is evaluated in, what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields

from rules.language.program import (
    Aggregate,
    Check,
    Formula,
    Gather,
    Node,
    Payment,
    Read,
    Return,
    Share,
    Split,
    Step,
)

ColumnId = tuple[str, str]
Roots = Iterable[tuple[str, Node]]  # expressions, each with the table of its rows


def walk(node: Node, table: str) -> Iterator[tuple[str, Node]]:
    """Every expression inside `node`, itself included, with the table whose rows it is evaluated in."""
    yield table, node
    for field in fields(node):
        inner = getattr(node, field.name)
        there = table
        if isinstance(node, Aggregate) and field.name != "if_none":
            there = node.table
        if isinstance(node, Read):
            there = (
                node.table
            )  # an opening is of the row that asks, a row of the same table as the one before it
        for item in inner if isinstance(inner, tuple) else (inner,):
            if isinstance(item, Node):
                yield from walk(item, there)


def inner(node: Node) -> Iterator[Node]:
    """The expressions right inside one."""
    for field in fields(node):
        value = getattr(node, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Node):
                yield item


def expressions(thing: Step | Return | Payment | Check) -> Iterator[tuple[str, Node]]:
    """The outermost expressions of a step, return, payment or check, each with the table of its rows."""
    if isinstance(thing, Split):
        yield thing.table, thing.source
        if thing.where is not None:
            yield thing.table, thing.where
        yield from ((thing.table, part.share) for part in thing.parts if part.share is not None)
    elif isinstance(thing, Gather):
        yield thing.source_table, thing.source
        if thing.where is not None:
            yield thing.table, thing.where
    elif isinstance(thing, Share):
        yield thing.pool_table, thing.pool
        if thing.pool_where is not None:
            yield thing.pool_table, thing.pool_where
        for node in (thing.weight, thing.where, thing.lower, thing.upper, *(tie.node for tie in thing.ties)):
            if node is not None:
                yield thing.table, node
    elif isinstance(thing, Formula):
        for node in (thing.where, thing.otherwise, thing.value):
            if node is not None:
                yield thing.table, node
        for case in thing.cases:
            yield thing.table, case.when
            yield thing.table, case.value
    elif isinstance(thing, Return):
        yield thing.table, thing.source
    elif isinstance(thing, Payment):
        yield thing.table, thing.column
    else:
        for node in (thing.where, thing.condition):
            if node is not None:
                yield thing.table, node


def sentence(thing: Step | Check) -> list[tuple[str, Node]]:
    """What the sentence (说明) of a step or check reads; it is told, never calculated with."""
    told = thing.head.sentence
    return [(thing.table, piece) for piece in told.pieces if isinstance(piece, Node)] if told else []


def made_by(step: Step) -> tuple[ColumnId, ...]:
    """The columns a step makes."""
    if isinstance(step, Split):
        return tuple((step.table, part.name) for part in step.parts)
    return ((step.table, step.name),)


def values_read(roots: Roots) -> set[ColumnId]:
    """The columns whose values expressions read."""
    return {
        (node.table, node.column)
        for table, root in roots
        for _, node in walk(root, table)
        if isinstance(node, Read)
    }
