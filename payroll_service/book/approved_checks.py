"""Nothing is paid outside the approved total (核定总量), by unit and fund."""

from __future__ import annotations

from collections.abc import Iterator

from payroll_service.book.amounts import column_amounts
from payroll_service.book.checks import NAMED, BalanceCheck, none_of
from payroll_service.book.money import fen_text
from payroll_service.book.payouts import Payouts
from payroll_service.book.totals import totals_of
from payroll_service.calculation.labels import cell_text
from payroll_service.calculation.outcome import Outcome
from rules.language.program import ApprovedTotals, Program


def check_approved(program: Program, outcome: Outcome, payouts: Payouts) -> Iterator[BalanceCheck]:
    """Every unit and fund with money (held money too) has an approved row for the period, and exceeds none of them."""
    if program.approved is None:
        return
    approved = _approved(program, outcome, program.approved)
    spent: dict[tuple[str, str], int] = {}
    for record in totals_of(payouts):
        key = (record.unit, record.fund)
        spent[key] = spent.get(key, 0) + record.amount_fen
    granted = {key: fen for key, fen in spent.items() if fen}
    without = [f"{unit} 的{fund}" for unit, fund in sorted(granted) if (unit, fund) not in approved]
    yield none_of(
        "核定总量：发放的单位和资金都有核定",
        "项",
        len(without),
        f"{len(granted)} 项都有核定",
        f"没有覆盖 {outcome.period} 的核定：{'、'.join(without[:NAMED])}。请补交核定总量",
    )
    over = [
        f"{unit} 的{fund}发放 {fen_text(fen)}，核定 {fen_text(least)}，超出 {fen_text(fen - least)}"
        for (unit, fund), fen in sorted(granted.items())
        if (least := min(approved.get((unit, fund), [fen]))) < fen
    ]
    yield none_of(
        "核定总量：发放不超过核定",
        "项",
        len(over),
        f"{len(granted)} 项都没有超过",
        f"{'；'.join(over[:NAMED])}。请调整数据，或先报批追加核定",
    )


def _approved(program: Program, outcome: Outcome, where: ApprovedTotals) -> dict[tuple[str, str], list[int]]:
    """Approved fen by unit and fund, of every row whose period contains the run's."""
    table, frame = program.tables[where.table], outcome.frames[where.table]
    amounts = column_amounts(program, outcome, where.table, where.amount)
    found: dict[tuple[str, str], list[int]] = {}
    for row in range(frame.size):
        unit, fund, text = (
            cell_text(frame.columns[name], program.types[where.table, name], row)
            for name in (where.unit, where.fund, table.period_column)
        )
        period = program.calendar.parse(text)
        if period is not None and period.contains(outcome.period) and amounts.there[row]:
            found.setdefault((unit, fund), []).append(int(amounts.fen[row]))
    return found
