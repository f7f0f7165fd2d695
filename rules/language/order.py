"""The order of calculation: who is read comes first; otherwise as written."""

from __future__ import annotations

from rules.language.declarations import Declarations
from rules.language.mistakes import Place, RuleProblem
from rules.language.needs import Needs
from rules.language.plan import ColumnId, behind, made_by, read_by_step
from rules.language.program import Program, Step


def in_order(program: Program, declared: Declarations) -> tuple[Step, ...]:
    """The steps so that each stands after all it reads, its vetoes' conditions included. A circle is a problem."""
    maker: dict[ColumnId, Step] = {column: step for step in program.steps for column in made_by(step)}
    needs = Needs(program)
    done: dict[int, Step] = {}
    path: list[Step] = []

    def visit(step: Step) -> None:
        if id(step) in done:
            return
        if any(step is other for other in path):
            circle = [*path[next(i for i, other in enumerate(path) if other is step) :], step]
            told = " → ".join(".".join(made_by(each)[0]) for each in circle)
            place = Place(declared.file, step.head.line, 1)
            declared.problems.append(
                RuleProblem(place, f"规则互相引用，成了一个圈：{told}", "请去掉其中一处引用")
            )
            return
        path.append(step)
        for column in sorted(read_by_step(needs, step, behind(program, step))):
            if column in maker:
                visit(maker[column])
        path.pop()
        done[id(step)] = step

    for step in program.steps:
        visit(step)
    return tuple(done.values())
