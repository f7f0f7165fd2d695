"""The order of calculation: who is read comes first; otherwise as written. Circles run through the row before, or not at all."""

from __future__ import annotations

from collections.abc import Iterable

from rules.language.chains import Tangle, chain_of
from rules.language.declarations import Declarations
from rules.language.mistakes import Place, RuleProblem
from rules.language.needs import Needs
from rules.language.plan import ColumnId, behind, made_by, read_by_step
from rules.language.program import Chain, Program, Step


def in_order(program: Program, declared: Declarations) -> tuple[tuple[Step, ...], tuple[Chain, ...]]:
    """The steps so that each stands after all it reads, its vetoes' conditions included; and the chains among them.

    A circle that is no chain is a problem.
    """
    needs = Needs(program)
    maker: dict[ColumnId, Step] = {column: step for step in program.steps for column in made_by(step)}
    below: dict[int, list[Step]] = {}
    for step in program.steps:
        read = sorted(read_by_step(needs, step, behind(program, step)))
        below[id(step)] = [maker[column] for column in read if column in maker]
    found: list[Step] = []
    chains: list[Chain] = []
    for circle in _components(program.steps, below):
        if len(circle) == 1 and circle[0] not in below[id(circle[0])]:
            found += circle
            continue
        try:
            chain, steps = chain_of(program, needs, circle)
        except Tangle as tangle:
            head = tangle.steps[0].head
            told = " → ".join(".".join(made_by(step)[0]) for step in (*tangle.steps, tangle.steps[0]))
            message = f"规则互相引用，成了一个圈：{told}"
            declared.problems.append(
                RuleProblem(Place(head.file or declared.file, head.line, 1), message, tangle.remedy)
            )
            continue
        chains.append(chain)
        found += steps
    return tuple(found), tuple(chains)


def _components(steps: Iterable[Step], below: dict[int, list[Step]]) -> list[list[Step]]:
    """Steps that read one another in circles, together; each after all it reads, otherwise as written (Tarjan)."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[Step] = []
    done: set[int] = set()
    found: list[list[Step]] = []

    def visit(step: Step) -> None:
        number[id(step)] = low[id(step)] = len(number)
        stack.append(step)
        for other in below[id(step)]:
            if id(other) not in number:
                visit(other)
            if id(other) not in done:
                low[id(step)] = min(low[id(step)], low[id(other)])
        if low[id(step)] == number[id(step)]:
            start = next(index for index, other in enumerate(stack) if other is step)
            found.append(stack[start:])
            done.update(map(id, stack[start:]))
            del stack[start:]

    for step in steps:
        if id(step) not in number:
            visit(step)
    return found
