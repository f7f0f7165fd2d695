"""Reading a calculated outcome: the fen of a column by row, and where paths of links lead."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from payroll_service.calculation.frames import follow, taken
from payroll_service.calculation.labels import key_texts
from payroll_service.calculation.outcome import CalculationError, Outcome, RowProblem
from payroll_service.snapshot.tables import Values
from rules.language.program import FEN, Program, Read

MOST = 2**53  # so that adding a few columns, row by row, stays far inside int64
SHOWN = 20
TOO_LARGE, CHECK_FIGURES = "金额超过 90 万亿元", "请核对表里的金额和数量，看是不是多填了几位"


@dataclass(frozen=True)
class Amounts:
    """Fen by row; `there` is False (and the fen 0) where the column does not apply to the row."""

    fen: np.ndarray
    there: np.ndarray


def path_rows(program: Program, outcome: Outcome, table: str, path: tuple[str, ...]) -> np.ndarray:
    """The row that `path` leads to for every row of `table`, -1 for nowhere; the row itself for no path."""
    rows = follow(program, outcome.frames, table, path)
    return np.arange(outcome.frames[table].size) if rows is None else rows


def column_amounts(program: Program, outcome: Outcome, table: str, column: str) -> Amounts:
    """A money column, calculated or of the input, in whole fen. Raises CalculationError for an amount beyond `MOST`."""
    computed = outcome.columns.get((table, column))
    if computed is not None:
        data, missing, step = computed.data, computed.missing, computed.step
    else:
        values = outcome.frames[table].columns[column]
        data, missing = values.data, values.missing
        step = program.types[table, column].step or FEN
    there = np.ones(len(data), bool) if missing is None else ~missing
    fen = _in_fen(data, step)
    too_large = np.flatnonzero(np.abs(fen) >= MOST).tolist() if len(fen) else []
    if too_large:
        keys = (key_texts(program, outcome.frames, table, row) for row in too_large[:SHOWN])
        raise CalculationError([RowProblem(table, key, column, TOO_LARGE, CHECK_FIGURES) for key in keys])
    return Amounts(fen.astype(np.int64), there)


def read_amounts(program: Program, outcome: Outcome, table: str, read: Read) -> Amounts:
    """What `read` gives for every row of `table`."""
    amounts = column_amounts(program, outcome, read.table, read.column)
    if not read.path:
        return amounts
    rows = path_rows(program, outcome, table, read.path)
    values = taken(Values(amounts.fen, ~amounts.there), rows)
    missing = np.zeros(len(rows), bool) if values.missing is None else values.missing
    return Amounts(values.data, ~missing)


def before_vetoes(program: Program, outcome: Outcome, table: str, column: str) -> Amounts:
    """A column as it was before vetoes sent part of it to funds."""
    amounts = column_amounts(program, outcome, table, column)
    fen = amounts.fen
    for taken_away in outcome.withheld:
        if (taken_away.table, taken_away.column) == (table, column) and taken_away.fund:
            fen = fen + taken_away.amount.astype(np.int64)
    return Amounts(fen, amounts.there)


def _in_fen(data: np.ndarray, step: Fraction) -> np.ndarray:
    factor = step / FEN
    assert factor.denominator == 1, f"money in steps of {step} 元 is not whole fen"
    return data if factor == 1 else data.astype(object) * factor.numerator
