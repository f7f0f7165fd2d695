"""The order of calculation: who is read comes first; otherwise as written. Circles run through the row before, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
        if len(circle) == 1 and all(other is not circle[0] for other in below[id(circle[0])]):
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
    """Steps that read one another in circles, together; each after all it reads, otherwise as written (Tarjan).

    Without a call inside a call: rules may read one another in a line of any length.
    """
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    open_steps: list[Step] = []  # not yet put into a circle
    found: list[list[Step]] = []
    done: set[int] = set()
    for first in steps:
        path: list[tuple[Step, Iterator[Step]]] = []
        following: Step | None = first if id(first) not in number else None
        while path or following is not None:
            if following is not None:
                number[id(following)] = low[id(following)] = len(number)
                open_steps.append(following)
                path.append((following, iter(below[id(following)])))
            step, others = path[-1]
            following = next((other for other in others if _lowers(step, other, number, low, done)), None)
            if following is not None:
                continue
            path.pop()
            if path:
                above = id(path[-1][0])
                low[above] = min(low[above], low[id(step)])
            if low[id(step)] == number[id(step)]:
                circle: list[Step] = []
                while not circle or circle[-1] is not step:
                    circle.append(open_steps.pop())
                done.update(map(id, circle))
                found.append(circle[::-1])
    return found


def _lowers(step: Step, other: Step, number: dict[int, int], low: dict[int, int], done: set[int]) -> bool:
    """Whether `other` is still to be visited; if it is at work, the step belongs to its circle."""
    if id(other) not in number:
        return True
    if id(other) not in done:
        low[id(step)] = min(low[id(step)], number[id(other)])
    return False
