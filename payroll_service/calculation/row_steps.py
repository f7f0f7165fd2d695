"""The steps of a program on one row: formulas with their exceptions, splits, gatherings, shares of a pool."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from payroll_service.calculation.exact import added, is_multiple, rounded
from payroll_service.calculation.outcome import RowProblem
from payroll_service.calculation.row_expressions import RowFault, number
from rules.language.program import FEN, Case, Formula, Gather, Split
from rules.language.render import Value, value_text

if TYPE_CHECKING:
    from payroll_service.calculation.rows import RowEvaluator


def formula(rows: RowEvaluator, step: Formula, name: str, row: int) -> Value:
    if not rows.holds(step.where, step.table, row):
        return None if step.otherwise is None else rows.evaluate(step.otherwise, step.table, row)
    case = case_that_holds(rows, step, row)
    value = rows.evaluate(step.value if case is None else case.value, step.table, row)
    if value is None:
        raise RowFault(
            "算不出：公式中有空缺的数据", "请补齐本行所用的数据，或在规则中用 否则 写明空缺时的取值"
        )
    if step.rounding is None:
        return value
    exact = number(value)
    assert exact is not None, "missing values have been refused above"
    return rounded(exact, step.rounding.step, step.rounding.mode)


def case_that_holds(rows: RowEvaluator, step: Formula, row: int) -> Case | None:
    """The one exception that holds on a row; of ordered ones the first."""
    if step.ordered:
        return next((case for case in step.cases if rows.holds(case.when, step.table, row)), None)
    holding = [case for case in step.cases if rows.holds(case.when, step.table, row)]
    if len(holding) > 1:
        clauses = "、".join(str(basis) for case in holding for basis in case.basis)
        raise RowFault(f"{len(holding)} 个例外同时成立（{clauses}）", "请核对数据，或在规则中写明 依次: 是")
    return holding[0] if holding else None


def split(rows: RowEvaluator, step: Split, name: str, row: int) -> Value:
    """One part of the split; the whole row must split soundly."""
    return split_parts(rows, step, row).get(name)


def split_parts(rows: RowEvaluator, step: Split, row: int) -> dict[str, Fraction]:
    """All parts of a row's money; none where there is none, or where the split does not apply."""
    if not rows.holds(step.where, step.table, row):
        return {}
    source = number(rows.evaluate(step.source, step.table, row))
    if source is None:
        return {}
    parts: dict[str, Fraction] = {}
    rest_of = ""
    for part in step.parts:
        if part.share is None:
            rest_of = part.name
            continue
        share = number(rows.evaluate(part.share, step.table, row))
        if share is None:
            raise RowFault("算不出：公式中有空缺的数据", "请补齐本行所用的数据", part.name)
        exact = share * source if part.is_ratio else share
        unit = part.type.step or FEN
        value = rounded(exact, step.rounding.step, step.rounding.mode) if step.rounding else exact
        if value < 0 or not is_multiple(value, unit):
            wrong = "为负" if value < 0 else "不是整分" if unit == FEN else "不是整数"
            raise RowFault(
                f"「{part.name}」{wrong}：{value_text(value, part.type)}", "请核对拆分所用的数据和取整"
            )
        parts[part.name] = value
    rest = source - sum(parts.values())
    if rest < 0:
        told = f"各份之和超过 {value_text(source, step.source.type)}，其余为负"
        raise RowFault(told, "请核对拆分所用的数据", rest_of)
    return parts | {rest_of: rest}


def gather(rows: RowEvaluator, step: Gather, name: str, row: int) -> Value:
    if not rows.holds(step.where, step.table, row):
        return None
    return added(gathered(rows, step, row).values())


def gathered(rows: RowEvaluator, step: Gather, row: int) -> dict[int, Fraction]:
    """What each row below has to give; rows without any left out. Looked at once: an explanation asks again."""
    place = (step.table, step.name, row)
    if place not in rows.gathered:
        members = rows.members(step.source_table, step.path, row)
        rows.foresee(step.source_table, members, step.source)
        values = {member: number(rows.evaluate(step.source, step.source_table, member)) for member in members}
        rows.gathered[place] = {member: value for member, value in values.items() if value is not None}
    return rows.gathered[place]


def stranded(rows: RowEvaluator, step: Gather) -> list[RowProblem]:
    """Rows whose money would vanish, because their path leads nowhere."""
    found: list[RowProblem] = []
    for row in range(rows.frames[step.source_table].size):
        if rows.follow(step.source_table, step.path, row) < 0 and rows.evaluate(
            step.source, step.source_table, row
        ):
            fault = RowFault(f"「{step.source.column}」无处可汇集到「{step.name}」", "请补齐用来查找的数据")
            found.append(rows.problem(fault, step.source_table, step.source.column, row))
    return found
