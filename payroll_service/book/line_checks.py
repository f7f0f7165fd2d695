"""The lines say what was calculated: by item, unit and fund they add up to the paid columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from payroll_service.book.checks import BalanceCheck, none_of, same_by_key
from payroll_service.book.money import total, totals_by
from payroll_service.book.names import row_keys
from payroll_service.book.paid_rows import PaidRows, paid_rows
from payroll_service.book.payouts import Payouts
from payroll_service.book.totals import sum_by, totals_of
from payroll_service.calculation.outcome import Outcome
from rules.language.plan import plan
from rules.language.program import Payment, Program


def check_lines(program: Program, outcome: Outcome, payouts: Payouts) -> Iterator[BalanceCheck]:
    """Totals by item and unit equal the paid columns, totals by fund equal the lines, parts follow their percent."""
    due = plan(program, outcome.period.kind).payments
    paid = [paid_rows(program, outcome, payment) for payment in due]
    totals = totals_of(payouts)
    by_item = {rows.payment.number: total(rows.fen) for rows in paid}
    by_fund = totals_by(payouts.fund, payouts.amount_fen, len(payouts.funds))
    yield same_by_key("合计：各项目的发放等于所发栏之和", by_item, sum_by(totals, "item"))
    yield same_by_key(
        "合计：各单位的发放等于所发栏之和", _by_unit(program, outcome, paid), sum_by(totals, "unit")
    )
    yield same_by_key(
        "合计：各资金等于其各笔之和",
        {fund: int(fen) for fund, fen in zip(payouts.funds, by_fund, strict=True) if fen},
        sum_by(totals, "fund"),
    )
    yield _percentages(payouts, due)


def _by_unit(program: Program, outcome: Outcome, paid: list[PaidRows]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for rows in paid:
        used = np.unique(rows.unit)
        by_row = totals_by(rows.unit, rows.fen, outcome.frames[rows.unit_table].size)
        for key, row in zip(
            row_keys(program, outcome.frames, rows.unit_table, used), used.tolist(), strict=True
        ):
            sums[key] = sums.get(key, 0) + int(by_row[row])
    return sums


def _percentages(payouts: Payouts, due: Sequence[Payment]) -> BalanceCheck:
    """Each part of a line lies within half a fen of its exact percentage."""
    keys = (payouts.payee, payouts.unit, payouts.item, payouts.earned, payouts.event)
    same = [np.diff(column) == 0 for column in keys]
    first = np.concatenate([[True], ~np.logical_and.reduce(same)]) if len(payouts) else np.empty(0, bool)
    line = np.cumsum(first) - 1
    whole = totals_by(line, payouts.amount_fen, int(line[-1]) + 1 if len(line) else 0)
    wrong = checked = 0
    for number, payment in enumerate(due):
        for fund, share in payment.funds:
            if share is None:
                continue
            rows = np.flatnonzero((payouts.item == number) & (payouts.fund == payouts.funds.index(fund)))
            checked += len(rows)
            wrong += _beyond_half_a_fen(payouts.amount_fen[rows], whole[line[rows]], share)
    detail = f"{wrong} 笔的分担与比例相差超过半分"
    return none_of("合计：多项资金的分担与比例相符", "笔", wrong, f"{checked} 笔分担逐笔相符", detail)


def _beyond_half_a_fen(part: np.ndarray, whole: np.ndarray, share: Fraction) -> int:
    gap = abs(part.astype(object) * share.denominator - whole.astype(object) * share.numerator)
    return int(np.count_nonzero(2 * gap > share.denominator))
