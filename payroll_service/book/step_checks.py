"""Every split, gathering and share keeps its money: the parts add up to what they came from, row by row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from payroll_service.book.amounts import before_vetoes, path_rows, read_amounts
from payroll_service.book.checks import BalanceCheck, none_of, same_by_row
from payroll_service.book.money import totals_by
from payroll_service.calculation.outcome import Outcome
from rules.language.plan import plan
from rules.language.program import Gather, Program, Share, Split


def check_steps(program: Program, outcome: Outcome) -> Iterator[BalanceCheck]:
    """The laws of all steps that the run evaluated, in order of calculation."""
    for step in plan(program, outcome.period.kind).steps:
        if isinstance(step, Split):
            yield _split(program, outcome, step)
        elif isinstance(step, Gather):
            yield _gather(program, outcome, step)
        elif isinstance(step, Share):
            yield from _share(program, outcome, step)


def _split(program: Program, outcome: Outcome, step: Split) -> BalanceCheck:
    source = read_amounts(program, outcome, step.table, step.source)
    parts = [before_vetoes(program, outcome, step.table, part.name) for part in step.parts]
    made = np.sum([part.fen for part in parts], axis=0)
    split = [source.there] if step.where is None else []  # one in part leaves the other rows to others
    where = np.logical_or.reduce([*split, *(part.there for part in parts)])
    return same_by_row(f"拆分：{step.table}.{step.source.column} 等于各份之和", source.fen, made, where)


def _gather(program: Program, outcome: Outcome, step: Gather) -> BalanceCheck:
    column = before_vetoes(program, outcome, step.table, step.name)
    source = read_amounts(program, outcome, step.source_table, step.source)
    above = path_rows(program, outcome, step.source_table, step.path)
    rows = np.flatnonzero(source.there & (above >= 0))
    gathered = totals_by(above[rows], source.fen[rows], len(column.fen))
    return same_by_row(f"汇集：{step.table}.{step.name} 等于所汇各行之和", gathered, column.fen, column.there)


def _share(program: Program, outcome: Outcome, step: Share) -> Iterator[BalanceCheck]:
    title = f"分配：{step.table}.{step.name}"
    pools = next((one for one in outcome.pools if (one.table, one.column) == (step.table, step.name)), None)
    if pools is None:
        yield none_of(f"{title} 有池的记录", "个", 1, "", "计算结果里没有这项分配的池")
        return
    every = np.ones(len(pools.amount), bool)
    pool = read_amounts(program, outcome, step.pool_table, step.pool)
    shares = before_vetoes(program, outcome, step.table, step.name)
    above = path_rows(program, outcome, step.table, step.path)
    rows = np.flatnonzero(shares.there & (above >= 0))
    given = totals_by(above[rows], shares.fen[rows], len(pools.amount))
    mine = every if step.pool_where is None else pools.theirs | (pools.amount != 0)
    yield same_by_row(f"{title} 的池等于 {step.pool.column}", pool.fen, pools.amount, mine)
    yield same_by_row(f"{title} 的池等于分出与退回之和", pools.amount, pools.shared + pools.returned, every)
    yield same_by_row(f"{title} 的分出等于各行之和", pools.shared, given, every)
