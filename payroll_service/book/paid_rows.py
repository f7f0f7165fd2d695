"""The rows a payment pays: to whom, for which unit, earned when, for what event, how many fen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from payroll_service.book.amounts import path_rows, read_amounts
from payroll_service.calculation.labels import event_text, key_texts
from payroll_service.calculation.outcome import CalculationError, Outcome, RowProblem
from payroll_service.snapshot.tables import Values
from rules.language.period import MONTH, month_text
from rules.language.program import Payment, Program


@dataclass(frozen=True)
class PaidRows:
    """One entry per applicable row: its number, those of the payee's and the unit's row, earned period, event, fen."""

    payment: Payment
    rows: np.ndarray
    payee_table: str
    unit_table: str
    payee: np.ndarray
    unit: np.ndarray
    earned: Values
    event: Values
    fen: np.ndarray


def paid_rows(program: Program, outcome: Outcome, payment: Payment) -> PaidRows:
    """The applicable rows of a payment. Raises CalculationError naming rows whose payee or unit leads nowhere."""
    amounts = read_amounts(program, outcome, payment.table, payment.column)
    rows = np.flatnonzero(amounts.there)
    payee = path_rows(program, outcome, payment.table, payment.payee)[rows]
    unit = path_rows(program, outcome, payment.table, payment.unit)[rows]
    _refuse(program, outcome, payment, rows[payee < 0], "收款人")
    _refuse(program, outcome, payment, rows[unit < 0], "单位")
    return PaidRows(
        payment,
        rows,
        program.target(payment.table, payment.payee),
        program.target(payment.table, payment.unit),
        payee,
        unit,
        _earned(program, outcome, payment, rows),
        _event(program, outcome, payment, rows),
        amounts.fen[rows],
    )


def _earned(program: Program, outcome: Outcome, payment: Payment, rows: np.ndarray) -> Values:
    """The row's month where the item is earned by the month and rows have one; else the run's period of that kind."""
    if payment.earned == MONTH and program.tables[payment.table].kind == "分月":
        months, codes = np.unique(outcome.frames[payment.table].columns["月"].data[rows], return_inverse=True)
        return Values(codes, None, tuple(month_text(number) for number in months.tolist()))
    period = program.calendar.around(outcome.period, payment.earned) or outcome.period
    return Values(np.zeros(len(rows), np.int64), None, (period.text,))


def _event(program: Program, outcome: Outcome, payment: Payment, rows: np.ndarray) -> Values:
    """The row's event, "" where the item has none or the cell is empty."""
    read = payment.event
    if read is None:
        return Values(np.zeros(len(rows), np.int64), None, ("",))
    ends = path_rows(program, outcome, payment.table, read.path)[rows]
    used, codes = np.unique(ends, return_inverse=True)
    texts = [event_text(program, outcome.frames, read, row) for row in used.tolist()]
    words = tuple(sorted(set(texts)))
    places = {word: number for number, word in enumerate(words)}
    return Values(np.array([places[text] for text in texts], np.int64)[codes], None, words)


def _refuse(program: Program, outcome: Outcome, payment: Payment, rows: np.ndarray, end: str) -> None:
    if not len(rows):
        return
    message = f"“{payment.name}”有金额，但这一行没有对应的{end}"
    remedy = f"补上这一行的{end}，或在规则中限定该项目的适用范围"
    keys = [key_texts(program, outcome.frames, payment.table, row) for row in rows.tolist()]
    raise CalculationError(
        [RowProblem(payment.table, key, payment.column.column, message, remedy) for key in keys]
    )
