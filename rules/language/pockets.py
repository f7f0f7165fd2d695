"""Two proofs on a whole rule set: no rule reads what does not apply to its row, and every pocket is emptied exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from rules.language.conditions import canonical, cases, conjuncts, holds, negated, told
from rules.language.mistakes import Place, RuleProblem
from rules.language.plan import ColumnId, emptied_by, expressions, made_by
from rules.language.program import (
    Aggregate,
    Choose,
    Formula,
    Gather,
    Logic,
    Node,
    Otherwise,
    Payment,
    Program,
    Ranking,
    Read,
    Return,
    Share,
    Split,
    Step,
)

Guards = tuple[Node, ...]


class Applicability:
    """On which rows each column exists: conditions, canonical, that all hold there. () is every row."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.where: dict[ColumnId, Guards] = {}
        for step in program.steps:
            for column in made_by(step):
                self.where[column] = self._of(step)

    def _of(self, step: Step) -> Guards:
        if isinstance(step, Formula):
            return () if step.otherwise is not None else self.guards(step.where, step.table)
        if isinstance(step, Split):
            return (*self.guards(step.where, step.table), *self.needed(step.source, step.table))
        if isinstance(step, Gather):
            return self.guards(step.where, step.table)
        return (*self.guards(step.where, step.table), *self.of_pool(step))

    def of_pool(self, step: Share) -> Guards:
        """What holds in the rows of a share because their pool is there and is its to hand out."""
        there = self.where.get((step.pool_table, step.pool.column), ())
        return tuple(
            part
            for guard in (*there, *conjuncts(step.pool_where))
            for part in conjuncts(canonical(self.program.tables, guard, step.table, step.path))
        )

    def guards(self, condition: Node | None, table: str) -> Guards:
        return tuple(
            part
            for conjunct in conjuncts(condition)
            for part in conjuncts(canonical(self.program.tables, conjunct, table))
        )

    def needed(self, read: Read, table: str) -> Guards:
        """What must hold in a row of `table` for `read` to exist there."""
        return tuple(
            canonical(self.program.tables, guard, table, read.path)
            for guard in self.where.get((read.table, read.column), ())
        )


def find_unguarded_reads(program: Program, place: Place) -> list[RuleProblem]:
    """Direct reads of a column on rows where its rule does not apply (限于), without 否则 or the same 限于."""
    applicability = Applicability(program)
    problems = []
    for thing in (*program.steps, *program.checks):
        for table, node, guards in _guarded(applicability, thing):
            for read, around in _direct_reads(applicability, node, table, guards):
                missing = [guard for guard in applicability.needed(read, table) if guard not in around]
                if missing:
                    problems.append(_unguarded(read, thing.head.line, place))
    return list(dict.fromkeys(problems))


def _unguarded(read: Read, line: int, place: Place) -> RuleProblem:
    return RuleProblem(
        Place(place.file, line, 1),
        f"「{read.table}.{read.column}」只在一部分行适用（它有「限于」），这里却在所有行直接读它",
        f"请给本条规则写同样的「限于」，或写「{read.column} 否则 0」",
    )


def _guarded(applicability: Applicability, thing: object) -> Iterator[tuple[str, Node, Guards]]:
    """The expressions of a step or check with what is known to hold where they are evaluated."""
    if isinstance(thing, Split | Gather | Return | Payment):
        for table, node in expressions(thing):
            if node is getattr(thing, "where", None):
                yield table, node, ()
            elif not (isinstance(node, Read) and node is getattr(thing, "source", None)):
                known = applicability.where[made_by(thing)[0]] if isinstance(thing, Split) else ()
                yield table, node, known
        return
    where = getattr(thing, "where", None)
    table = thing.table  # type: ignore[attr-defined]
    known = applicability.guards(where, table)
    if isinstance(thing, Share):
        known += applicability.of_pool(thing)
    for there, node in expressions(thing):  # type: ignore[arg-type]
        if isinstance(thing, Share) and node is thing.pool:
            continue
        if isinstance(thing, Share) and node is thing.pool_where:
            yield there, node, ()
            continue
        outside = node is where or (isinstance(thing, Formula) and node is thing.otherwise)
        extra: Guards = ()
        if isinstance(thing, Formula):
            for case in thing.cases:
                if node is case.value:
                    extra = applicability.guards(case.when, table)
        yield there, node, () if outside else (*known, *extra)


