"""The steps of a rule set by the column: formulas, splits and gatherings. Shares have a file of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from payroll_service.calculation.applicability import Where, applicable, flagged, present
from payroll_service.calculation.arithmetic import choose, conformed, multiply, subtract
from payroll_service.calculation.expressions import recoded, same_codes
from payroll_service.calculation.rounding import round_to
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.sheets import Fault
from payroll_service.calculation.statuses import MISSING, OK, REPORTED, flags, merged, only
from payroll_service.calculation.tracing import filled
from payroll_service.calculation.vectors import ONE, Vector, cleared, spread, yes_no
from rules.language.program import CHOICE, DATE, FEN, NUMBER, Case, Formula, Gather, Part, Split, Type

Columns = dict[str, Vector]

TWO_CASES = Fault("两条例外同时成立", "请核对数据；确有先后的，在规则中写 依次: 是")
NEGATIVE = Fault("拆分出的一份为负数", "请核对各份的比例或数额：每份不小于 0，合起来不能超过要拆的数")
NOT_WHOLE = Fault("拆分出的一份不是整分（名额：不是整数）", "请给这条拆分写上 取整")
LEADS_NOWHERE = Fault("这一行有金额，却没有可以汇集到的行", "请补填这一行的查找项或分组项")


def formula(scope: Scope, step: Formula) -> Columns:
    where = applicable(scope, step.where, step.name)
    v = _by_case(where.scope, step)
    if step.rounding is not None:
        v = round_to(v, step.rounding.step, step.rounding.mode)
    v = where.finished(step.name, _kept(v, step.type))
    if step.otherwise is not None and where.holds is not None:
        v = _elsewhere(scope, step, where, v)
    return {step.name: v}


def _by_case(scope: Scope, step: Formula) -> Vector:
    """The case that holds, else the value: neither is looked at where another is taken."""
    if not step.cases:
        return scope.vector(step.value)
    conditions = [spread(scope.vector(case.when), scope.size) for case in step.cases]
    v = scope.vector(step.value)
    for case, condition in zip(step.cases[::-1], conditions[::-1], strict=True):
        v = _case(scope, case, condition, v)
    if step.ordered or len(conditions) == 1:
        return v
    return _one_case(scope, conditions, v)


def _case(scope: Scope, case: Case, condition: Vector, other: Vector) -> Vector:
    """The case's value where it holds; a missing condition does not hold, an error stays."""
    then, other = same_codes(scope.vector(case.value), other)
    if condition.status is None:
        return choose(condition, then, other)
    missing = condition.status == MISSING
    status = only(condition.status, ~missing)
    return choose(replace(condition, data=condition.data & ~missing, status=status), then, other)


def _one_case(scope: Scope, conditions: list[Vector], v: Vector) -> Vector:
    """Two cases at once are a fault; so is an error in any condition, for all are looked at."""
    holding = filled(scope.size, 0)
    errors: list[np.ndarray | None] = []
    for condition in conditions:
        if condition.status is None:
            holding = holding + condition.data
        else:
            holding = holding + (condition.data & (condition.status == OK))
            errors.append(only(condition.status, condition.status != MISSING))
    twice = yes_no(holding > 1)
    v = v.with_status(merged(*errors, v.status))
    if not twice.data.any():
        return v
    code = scope.sheet.fault(TWO_CASES)
    return v.with_status(merged(*errors, flags(twice.data, code), v.status))


def _kept(v: Vector, kind: Type) -> Vector:
    """As a column keeps it: money in whole fen, other numbers in the column's step, choices in its options."""
    if kind.kind == NUMBER:
        return conformed(cleared(v), FEN if kind.is_fen_money else kind.step)
    if kind.kind == DATE:
        return conformed(v, ONE)
    return recoded(v, kind.options) if kind.kind == CHOICE else v


def _elsewhere(scope: Scope, step: Formula, where: Where, v: Vector) -> Vector:
    """否则: its value, which may be missing, on the rows that the rule does not apply to."""
    assert step.otherwise is not None, "only a rule with 否则 has something elsewhere"
    assert where.holds is not None, "only a rule with 限于 has an elsewhere"
    assert where.status is not None, "rows it does not apply to have a status"
    other = spread(_kept(scope.vector(step.otherwise), step.type), scope.size)
    status = merged(only(where.status, where.status == REPORTED), other.status)
    assert status is not None, "some rows have one"
    outside = other.with_status(only(status, ~where.holds))
    other = scope.sheet.settled(step.table, step.name, outside, needed=False)
    return _kept(choose(yes_no(where.holds), v, other), step.type)


def split(scope: Scope, step: Split) -> Columns:
    """Parts by share or amount, rounded; the one without takes what is left, exactly."""
    whole = scope.full(step.source)
    limit = applicable(scope, step.where, step.parts[0].name)
    where = present(scope, whole.with_status(merged(limit.status, whole.status)))
    rest = where.scope.vector(step.source)
    columns: Columns = {}
    for part in step.parts:
        if part.share is not None:
            value = _part(where.scope, step, part)
            columns[part.name] = where.finished(part.name, value)
            rest = subtract(rest, value.with_status(_reported(value)))
    for part in step.parts:
        if part.share is None:
            value = _not_negative(where.scope, _kept(rest, part.type))
            columns[part.name] = where.finished(part.name, value)
    return columns


def _reported(v: Vector) -> np.ndarray | None:
    """The status of a value whose errors have been reported with itself."""
    return v.status if v.status is None else flags(v.status != OK, REPORTED)


def _part(scope: Scope, step: Split, part: Part) -> Vector:
    assert part.share is not None, "the rest is what is left"
    value = scope.vector(part.share)
    if part.is_ratio:
        value = multiply(scope.vector(step.source), value)
    if step.rounding is not None:
        value = round_to(value, step.rounding.step, step.rounding.mode)
    value = spread(cleared(value), scope.size)
    whole = part.type.step or FEN
    kept = conformed(value, whole)
    if kept.scale != whole:
        ratio = value.scale / whole
        kept = flagged(
            value, value.data * ratio.numerator % ratio.denominator != 0, scope.sheet.fault(NOT_WHOLE)
        )
    return _not_negative(scope, kept)


def _not_negative(scope: Scope, v: Vector) -> Vector:
    return v if v.low >= 0 else flagged(v, v.data < 0, scope.sheet.fault(NEGATIVE))


def gather(scope: Scope, step: Gather) -> Columns:
    """The sum of what leads here, where the condition holds."""
    where = applicable(scope, step.where, step.name)
    source = scope.on(step.source_table).full(step.source)
    grouping = scope.sheet.grouping(step.source_table, step.path)
    assert source.status is None or source.clean, "a column"
    data = source.data
    if grouping.nowhere:
        lost = np.flatnonzero((grouping.rows < 0) & (data != 0))
        scope.sheet.report(step.source_table, step.source.column, lost, LEADS_NOWHERE)
    sums, low, high = grouping.sums(data, min(source.low, 0), max(source.high, 0))
    v = Vector(sums, source.scale, low, high, grouping.statuses(source.status))
    v = _kept(v, step.type)
    if where.scope.rows is not None:
        where = replace(where, scope=where.whole)
    return {step.name: where.finished(step.name, v)}
