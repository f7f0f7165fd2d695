"""Rules that read one another in the row before: a carried-over balance, a streak. See `Chain`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from rules.language.needs import Needs
from rules.language.plan import ColumnId, expressions, made_by, walk
from rules.language.program import PRIOR, Aggregate, Chain, Formula, Node, Program, Ranking, Read, Split, Step

ELSEWHERE = (Aggregate, Ranking)  # expressions that look at other rows of the table
WAY_OUT = "请去掉其中一处引用"


class Tangle(Exception):
    """Steps that read one another in a circle, in its order, that cannot be calculated row by row."""

    def __init__(self, steps: Sequence[Step], remedy: str = WAY_OUT) -> None:
        self.steps, self.remedy = steps, remedy
        super().__init__(remedy)


@dataclass(frozen=True)
class _Reading:
    """How a step of a circle reads a column of it: `prior` is the link's name, "" for the own row."""

    column: ColumnId
    prior: str


def chain_of(program: Program, needs: Needs, circle: Sequence[Step]) -> tuple[Chain, list[Step]]:
    """The chain that steps which read one another in circles form, and these in the order of one row. Raises Tangle."""
    columns = frozenset(column for step in circle for column in made_by(step))
    maker = {column: step for step in circle for column in made_by(step)}
    tables = {step.table for step in circle}
    only_rows = len(tables) == 1 and all(isinstance(step, Formula | Split) for step in circle)
    (table, *_) = tables
    direct: dict[int, list[Step]] = {}
    links: set[str] = set()
    for step in circle:
        roots = _roots(program, step)
        if not only_rows or (needs.of_step(step) | needs.of(roots)) & columns:
            raise _tangled(
                circle,
                program,
                f"{WAY_OUT}；能通过「上月」「上一行」读自己的，只有同一张表的公式和拆分",
            )
        readings = [reading for _, root in roots for reading in _readings(program, root, table, columns)]
        if any(reading is None for reading in readings):
            raise _tangled(
                circle,
                program,
                "圈里的列只能读本行的，或写「上月.列」「上一行.列」，不能放进合计等里面，也不能隔几行读",
            )
        direct[id(step)] = [maker[r.column] for r in readings if r is not None and not r.prior]
        links |= {r.prior for r in readings if r is not None and r.prior}
    if len(links) != 1:
        raise _tangled(circle, program, WAY_OUT)
    return Chain(table, links.pop(), columns), _row_order(circle, direct)


def _roots(program: Program, step: Step) -> list[tuple[str, Node]]:
    made = made_by(step)
    vetoes = [(veto.table, veto.when) for veto in program.vetoes if (veto.table, veto.column) in made]
    return [*expressions(step), *vetoes]


def _readings(
    program: Program, node: Node, table: str, columns: frozenset[ColumnId]
) -> Iterator[_Reading | None]:
    """The reads of a circle's columns in an expression of one of its rows; None for one that leads to other rows."""
    if isinstance(node, ELSEWHERE):
        if any(
            (read.table, read.column) in columns for _, read in walk(node, table) if isinstance(read, Read)
        ):
            yield None
        return
    if isinstance(node, Read) and (node.table, node.column) in columns:
        links = [program.tables[table].links[name] for name in node.path[:1]]
        if len(node.path) > 1 or any(link.kind not in PRIOR for link in links):
            yield None
        else:
            yield _Reading((node.table, node.column), "".join(node.path))
    if isinstance(node, Read) and node.opening is not None and len(node.path) > 1:
        if any(
            (read.table, read.column) in columns
            for _, read in walk(node.opening, table)
            if isinstance(read, Read)
        ):
            yield None
        return
    for field in fields(node):
        inner = getattr(node, field.name)
        for item in inner if isinstance(inner, tuple) else (inner,):
            if isinstance(item, Node):
                yield from _readings(program, item, table, columns)


def _tangled(circle: Sequence[Step], program: Program, remedy: str) -> Tangle:
    """The circle in the order in which its steps read one another."""
    below: dict[int, list[Step]] = {}
    for step in circle:
        read = {
            (node.table, node.column)
            for table, root in _roots(program, step)
            for _, node in walk(root, table)
            if isinstance(node, Read)
        }
        needs = Needs(program)
        read |= needs.of_step(step)
        below[id(step)] = [other for other in circle if set(made_by(other)) & read]
    path = [circle[0]]
    while True:
        following = next((other for other in below[id(path[-1])]), path[0])
        if any(following is step for step in path):
            start = next(index for index, step in enumerate(path) if step is following)
            return Tangle(path[start:], remedy)
        path.append(following)


def _row_order(circle: Sequence[Step], direct: dict[int, list[Step]]) -> list[Step]:
    """The steps so that each stands after those whose own row it reads. Raises Tangle for a circle within a row."""
    found: list[Step] = []
    path: list[Step] = []

    def visit(step: Step) -> None:
        if any(step is other for other in found):
            return
        if any(step is other for other in path):
            raise Tangle(path[next(index for index, other in enumerate(path) if other is step) :])
        path.append(step)
        for other in direct[id(step)]:
            visit(other)
        path.pop()
        found.append(step)

    for step in sorted(circle, key=lambda step: step.head.line):
        visit(step)
    return found
