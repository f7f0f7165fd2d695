"""What is sound in a rule set, and yet worth a second look before it is used."""

from __future__ import annotations

from collections.abc import Iterator

from rules.language.period import MONTH
from rules.language.plan import expressions, made_by, plan, walk
from rules.language.program import Node, Program, Read, Step


def advice(program: Program) -> tuple[str, ...]:
    """In Chinese, what to mind and what to do about it; nothing for most rule sets."""
    return tuple(_months_that_begin_anew(program))


def _months_that_begin_anew(program: Program) -> Iterator[str]:
    """A run of one month has no month before: what reads 上月 starts from its opening value, which 上期 can bring."""
    carried = {table.carries for table in program.tables.values()}
    names: dict[str, list[str]] = {}
    for step in plan(program, MONTH).steps:
        if any(_reads_month_before(program, table, node) for table, node in _all(step)):
            table, column = made_by(step)[0]
            if table not in carried:
                names.setdefault(table, []).append(f"{table}.{column}")
    for table, columns in names.items():
        yield (
            f"每月发放的项目要算 {'、'.join(columns)}，它读「上月」。一次只算一个月时，那个月就是第一行，"
            f"上月的数不会自己接过来：请写一张「上期: {table}」的表，在「开头」里读它；或改为学期末发放，一次算完各月。"
        )


def _all(step: Step) -> Iterator[tuple[str, Node]]:
    for table, node in expressions(step):
        yield from walk(node, table)


def _reads_month_before(program: Program, table: str, node: Node) -> bool:
    if not isinstance(node, Read):
        return False
    for name in node.path:
        link = program.tables[table].links[name]
        if link.kind == "上月":
            return True
        table = link.target
    return False
