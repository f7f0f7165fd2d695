"""What must be calculated before the rows of a table, or the ways between rows, are known.

Most rows and links follow from the workbook alone. A group by a rule's column, and a lookup by one, are made when the
column is: the steps of a plan fall into stages, and what a stage needs is made between the stages.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from rules.language.program import Aggregate, Gather, GroupKey, Node, Program, Ranking, Read, Share, Step
from rules.language.walking import ColumnId, Roots, expressions, made_by, values_read, walk

NOTHING: frozenset[ColumnId] = frozenset()


class Needs:
    """For every table and link of a program the rules' columns that decide its rows, or where it leads."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._made = {column for step in program.steps for column in made_by(step)}
        self._rows: dict[str, frozenset[ColumnId]] = {}
        self._links: dict[ColumnId, frozenset[ColumnId]] = {}

    def rows(self, table: str) -> frozenset[ColumnId]:
        """The columns that decide which rows a table has."""
        if table not in self._rows:
            shape = self.program.tables[table]
            found = self.rows(shape.of) if shape.of else NOTHING
            self._rows[table] = found.union(*(self._group_key(shape.of, key) for key in shape.by))
        return self._rows[table]

    def link(self, table: str, name: str) -> frozenset[ColumnId]:
        """The columns that decide where a link of a table leads."""
        if (table, name) not in self._links:
            link = self.program.tables[table].links[name]
            self._links[table, name] = NOTHING  # no link needs itself
            found = self.rows(table) | self.rows(link.target)
            self._links[table, name] = found.union(*(self._read(table, read) for read in link.reads))
        return self._links[table, name]

    def path(self, table: str, path: tuple[str, ...]) -> frozenset[ColumnId]:
        """The columns that decide where a path leads."""
        found = NOTHING
        for name in path:
            found |= self.link(table, name)
            table = self.program.tables[table].links[name].target
        return found

    def of(self, roots: Roots) -> frozenset[ColumnId]:
        """The columns that decide on which rows expressions are evaluated and where they look."""
        found = NOTHING
        for root_table, root in roots:
            found |= self.rows(root_table)
            for table, node in walk(root, root_table):
                found |= self.path(*_way(table, node))
        return found

    def of_step(self, step: Step) -> frozenset[ColumnId]:
        """As `of`, for all that a step does."""
        found = self.rows(step.table) | self.of(expressions(step))
        if isinstance(step, Gather):
            found |= self.path(step.source_table, step.path)
        if isinstance(step, Share):
            found |= self.path(step.table, step.path)
        return found

    @cached_property
    def any(self) -> bool:
        """Some table or link waits for a rule's column."""
        tables = self.program.tables
        return any(self.rows(name) for name in tables) or any(
            self.link(name, link) for name, table in tables.items() for link in table.links
        )

    def _read(self, table: str, read: Read) -> frozenset[ColumnId]:
        own = frozenset({(read.table, read.column)}) & self._made
        return own | self.path(table, read.path)

    def _group_key(self, table: str, key: GroupKey) -> frozenset[ColumnId]:
        return self.path(table, key.path) if key.node is None else self._read(table, key.node)


def _way(table: str, node: Node) -> tuple[str, tuple[str, ...]]:
    """The path that an expression follows, with the table it starts from."""
    if isinstance(node, Aggregate | Ranking):
        return node.table, node.path
    return table, node.path if isinstance(node, Read) else ()


def stages(program: Program, steps: Iterable[Step]) -> tuple[tuple[Step, ...], ...]:
    """Steps in their order, cut so that each comes in a later stage than the columns that decide its rows and ways."""
    steps, needs = tuple(steps), Needs(program)
    if not needs.any:
        return (steps,)
    stage_of: dict[ColumnId, int] = {}
    found: list[list[Step]] = []
    for step in steps:
        made = made_by(step)
        roots = [(veto.table, veto.when) for veto in program.vetoes if (veto.table, veto.column) in made]
        read = values_read([*expressions(step), *roots])
        waits = [stage_of[column] for column in read if column in stage_of]
        decided = needs.of_step(step) | needs.of(roots)
        waits += [stage_of[column] + 1 for column in decided if column in stage_of]
        stage = max(waits, default=0)
        stage_of.update(dict.fromkeys(made, stage))
        while len(found) <= stage:
            found.append([])
        found[stage].append(step)
    return tuple(tuple(one) for one in found)
