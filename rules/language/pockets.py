"""Two proofs on a whole rule set: no rule reads what does not apply to its row, and every pocket is emptied exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from rules.language.conditions import (
    Case,
    canonical,
    cases,
    conjuncts,
    follows,
    negated,
    tested_by,
    told,
    truth,
)
from rules.language.mistakes import Place, RuleProblem
from rules.language.plan import ColumnId, emptied_by, made_by, walk
from rules.language.program import (
    PRIOR,
    Aggregate,
    Check,
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
    RuleHead,
    Share,
    Split,
    Step,
    Table,
)

Guards = tuple[Node, ...]


def _optional(table: Table | None, column: str) -> bool:
    found = table.columns.get(column) if table else None
    return found is not None and found.optional and found.default is None


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
        return (*self.guards(step.where, step.table), *self.pool(step))

    def pool(self, step: Share) -> Guards:
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

    def denied(self, condition: Node, table: str) -> Node:
        return negated(canonical(self.program.tables, condition, table))

    def may_lack(self, node: Node, table: str, known: Guards) -> bool:
        """Whether a row of `table` in which `known` holds may have no value for `node`."""
        return any(
            isinstance(inner, Read)
            and (self.may_be_empty(inner, there) or not follows(self.needed(inner, there), known))
            for there, inner in walk(node, table)
        )

    def may_be_empty(self, read: Read, table: str) -> bool:
        """Whether a cell on the way may be empty: an optional column, a lookup's optional key or 本期, or what is carried over."""
        tables = self.program.tables
        for name in read.path:
            link = tables[table].links[name]
            if tables[link.target].carries or any(
                not isinstance(key, Read) or _optional(tables[key.table], key.column) for key in link.keys
            ):
                return True
            table = link.target
        return _optional(tables.get(read.table), read.column)

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
                if _may_be_first(program, read, table):
                    problems.append(_first(read, _place(thing.head, place)))
                if not follows(applicability.needed(read, table), around):
                    problems.append(_unguarded(read, _place(thing.head, place)))
    return list(dict.fromkeys(problems))


def _place(head: RuleHead, place: Place) -> Place:
    return Place(head.file or place.file, head.line, 1)


def _may_be_first(program: Program, read: Read, table: str) -> bool:
    """A row may have no row before it, and nothing says what it reads then."""
    kinds = []
    for name in read.path:
        link = program.tables[table].links[name]
        table = link.target
        kinds.append(link.kind)
    known = kinds[:-1] if read.opening is not None else kinds
    return any(kind in PRIOR for kind in known)


def _first(read: Read, place: Place) -> RuleProblem:
    name = ".".join((*read.path, read.column))
    return RuleProblem(
        place,
        f"第一行没有上一行，「{name}」在那里没有值",
        f"请写「{name} 否则 …」，或在得出「{read.column}」的规则里写「开头: …」",
    )


def _unguarded(read: Read, place: Place) -> RuleProblem:
    return RuleProblem(
        place,
        f"「{read.table}.{read.column}」只在一部分行适用（它有「限于」），这里却在所有行直接读它",
        f"请给本条规则写同样的「限于」，或写「{read.column} 否则 0」",
    )


def _guarded(applicability: Applicability, thing: Step | Check) -> Iterator[tuple[str, Node, Guards]]:
    """The expressions of a step or check with what is known to hold where they are evaluated."""
    table = thing.table
    if thing.where is not None:
        yield table, thing.where, ()
    if isinstance(thing, Split):
        known = applicability.where[made_by(thing)[0]]
        yield from ((table, part.share, known) for part in thing.parts if part.share is not None)
        return
    known = applicability.guards(thing.where, table)
    if isinstance(thing, Formula):
        yield from _guarded_formula(applicability, thing, known)
    elif isinstance(thing, Share):
        if thing.pool_where is not None:
            yield thing.pool_table, thing.pool_where, ()
        known += applicability.pool(thing)
        yield from ((table, node, known) for node in (thing.weight, *(tie.node for tie in thing.ties)))
    elif isinstance(thing, Check):
        yield table, thing.condition, known


def _guarded_formula(
    applicability: Applicability, step: Formula, known: Guards
) -> Iterator[tuple[str, Node, Guards]]:
    if step.otherwise is not None:
        yield step.table, step.otherwise, ()
    denied: Guards = ()
    for case in step.cases:
        yield step.table, case.when, (*known, *(denied if step.ordered else ()))
        sure = applicability.guards(case.when, step.table)
        yield step.table, case.value, (*known, *sure, *(denied if step.ordered else ()))
        denied += (applicability.denied(case.when, step.table),)
    yield step.table, step.value, (*known, *denied)


