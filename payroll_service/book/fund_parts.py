"""One line, several funds: parts half up to the fen, the rest exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from payroll_service.book.money import fen_text, part_half_up
from payroll_service.calculation.outcome import CalculationError, RowProblem
from rules.language.program import Payment


def split_by_fund(
    payments: Sequence[Payment], funds: tuple[str, ...], item: np.ndarray, fen: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(line, fund, fen): every line in as many parts as its item has funds, in the order of `funds`.

    `item` and `fen` by line. The parts of a line add up to the line. Raises CalculationError where the rounded parts
    are more than the line, so that 其余 would be negative.
    """
    lines, codes, parts = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for number, payment in enumerate(payments):
        mine = np.flatnonzero(item == number)
        for fund, part in _parts(payment, fen[mine]).items():
            lines.append(mine)
            codes.append(np.full(len(mine), funds.index(fund)))
            parts.append(part)
    line, code, part = np.concatenate(lines), np.concatenate(codes), np.concatenate(parts)
    order = np.lexsort((code, line))
    return line[order], code[order], part[order]


def _parts(payment: Payment, fen: np.ndarray) -> dict[str, np.ndarray]:
    shares = {fund: share for fund, share in payment.funds if share is not None}
    parts = {fund: part_half_up(fen, share.numerator, share.denominator) for fund, share in shares.items()}
    rest = next(fund for fund, share in payment.funds if share is None)
    left = fen - sum(parts.values(), start=np.zeros(len(fen), np.int64))
    wrong = np.flatnonzero((left < 0) & (fen >= 0) | (left > 0) & (fen <= 0))
    if len(wrong):
        raise CalculationError([_exceeded(payment, int(fen[wrong[0]]), len(wrong))])
    return {**parts, rest: left}


def _exceeded(payment: Payment, fen: int, count: int) -> RowProblem:
    message = (
        f"“{payment.name}”有 {count} 笔（如 {fen_text(fen)} 元）按各资金的比例取整后超过本笔金额，其余为负"
    )
    return RowProblem(
        payment.table, (), payment.column.column, message, "调整该项目的资金比例，或减少分担的资金"
    )
