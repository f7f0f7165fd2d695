"""The steps of a program on one row: formulas with their exceptions, splits, gatherings, shares of a pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from payroll_service.calculation.exact import is_multiple, largest_remainder, rounded
from payroll_service.calculation.outcome import CalculationError, RowProblem
from payroll_service.calculation.row_expressions import RowFault, number
from rules.language.period import Period
from rules.language.program import CHOICE, FEN, Case, Formula, Gather, Share, Split, Tie
from rules.language.render import Value, value_text
from rules.language.units import NO_UNIT

if TYPE_CHECKING:
    from payroll_service.calculation.rows import RowEvaluator


@dataclass(frozen=True)
class SharedPool:
    """One pool handed out, in 元. `weights` by member; `line`: members in the order in which the last fen go round."""

    amount: Fraction
    weights: dict[int, Fraction]
    amounts: dict[int, Fraction]
    line: tuple[int, ...]
    returned: Fraction = Fraction(0)
    equally: bool = False

    @property
    def counted(self) -> dict[int, Fraction]:
        """The weights that counted: those of the line; one each where the pool was shared equally."""
        return {row: Fraction(1) if self.equally else self.weights[row] for row in self.line}

    def due(self, row: int) -> Fraction:
        """The exact share of a member before it is cut to whole fen."""
        counted = self.counted
        return self.amount * counted[row] / sum(counted.values()) if row in counted else Fraction(0)


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
    """All parts of a row's money; none where there is none."""
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
            raise RowFault(f"算不出「{part.name}」：公式中有空缺的数据", "请补齐本行所用的数据")
        exact = share * source if part.share.type.unit == NO_UNIT else share
        unit = part.type.step or FEN
        value = rounded(exact, step.rounding.step, step.rounding.mode) if step.rounding else exact
        if value < 0 or not is_multiple(value, unit):
            wrong = "为负" if value < 0 else "不是整分"
            raise RowFault(
                f"「{part.name}」{wrong}：{value_text(value, part.type)}", "请核对拆分所用的数据和取整"
            )
        parts[part.name] = value
    rest = source - sum(parts.values())
    if rest < 0:
        raise RowFault(
            f"各份之和超过 {value_text(source, step.source.type)}，其余「{rest_of}」为负",
            "请核对拆分所用的数据",
        )
    return parts | {rest_of: rest}


def gather(rows: RowEvaluator, step: Gather, name: str, row: int) -> Value:
    if not rows.holds(step.where, step.table, row):
        return None
    return sum((value for _, value in gathered(rows, step, row)), Fraction(0))


def gathered(rows: RowEvaluator, step: Gather, row: int) -> list[tuple[int, Fraction]]:
    """What each row below has to give; rows without any left out."""
    members = rows.members(step.source_table, step.path, row)
    values = [(member, number(rows.evaluate(step.source, step.source_table, member))) for member in members]
    return [(member, value) for member, value in values if value is not None]


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


def share(rows: RowEvaluator, step: Share, name: str, row: int) -> Value:
    pool_row = rows.follow(step.table, step.path, row)
    if pool_row < 0:
        return None
    return rows.shared_pool(step, pool_row).amounts.get(row)


def hand_out(rows: RowEvaluator, step: Share, pool_row: int) -> SharedPool:
    """Share the pool of one row of its table; without members if there is no pool."""
    amount = number(rows.evaluate(step.pool, step.pool_table, pool_row))
    if amount is None:
        return SharedPool(Fraction(0), {}, {}, ())
    if amount < 0:
        raise RowFault(f"要分配的「{step.pool.column}」为负", "请核对汇集到这里的金额")
    below = rows.members(step.table, step.path, pool_row)
    members = [row for row in below if rows.holds(step.where, step.table, row)]
    vetoed = {row for row in members if rows.barred(step, row)}
    weights = _weights(rows, step, members, vetoed)
    equally = not any(weights.values())
    if equally and step.fallback is not None:
        nothing = dict.fromkeys(members, Fraction(0))
        return SharedPool(amount, weights, nothing, (), returned=amount)
    served = (
        [row for row in members if row not in vetoed] if equally else [row for row in members if weights[row]]
    )
    if not served:
        if amount:
            raise RowFault(
                f"「{step.pool.column}」{value_text(amount, step.pool.type)}没有可以分配的对象", "请核对数据"
            )
        return SharedPool(amount, weights, dict.fromkeys(members, Fraction(0)), ())
    counted = {row: Fraction(1) if equally else weights[row] for row in served}
    fen, line = largest_remainder(int(amount / FEN), counted, _in_line(rows, step, served))
    return SharedPool(
        amount, weights, {row: fen.get(row, 0) * FEN for row in members}, tuple(line), equally=equally
    )


def _weights(
    rows: RowEvaluator, step: Share, members: Sequence[int], vetoed: set[int]
) -> dict[int, Fraction]:
    """The weight of every member; every row whose weight is wrong is named."""
    weights: dict[int, Fraction] = {}
    problems: list[RowProblem] = []
    for row in members:
        try:
            weights[row] = Fraction(0) if row in vetoed else _weight(rows, step, row)
        except RowFault as fault:
            problems.append(rows.problem(fault, step.table, step.name, row))
    if problems:
        raise CalculationError(problems)
    return weights


def _weight(rows: RowEvaluator, step: Share, row: int) -> Fraction:
    weight = number(rows.evaluate(step.weight, step.table, row))
    if weight is None:
        raise RowFault("没有分配的权重：有空缺的数据", "请补齐计算权重所用的数据")
    if weight < 0:
        raise RowFault(f"权重为负：{value_text(weight, step.weight.type)}", "请核对计算权重所用的数据")
    return weight


def _in_line(rows: RowEvaluator, step: Share, served: list[int]) -> list[int]:
    """The order in which equal remainders are served: ties from the first, then the key. Missing values come last."""
    line = sorted(served)
    for tie in reversed(step.ties):
        values = {row: rows.evaluate(tie.node, step.table, row) for row in line}
        known = [row for row in line if values[row] is not None]
        known.sort(key=lambda row: _rank(tie, values[row]), reverse=tie.descending)
        line = known + [row for row in line if values[row] is None]
    return line


def _rank(tie: Tie, value: Value) -> Any:
    """What orders a tie's values: choices as declared, periods by their first month, others by value."""
    if isinstance(value, Period):
        return value.start
    return tie.node.type.options.index(str(value)) if tie.node.type.kind == CHOICE else value