def _direct_reads(
    applicability: Applicability, node: Node, table: str, guards: Guards
) -> Iterator[tuple[Read, Guards]]:
    """Reads outside aggregates, rankings and 否则, with what 如果, 且 and 或 have made sure of on the way."""
    if isinstance(node, Read):
        yield node, guards
        if node.opening is not None and len(node.path) == 1:
            yield from _direct_reads(applicability, node.opening, table, guards)
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
        denied = applicability.denied(node.condition, table)
        yield from _direct_reads(applicability, node.other, table, (*guards, denied))
    elif isinstance(node, Logic):
        yield from _direct_reads(applicability, node.left, table, guards)
        sure = applicability.guards(node.left, table)
        if node.op == "或":
            sure = (applicability.denied(node.left, table),)
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
    heads = {
        column: step.head
        for step in program.steps
        for column in made_by(step)
        if emptied_by(step) is not None
    }
    problems = []
    for pocket in dict.fromkeys((*heads, *emptiers)):
        ways = emptiers.get(pocket, [])
        head = heads.get(pocket) or ways[0].head
        found = _leak(applicability, pocket, ways)
        if found:
            problems.append(RuleProblem(_place(head, place), *found))
    return problems


def _leak(
    applicability: Applicability, pocket: ColumnId, ways: list[Step | Return | Payment]
) -> tuple[str, str] | None:
    name = f"「{'.'.join(pocket)}」"
    if not ways:
        return f"{name}里的钱没有去处", "请用 发放、汇集、分配、拆分 或 退回 中的一种写明它去哪里"
    conditions = [_condition(applicability, way) for way in ways]
    if len(ways) == 1 and all(part in applicability.where.get(pocket, ()) for part in conditions[0]):
        return None
    tried = _cases_of(applicability, pocket, ways, conditions)
    if tried is None:
        return f"{name}各个去处的条件太复杂，无法证明钱只去一处", "请把条件化简，先用规则算成一列选项"
    for case in tried:
        open_ways = [
            way
            for way, parts in zip(ways, conditions, strict=True)
            if all(truth(part, case) for part in parts)
        ]
        when = f"当 {told(case)} 时，" if case else ""
        if not open_ways:
            return f"{when}{name}里的钱没有去处", "请让各个「限于」合起来覆盖所有的行，或写明其余的退回哪里"
        if len(open_ways) > 1:
            files = {way.head.file for way in open_ways}
            which = "、".join(
                f"{way.head.file if len(files) > 1 else ''}第 {way.head.line} 行" for way in open_ways
            )
            return (
                f"{when}{name}里的钱被用了 {len(open_ways)} 次（{which}）",
                "一笔钱只能去一处：请删去一处，或先拆分",
            )
    return None


def _cases_of(
    applicability: Applicability,
    pocket: ColumnId,
    ways: list[Step | Return | Payment],
    conditions: list[Guards],
) -> Iterator[Case] | None:
    """The cases that rows with this pocket can be in, as far as the conditions of its ways out go; None: too many."""
    applicable = applicability.where.get(pocket, ())
    stated = [part for condition in (*conditions, applicable) for part in condition]
    made = [
        (node, applicability.needed(node, pocket[0]), applicability.may_be_empty(node, pocket[0]))
        for node in tested_by(stated)
        if isinstance(node, Read)
    ]
    grouped = {key for way in ways if isinstance(way, Gather) for key in _group_keys(applicability, way)}
    tried = cases(
        [*stated, *(part for _, needed, _ in made for part in needed)],
        lambda node: node not in grouped and applicability.may_lack(node, pocket[0], applicable),
    )
    if tried is None:
        return None
    return (
        case
        for case in tried
        if all(truth(part, case) for part in applicable) and all(_consistent(case, *each) for each in made)
    )


def _consistent(case: Case, read: Read, needed: Guards, may_be_empty: bool) -> bool:
    """A column made by a rule has a value just where the rule applies, unless a cell on the way to it is empty."""
    applies = all(truth(part, case) for part in needed)
    return applies if case[read] is not None else not applies or may_be_empty


def _group_keys(applicability: Applicability, way: Gather) -> Iterator[Node]:
    """What the groups on the way are made by, as read from below: a row without it has no group, and a run says so."""
    tables, table = applicability.program.tables, way.source_table
    for index, name in enumerate(way.path):
        link = tables[table].links[name]
        for key in tables[link.target].by if link.kind == "组" else ():
            if key.node is not None:
                yield canonical(tables, key.node, way.source_table, way.path[:index])
        table = link.target


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
