"""What the rules make of one table in a period: schools side by side, counties side by side."""

from __future__ import annotations

from collections.abc import Sequence

from payroll_service.book.figures import Figures, figures_of, known_columns
from payroll_service.calculation.columns import calculate
from payroll_service.errors import UnknownColumn
from payroll_service.snapshot.tables import Snapshot
from rules.language.mistakes import meant
from rules.language.period import Period
from rules.language.program import Program


def read_figures(
    program: Program, snapshot: Snapshot, period: Period, table: str, columns: Sequence[str] = ()
) -> Figures:
    """The named columns of a table, or all that rules make there. Raises UnknownColumn, CalculationError."""
    if table not in program.tables:
        raise UnknownColumn(f"没有表“{table}”。", meant(table, tuple(program.tables)) + "。")
    outcome = calculate(program, snapshot, period)
    known = known_columns(program, outcome, table)
    if not known:
        raise UnknownColumn(f"期间 {period.text} 没有在“{table}”上算出的列。", "请换一张表，或换一个期间。")
    for name in columns:
        if name not in known:
            raise UnknownColumn(f"“{table}”没有算出的列“{name}”。", meant(name, tuple(known)) + "。")
    return figures_of(program, outcome, table, columns or known)
