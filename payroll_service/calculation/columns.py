"""The column evaluator: a program, a snapshot and a period give an outcome, by whole columns.

Exact to the last fen at every size: integers with static scales, as wide as their bounds ask. The rows are cut into
blocks that fit the cache wherever the rule set allows it; the outcome does not depend on that. `COLUMN_PRIMITIVES`
lists what it can do; a test holds it against the language.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from payroll_service.calculation.aggregates import AGGREGATES
from payroll_service.calculation.block_plans import BlockRunner
from payroll_service.calculation.blocks import Block, cut
from payroll_service.calculation.closing import Violated, accrued, findings_of, listings_of, told_of
from payroll_service.calculation.expressions import EXPRESSIONS, evaluate
from payroll_service.calculation.frames import build_frames, extend_frames
from payroll_service.calculation.gathering import Collected
from payroll_service.calculation.labels import key_texts
from payroll_service.calculation.made_values import values_of
from payroll_service.calculation.missing import what_is_missing
from payroll_service.calculation.outcome import (
    CalculationError,
    Claims,
    Outcome,
    Returned,
    RosterMark,
    RowProblem,
)
from payroll_service.calculation.prepared import prepared
from payroll_service.calculation.rounding import ROUNDINGS
from payroll_service.calculation.running import SIMPLE_STEPS, Lay, Made, run_steps
from payroll_service.calculation.share_steps import share
from payroll_service.calculation.sheets import MISSING_VALUE, Flaw, Ground, Sheet
from payroll_service.snapshot.tables import Snapshot
from rules.language.period import Period
from rules.language.plan import Plan, plan
from rules.language.program import Program, Share

MOST_PROBLEMS = 300  # named one by one; of the others only the number is told
COLUMN_PRIMITIVES: dict[type | str, Callable[..., Any]] = dict(
    [*EXPRESSIONS.items(), *SIMPLE_STEPS.items(), (Share, share), *AGGREGATES.items(), *ROUNDINGS.items()]
)


def calculate(program: Program, snapshot: Snapshot, period: Period, threads: int = 1) -> Outcome:
    """Everything a run of this period calculates. Same inputs, same outcome, on any number of threads.

    Raises CalculationError naming every row (at most some hundreds) that cannot be calculated.
    """
    ready = prepared(program)
    due = plan(program, period.kind)
    frames = build_frames(program, snapshot, period, ready.standing)
    ground = Ground(ready, frames, period, ready.standing.known(snapshot))
    stages = [
        _run_stage(ground, snapshot, number, threads) for number in range(len(ready.stages(period.kind)))
    ]
    columns = {name: computed for stage in stages for name, computed in stage.columns().items()}
    ground.made.update(columns)
    told = _told(ground, due)
    sheet = Sheet(ground, Block(), evaluate)
    outcome = Outcome(
        period=period,
        frames=ground.frames,
        columns=columns,
        pools=tuple(pools for stage in stages for pools in stage.pools()),
        withheld=tuple(withheld for stage in stages for withheld in stage.withheld()),
        returned=tuple(one for one in told if isinstance(one, Returned)),
        accruals=accrued(sheet, due),
        wording=partial(findings_of, sheet, [one for one in told if isinstance(one, Violated)]),
        listings=listings_of(sheet, due),
        roster=tuple(one for one in told if isinstance(one, RosterMark)),
        claims=tuple(one for one in told if isinstance(one, Claims)),
    )
    _refuse(ground, sheet.flaws)
    return outcome


def _told(ground: Ground, due: Plan) -> list[Any]:
    """What is told when all steps have run."""

    def tell(sheet: Sheet, lay: Lay) -> Made:
        return Made(lay, told=list(told_of(sheet, due)), flaws=sheet.flaws)

    made = BlockRunner(ground, "told", tell).run(Block(), lambda *_: None)
    _refuse(ground, made.flaws)
    return made.told


def _run_stage(ground: Ground, snapshot: Snapshot, number: int, threads: int) -> Collected:
    """One stage of the plan; then the rows and links that its columns decide, for the next."""
    stage = _run_blocks(ground, number, threads)
    _refuse(ground, stage.flaws())
    if ground.ready.is_staged:
        program = ground.program
        for name, computed in stage.columns().items():
            ground.made[name] = computed
            ground.deciding[name] = partial(values_of, computed, program.types[name])
        extend_frames(program, snapshot, ground.period, ground.frames, ground.deciding, ground.ready.standing)
    return stage


def _run_blocks(ground: Ground, number: int, threads: int) -> Collected:
    collected = Collected(ground.frames)
    kind = ground.period.kind
    steps = ground.ready.stages(kind)[number]
    blocks = cut(ground.program, ground.frames, ground.ready.paths(kind, number), ground.path)

    runner = BlockRunner(ground, (number, frozenset(blocks[0].rows)), partial(run_steps, steps))

    def run(block: Block) -> None:
        collected.add(block, runner.run(block, partial(collected.add_column, block)))

    if threads == 1 or len(blocks) == 1:
        for block in blocks:
            run(block)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, blocks))
    return collected


def _refuse(ground: Ground, flaws: list[Flaw]) -> None:
    if flaws:
        raise CalculationError(_problems(ground, flaws))


def _problems(ground: Ground, flaws: list[Flaw]) -> list[RowProblem]:
    named = [_problem(ground, flaw) for flaw in flaws[:MOST_PROBLEMS]]
    more = len(flaws) - len(named)
    if more:
        message = f"另有 {more} 处同样不能计算，未逐一列出"
        named.append(RowProblem("", (), "", message, "请先改正已列出的各行，再算一次"))
    return named


def _problem(ground: Ground, flaw: Flaw) -> RowProblem:
    """A flaw by the key of its row; a missing value is said to be missing where it should have been."""
    lack = None
    if flaw.fault == MISSING_VALUE:
        lack = what_is_missing(
            ground.program, ground.frames, ground.period, flaw.table, flaw.column, flaw.row
        )
    told = lack or flaw.fault
    key = key_texts(ground.program, ground.frames, flaw.table, flaw.row)
    return RowProblem(flaw.table, key, flaw.column, told.message, told.remedy, lack)
