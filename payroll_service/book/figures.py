"""Figures: what the rules make of the rows of one table, side by side, and how far apart the rows lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from payroll_service.calculation.labels import key_texts, row_label
from payroll_service.calculation.outcome import Computed, Outcome
from payroll_service.snapshot.tables import Values
from rules.language.program import BOOL, CHOICE, NUMBER, PERIOD, TEXT, Program, Type
from rules.language.render import Value


@dataclass(frozen=True)
class Column:
    """One value a row, None where the rule does not apply. Numbers are exact, in the column's own unit."""

    name: str
    type: Type
    values: tuple[Value, ...]

    @property
    def numbers(self) -> list[Fraction]:
        """The numbers there are; empty for a column of anything else."""
        return [one for one in self.values if isinstance(one, Fraction)]

    @property
    def spread(self) -> Spread | None:
        """How far apart the rows lie; None where there is no number."""
        found = self.numbers
        return Spread(max(found), min(found)) if found else None


@dataclass(frozen=True)
class Spread:
    """The highest and the lowest row."""

    highest: Fraction
    lowest: Fraction

    @property
    def gap(self) -> Fraction:
        return self.highest - self.lowest

    @property
    def ratio(self) -> Fraction | None:
        """How many times the lowest the highest is; None where the lowest is not above zero."""
        return self.highest / self.lowest if self.lowest > 0 else None


@dataclass(frozen=True)
class Figures:
    """Rows of one table in the order of their keys, with their labels."""

    table: str
    keys: tuple[tuple[str, ...], ...]
    labels: tuple[str, ...]
    columns: tuple[Column, ...]


def known_columns(program: Program, outcome: Outcome, table: str) -> list[str]:
    """The columns that rules have made in this run, in the order of calculation."""
    return [
        name for (made_in, name) in outcome.columns if made_in == table and (table, name) in program.types
    ]


def all_columns(program: Program, outcome: Outcome, table: str) -> list[str]:
    """The columns of the workbook, then those that rules have made."""
    given = (name for name in outcome.frames[table].columns if (table, name) in program.types)
    return [*given, *known_columns(program, outcome, table)]


def figures_of(program: Program, outcome: Outcome, table: str, columns: Sequence[str]) -> Figures:
    """The figures of a table; `columns` are among `all_columns`."""
    rows = range(outcome.frames[table].size)
    return Figures(
        table,
        tuple(key_texts(program, outcome.frames, table, row) for row in rows),
        tuple(row_label(program, outcome.frames, table, row) for row in rows),
        tuple(_column(program, outcome, table, name) for name in columns),
    )


def _column(program: Program, outcome: Outcome, table: str, name: str) -> Column:
    kind = program.types[table, name]
    made: Computed | Values | None = outcome.columns.get((table, name))
    if made is None:
        made = outcome.frames[table].columns[name]
    step = made.step if isinstance(made, Computed) else kind.step or 1
    missing = made.missing.tolist() if made.missing is not None else [False] * len(made.data)

    def value(data: int) -> Value:
        if kind.kind == NUMBER:
            return Fraction(data * step)
        if kind.kind == BOOL:
            return bool(data)
        return made.words[data] if kind.kind in (CHOICE, TEXT, PERIOD) and made.words else data

    found = (None if lacks else value(data) for data, lacks in zip(made.data.tolist(), missing, strict=True))
    return Column(name, kind, tuple(found))
