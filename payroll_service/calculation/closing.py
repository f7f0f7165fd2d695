"""What is told when all steps have run: returns, accruals, the roster, findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from payroll_service.calculation.findings import findings, list_rows, violations
from payroll_service.calculation.outcome import Accrual, Claims, Finding, Listing, Returned, RosterMark
from payroll_service.calculation.scopes import scope_on
from payroll_service.calculation.sheets import ColumnId, Sheet
from payroll_service.calculation.statuses import MISSING, OK, flags, kept, merged
from payroll_service.calculation.vectors import cleared, fits, wide
from payroll_service.calculation.vetoes import fen_of, hits
from rules.language.late import HARMLESS
from rules.language.plan import Plan, emptied_by
from rules.language.program import Check, Gather, Payment, Return, Share, Split, Step
from rules.language.render import render


@dataclass(frozen=True)
class Violated:
    """A check and the rows (bool by row) where it applies and does not hold."""

    check: Check
    rows: np.ndarray


def told_of(sheet: Sheet, due: Plan) -> list[Returned | RosterMark | Violated | Claims]:
    """What is told of whole columns: returns, where checks do not hold, marks of the roster, claims."""
    checks = [Violated(check, violations(scope_on(sheet, check.table), check)) for check in due.checks]
    return [*returned_by(sheet, due), *checks, *marks_of(sheet, due), *claims_of(sheet, due)]


def claims_of(sheet: Sheet, due: Plan) -> Iterator[Claims]:
    """Of the shares paid in this run that hold colleagues harmless."""
    paid = {emptied_by(payment) for payment in due.payments}
    for step in due.steps:
        if isinstance(step, Share) and step.late.startswith(HARMLESS) and (step.table, step.name) in paid:
            scope = scope_on(sheet, step.table)
            weight = cleared(scope.full(step.weight))
            data = weight.data if weight.status is None else kept(weight.data, weight.status == OK)
            for hit in hits(scope, step.name):
                data = kept(data, ~hit.rows)
            yield Claims(step.table, step.name, data, weight.scale)


def findings_of(sheet: Sheet, violated: Iterable[Violated]) -> tuple[Finding, ...]:
    """Of the checks, row by row; and of the schemes that have no row."""
    found = [
        told
        for one in violated
        if one.rows.any()
        for told in findings(scope_on(sheet, one.check.table), one.check, np.flatnonzero(one.rows))
    ]
    return (*found, *_schemes_without_rows(sheet))


def _schemes_without_rows(sheet: Sheet) -> Iterator[Finding]:
    for scheme in sheet.program.schemes:
        holds, _ = scope_on(sheet, scheme.table).true(scheme.condition)
        if not holds.any():
            told = f"「{scheme.table}」表里没有一行符合 {render(scheme.condition)}，这份方案没有起作用，请核对范围和数据"
            yield Finding(f"方案「{scheme.name}」的范围", "提示", scheme.table, (), told, "")


def listings_of(sheet: Sheet, due: Plan) -> tuple[Listing, ...]:
    return tuple(list_rows(scope_on(sheet, check.table), check) for check in due.checks if check.listed)


def marks_of(sheet: Sheet, due: Plan) -> tuple[RosterMark, ...]:
    marks: list[RosterMark] = []
    for rule in due.roster:
        assert sheet.program.roster is not None, "only a roster has rules"
        scope = scope_on(sheet, sheet.program.roster.table)
        holds, v = scope.true(rule.condition)
        sheet.settled(scope.table, rule.name, v, needed=False)
        marks.append(RosterMark(rule.name, rule.kind, holds))
    return tuple(marks)


def returned_by(sheet: Sheet, due: Plan) -> tuple[Returned, ...]:
    found: list[Returned] = []
    for back in due.returns:
        v = scope_on(sheet, back.table).full(back.source)
        amount = fen_of(v) if v.status is None else kept(fen_of(v), v.status == OK)
        found.append(Returned(back.table, back.source.column, back.fund, amount))
    return tuple(found)


def accrued(sheet: Sheet, due: Plan) -> tuple[Accrual, ...]:
    """What is in each pocket that a longer run will empty, less what this run's plan takes out of it."""
    found: list[Accrual] = []
    for pocket, when in due.accruals:
        left = _total(sheet, pocket)
        for thing in (*due.steps, *due.returns, *due.payments):
            if emptied_by(thing) == pocket:
                left -= _taken(sheet, thing, pocket)
        if left:
            found.append(Accrual(*pocket, when, left))
    return tuple(found)


def _taken(sheet: Sheet, thing: Step | Return | Payment, pocket: ColumnId) -> int:
    """What one step, return or payment takes out of a pocket, in fen."""
    if isinstance(thing, Gather):
        return _total(sheet, (thing.table, thing.name))
    where = thing.where if isinstance(thing, Split) else None
    if isinstance(thing, Share):
        where = thing.pool_where
    holds = scope_on(sheet, pocket[0]).holds(where)
    return _total(sheet, pocket, None if holds is None else holds[0])


def _total(sheet: Sheet, name: ColumnId, rows: np.ndarray | None = None) -> int:
    """The sum of a money column in fen, over the rows marked (None: all)."""
    v = sheet.column(*name)
    if rows is not None:
        v = v.with_status(merged(flags(~rows, MISSING), v.status))
    data = fen_of(v) if v.status is None else kept(fen_of(v), v.status == OK)
    return int((data if fits(v.low * len(data), v.high * len(data)) else wide(data)).sum())
