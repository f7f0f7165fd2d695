"""What one payee gets of a calculated outcome, without making the payouts of all."""

from __future__ import annotations

import numpy as np

from payroll_service.book.amounts import path_rows, read_amounts
from payroll_service.book.names import row_keys
from payroll_service.calculation.outcome import Outcome
from rules.language.plan import plan
from rules.language.program import Program


def own_amounts(program: Program, outcome: Outcome, key: str, kind: str) -> dict[str, int]:
    """Fen by item number, as the lines of `make_payouts` add up; nothing for whom the run does not know.

    Raises CalculationError for an amount that is too large.
    """
    found: dict[str, int] = {}
    for payment in plan(program, outcome.period.kind).payments:
        table = program.target(payment.table, payment.payee)
        if program.tables[table].payee_kind != kind:
            continue
        keys = row_keys(program, outcome.frames, table, np.arange(outcome.frames[table].size))
        if key not in keys:
            continue
        amounts = read_amounts(program, outcome, payment.table, payment.column)
        payee = path_rows(program, outcome, payment.table, payment.payee)
        own = (payee == keys.index(key)) & amounts.there
        if own.any():
            found[payment.number] = found.get(payment.number, 0) + sum(amounts.fen[own].tolist())
    return found
