"""Do both evaluators say the same? Every column, pool, return, veto, accrual, finding and roster mark, fen by fen."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.labels import key_texts
from payroll_service.calculation.outcome import CalculationError, Computed, Outcome, Pools
from payroll_service.calculation.row_shares import SharedPool
from payroll_service.calculation.second_opinion import SecondOpinion, second_opinion
from payroll_service.snapshot.sealing import seal
from payroll_service.snapshot.tables import RawTable, Snapshot
from rules.language.period import Period
from rules.language.program import BOOL, CHOICE, FEN, NUMBER, PERIOD, Program, Type


def sealed(program: Program, rows: dict[str, list[dict]]) -> Snapshot:
    """A snapshot of rows as they would stand in a workbook; tables left out are empty."""
    raw = []
    for table in program.input_tables():
        given = rows.get(table.name, [])
        columns: dict = {name: [row.get(name) for row in given] for name in table.columns}
        raw.append(RawTable(table.name, table.name, columns, range(2, 2 + len(given))))
    return seal(program, raw, strict_ids=False)


def disagreements(program: Program, snapshot: Snapshot, period: Period) -> list[str]:
    """What the two evaluators say differently; nothing if both agree on every number, or refuse the same rows.

    The columns may name more: the rows stop at the first rule that fails.
    """
    columns, rows = (_answer(act, program, snapshot, period) for act in (calculate, second_opinion))
    if isinstance(columns, CalculationError) or isinstance(rows, CalculationError):
        refused = [_refused(answer) for answer in (columns, rows)]
        agree = bool(refused[1]) and refused[1] <= refused[0]
        return [] if agree else [f"columns refuse {refused[0]}, rows refuse {refused[1]}"]
    return list(differences(program, columns, rows))


def _refused(answer: object) -> set[tuple]:
    """Table, key and column of every value that cannot be calculated."""
    problems = answer.problems if isinstance(answer, CalculationError) else []
    return {(problem.table, problem.key, problem.column) for problem in problems}


def _answer(act, program, snapshot, period):
    try:
        return act(program, snapshot, period)
    except CalculationError as error:
        return error


def differences(program: Program, outcome: Outcome, opinion: SecondOpinion) -> Iterator[str]:
    """Every number that is not the same in both."""
    yield from _unequal("columns", set(outcome.columns), set(opinion.columns))
    for column in sorted(set(outcome.columns) & set(opinion.columns)):
        computed = outcome.columns[column]
        values = [_value(program, computed, program.types[column], row) for row in range(len(computed.data))]
        yield from _unequal(f"{column}", values, opinion.columns[column])
    yield from _unequal("pools", {(p.table, p.column) for p in outcome.pools}, set(opinion.pools))
    for pools in outcome.pools:
        for row, pool in enumerate(opinion.pools[pools.table, pools.column]):
            yield from _unequal(f"pool {pools.column} {row}", _pool_facts(pools, row), _shared_facts(pool))
    returned = {(r.table, r.column, r.fund): _yuan(r.amount) for r in outcome.returned}
    yield from _unequal("returned", returned, opinion.returned)
    withheld = {(w.veto, w.table, w.column): _yuan(w.amount) for w in outcome.withheld}
    yield from _unequal("withheld", withheld, opinion.withheld)
    accruals = {(a.table, a.column): a.amount * FEN for a in outcome.accruals}
    yield from _unequal(
        "accruals", accruals, {column: left for column, left in opinion.accruals.items() if left}
    )
    checks = {check.name: check.table for check in program.checks}
    failures = {
        (name, key_texts(program, outcome.frames, checks[name], row))
        for name, rows in opinion.failures.items()
        for row in rows
    }
    found = {
        (f.check, f.key) for f in outcome.findings if f.check in checks
    }  # a scheme without rows is no check
    yield from _unequal("findings", found, failures)
    marks = {mark.rule: [row for row, holds in enumerate(mark.rows) if holds] for mark in outcome.roster}
    yield from _unequal("roster", marks, opinion.roster)


def _unequal(what: str, columns: object, rows: object) -> Iterator[str]:
    if columns != rows:
        yield f"{what}: columns say {columns}, rows say {rows}"


def _value(program: Program, computed: Computed, kind: Type, row: int):
    if computed.missing is not None and computed.missing[row]:
        return None
    data = int(computed.data[row])
    if kind.kind == NUMBER:
        return data * computed.step
    if kind.kind == CHOICE:
        return kind.options[data]
    if kind.kind == PERIOD:
        return program.calendar.parse(computed.words[data])
    if computed.words:
        return computed.words[data]
    return bool(data) if kind.kind == BOOL else data


def _pool_facts(pools: Pools, row: int) -> tuple:
    return (
        int(pools.amount[row]) * FEN,
        int(pools.shared[row]) * FEN,
        int(pools.returned[row]) * FEN,
        int(pools.members[row]),
        int(pools.weight[row]) * pools.weight_step,
    )


def _shared_facts(pool: SharedPool) -> tuple:
    return (
        pool.amount,
        sum(pool.amounts.values(), Fraction(0)),
        pool.returned,
        len(pool.weights),
        sum(pool.weights.values(), Fraction(0)),
    )


def _yuan(fen) -> list[Fraction]:
    return [int(amount) * FEN for amount in fen]
