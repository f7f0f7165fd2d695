"""Running the steps of a plan on a block of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from payroll_service.calculation.chain_steps import run_chain
from payroll_service.calculation.outcome import Pools, Withheld
from payroll_service.calculation.scopes import Scope, scope_on
from payroll_service.calculation.share_steps import share
from payroll_service.calculation.sheets import ColumnId, Flaw, Sheet
from payroll_service.calculation.steps import formula, gather, split
from payroll_service.calculation.vectors import Vector, cleaned
from payroll_service.calculation.vetoes import hits, to_funds
from rules.language.program import Chain, Formula, Gather, Share, Split, Step
from rules.language.walking import made_by

Lay = Callable[..., None]  # takes every column as soon as it is made; see Collected.add_column
SIMPLE_STEPS: dict[type, Callable[[Scope, Any], dict[str, Vector]]] = {
    Formula: formula,
    Split: split,
    Gather: gather,
}


@dataclass
class Made:
    """What the steps have made of one block: columns, by `names`, which `lay` has taken; pools, vetoes, and flaws."""

    lay: Lay
    names: list[ColumnId] = field(default_factory=list)
    pools: list[Pools] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)  # see closing.py
    flaws: list[Flaw] = field(default_factory=list)


def run_steps(steps: Sequence[Step], sheet: Sheet, lay: Lay) -> Made:
    """Every step in its order; vetoes take effect before anything reads what they hit."""
    made = Made(lay, flaws=sheet.flaws)
    chained = {column: chain for chain in sheet.program.chains for column in chain.columns}
    for step in steps:
        chain = chained.get(made_by(step)[0])
        if chain is None:
            _run_step(sheet, made, step)
        elif made_by(step)[0] not in sheet.columns:
            _run_chain(sheet, made, chain, [one for one in steps if made_by(one)[0] in chain.columns])
    return made


def _run_chain(sheet: Sheet, made: Made, chain: Chain, steps: list[Any]) -> None:
    """All steps of a chain, row by row along its order."""
    found = run_chain(sheet, chain, steps, SIMPLE_STEPS)
    made.withheld += found.withheld
    for (table, name), v in found.columns.items():
        _keep(sheet, made, table, name, v, ())


def _run_step(sheet: Sheet, made: Made, step: Step) -> None:
    scope = scope_on(sheet, step.table)
    if isinstance(step, Share):
        found = hits(scope, step.name)
        shared = share(scope, step, found)
        made.pools.append(shared.pools)
        made.withheld += shared.withheld
        _keep(sheet, made, step.table, step.name, *to_funds(found, shared.column))
        return
    for name, v in SIMPLE_STEPS[type(step)](scope, step).items():
        _keep(sheet, made, step.table, name, *to_funds(hits(scope, name), v))


def _keep(sheet: Sheet, made: Made, table: str, name: str, v: Vector, taken: tuple[Withheld, ...]) -> None:
    made.withheld += taken
    v = cleaned(v)
    sheet.columns[table, name] = v
    made.names.append((table, name))
    made.lay((table, name), v)