def _direct_reads(
    applicability: Applicability, node: Node, table: str, guards: Guards
) -> Iterator[tuple[Read, Guards]]:
    """Reads outside aggregates, rankings and 否则, with what 如果, 且 and 或 have made sure of on the way."""
    if isinstance(node, Read):
        yield node, guards
    elif isinstance(node, Aggregate):
        if node.if_none is not None:
            yield from _direct_reads(applicability, node.if_none, table, guards)
    elif isinstance(node, Ranking):
        return  # what is missing is not ranked
    elif isinstance(node, Otherwise):
        yield from _direct_reads(applicability, node.fallback, table, guards)
    elif isinstance(node, Choose):
        yield from _direct_reads(applicability, node.condition, table, guards)
        sure = applicability.guards(node.condition, table)
        yield from _direct_reads(applicability, node.then, table, (*guards, *sure))
        denied = (negated(sure[0]),) if len(sure) == 1 else ()
        yield from _direct_reads(applicability, node.other, table, (*guards, *denied))
    elif isinstance(node, Logic):
        yield from _direct_reads(applicability, node.left, table, guards)
        sure = applicability.guards(node.left, table)
        if node.op == "或":
            sure = (negated(sure[0]),) if len(sure) == 1 else ()
        yield from _direct_reads(applicability, node.right, table, (*guards, *sure))
    else:
        for field in fields(node):
            inner = getattr(node, field.name)
            for item in inner if isinstance(inner, tuple) else (inner,):
                if isinstance(item, Node):
                    yield from _direct_reads(applicability, item, table, guards)


# Pockets ---------------------------------------------------------------------------------------------------------


def find_leaking_pockets(program: Program, place: Place) -> list[RuleProblem]:
    """Pockets that are not emptied exactly once on every row, shown by a case in which they are not."""
    applicability = Applicability(program)
    emptiers: dict[ColumnId, list[Step | Return | Payment]] = {}
    for thing in (*program.steps, *program.returns, *program.payments):
        pocket = emptied_by(thing)
        if pocket is not None:
            emptiers.setdefault(pocket, []).append(thing)
    lines = {
        column: step.head.line
        for step in program.steps
        for column in made_by(step)
        if not isinstance(step, Formula)
    }
    problems = []
    for pocket in dict.fromkeys((*lines, *emptiers)):
        ways = emptiers.get(pocket, [])
        line = lines.get(pocket) or (ways[0].head.line if ways else 1)
        found = _leak(applicability, pocket, ways)
        if found:
            problems.append(RuleProblem(Place(place.file, line, 1), *found))
    return problems


def _leak(
    applicability: Applicability, pocket: ColumnId, ways: list[Step | Return | Payment]
) -> tuple[str, str] | None:
    name = f"「{'.'.join(pocket)}」"
    if not ways:
        return f"{name}里的钱没有去处", "请用 发放、汇集、分配、拆分 或 退回 中的一种写明它去哪里"
    conditions = [_condition(applicability, way) for way in ways]
    applicable = applicability.where.get(pocket, ())
    tried = cases([part for condition in (*conditions, applicable) for part in condition])
    if tried is None:
        return f"{name}各个去处的条件太复杂，无法证明钱只去一处", "请把条件化简，先用规则算成一列选项"
    for case in tried:
        if not all(holds(part, case) for part in applicable):
            continue
        open_ways = [
            way for way, parts in zip(ways, conditions, strict=True) if all(holds(p, case) for p in parts)
        ]
        when = f"当 {told(case)} 时，" if case else ""
        if not open_ways:
            return f"{when}{name}里的钱没有去处", "请让各个「限于」合起来覆盖所有的行，或写明其余的退回哪里"
        if len(open_ways) > 1:
            which = "、".join(f"第 {way.head.line} 行" for way in open_ways)
            return (
                f"{when}{name}里的钱被用了 {len(open_ways)} 次（{which}）",
                "一笔钱只能去一处：请删去一处，或先拆分",
            )
    return None


def _condition(applicability: Applicability, way: Step | Return | Payment) -> Guards:
    """When a step takes the money of a row, as a condition of that row; returns and payments always do."""
    if isinstance(way, Split):
        return applicability.guards(way.where, way.table)
    if isinstance(way, Share):
        return applicability.guards(way.pool_where, way.pool_table)
    if not isinstance(way, Gather) or way.where is None:
        return ()
    moved = canonical(applicability.program.tables, way.where, way.source_table, way.path)
    return conjuncts(moved)
