"""Vetoes: on which rows they hold, and what those that send money to a fund take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from payroll_service.calculation.outcome import Withheld
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.statuses import OK, kept
from payroll_service.calculation.tracing import filled, perhaps_any
from payroll_service.calculation.vectors import Vector
from rules.language.program import FEN, VetoEffect


@dataclass(frozen=True)
class Hit:
    """One veto and the rows where it takes effect: of several that hold on a row the first alone does."""

    effect: VetoEffect
    rows: np.ndarray  # bool by row


def hits(scope: Scope, column: str) -> list[Hit]:
    """The vetoes of a column of the scope's table, in their order; errors of their conditions are reported."""
    found: list[Hit] = []
    if not scope.sheet.program.vetoes:
        return found
    taken = filled(scope.size, False)
    for effect in scope.sheet.program.vetoes:
        if (effect.table, effect.column) == (scope.table, column):
            holds, v = scope.true(effect.when)
            scope.sheet.settled(scope.table, column, v, needed=False)
            found.append(Hit(effect, holds & ~taken))
            taken = taken | holds
    return found


def to_pool(found: list[Hit], size: int) -> np.ndarray | None:
    """Where a veto makes the weight zero (None: there is no such veto)."""
    rows = [hit.rows for hit in found if not hit.effect.fund]
    return reduce(np.logical_or, rows) if rows else None


def to_funds(found: list[Hit], v: Vector) -> tuple[Vector, tuple[Withheld, ...]]:
    """The column as every reader sees it, 0 where a fund has taken the amount; and what was taken."""
    withheld: list[Withheld] = []
    for hit in found:
        if hit.effect.fund:
            rows = hit.rows if v.status is None else hit.rows & (v.status == OK)
            withheld.append(withheld_by(hit.effect, rows, kept(fen_of(v), rows)))
            if perhaps_any(rows):
                v = replace(v, data=kept(v.data, ~rows), low=min(v.low, 0), high=max(v.high, 0))
    return v, tuple(withheld)


def withheld_by(effect: VetoEffect, rows: np.ndarray, amount: np.ndarray) -> Withheld:
    return Withheld(effect.name, effect.table, effect.column, effect.fund, rows, amount)


def fen_of(v: Vector) -> np.ndarray:
    """The amounts of a money column in whole fen."""
    assert v.scale == FEN, "money columns are kept in fen"
    return v.data
