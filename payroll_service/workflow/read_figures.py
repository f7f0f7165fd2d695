"""What the rules make of one table in a period: schools side by side, counties side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from payroll_service.book.figures import Figures, all_columns, figures_of, known_columns
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import Outcome
from payroll_service.errors import UnknownColumn
from payroll_service.snapshot.tables import Snapshot
from rules.language.mistakes import meant
from rules.language.period import Period
from rules.language.program import Program


def read_figures(
    program: Program, snapshot: Snapshot, period: Period, table: str, columns: Sequence[str] = ()
) -> Figures:
    """The named columns of a table, or all that rules make there. Raises UnknownColumn, CalculationError."""
    outcome = calculate_table(program, snapshot, period, table)
    known = known_columns(program, outcome, table)
    if not known:
        raise UnknownColumn(f"期间 {period.text} 没有在“{table}”上算出的列。", "请换一张表，或换一个期间。")
    refuse_idle(program, outcome, table, columns)
    for name in columns:
        if name not in known:
            raise UnknownColumn(f"“{table}”没有算出的列“{name}”。", meant(name, tuple(known)))
    return figures_of(program, outcome, table, columns or known)


def calculate_table(program: Program, snapshot: Snapshot, period: Period, table: str) -> Outcome:
    """A run that is asked for the rows of one table. Raises UnknownColumn, CalculationError."""
    if table not in program.tables:
        raise UnknownColumn(f"没有表“{table}”。", meant(table, tuple(program.tables)))
    return calculate(program, snapshot, period)


def refuse_idle(program: Program, outcome: Outcome, table: str, columns: Iterable[str]) -> None:
    """Raises UnknownColumn for a rule's column that this run did not need and so did not calculate."""
    made = set(all_columns(program, outcome, table))
    for name in columns:
        if (table, name) in program.types and name not in made:
            raise UnknownColumn(
                f"“{table}”的列“{name}”在期间 {outcome.period.text} 没有算：没有发放的项目或检查用到它。",
                "请在规则集里加一条“列出: 是”的检查，说明里写上这一列；或换一个期间。",
            )
