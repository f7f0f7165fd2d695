"""Where a rule applies, and laying what it gives there out over its whole table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.statuses import MISSING, OK, REPORTED, flags, merged, only
from payroll_service.calculation.tracing import array_of, hint, operation
from payroll_service.calculation.vectors import Vector, spread
from rules.language.program import Node

SPARSE = 4  # a rule for fewer than a quarter of the rows is calculated on these alone
SMALL = 1024  # rows below which that is not worth while


@dataclass(frozen=True)
class Where:
    """The rows of `whole` that a rule applies to: `holds` by row (None: all), and the scope to calculate it in.

    `status`: what the other rows are, missing or an error already reported; OK where the rule applies.
    """

    whole: Scope
    scope: Scope
    holds: np.ndarray | None = None
    status: np.ndarray | None = None

    def finished(self, column: str, v: Vector) -> Vector:
        """A rule's value over all rows of the table. What is missing or at fault where it applies is reported."""
        sheet, table = self.whole.sheet, self.whole.table
        v = spread(v, self.scope.size)
        if self.holds is None or self.status is None:
            return sheet.settled(table, column, v)
        if self.scope.rows is not None:
            return self._laid_out(sheet.settled(table, column, v, self.scope.rows), self.scope.rows)
        if v.status is None:
            return v.with_status(self.status)
        v = sheet.settled(table, column, v.with_status(only(v.status, self.holds)))
        return v.with_status(merged(self.status, v.status))

    def _laid_out(self, v: Vector, rows: np.ndarray) -> Vector:
        assert self.status is not None, "a selection is not all rows"
        data = laid_out(self.whole.size, rows, v.data)
        status = self.status if v.status is None else replaced(self.status, rows, v.status)
        low, high = min(v.low, 0), max(v.high, 0)
        clean = v.status is None or v.clean
        return Vector(data, v.scale, low, high, status, words=v.words, clean=clean)


def applicable(whole: Scope, where: Node | None, column: str) -> Where:
    """Where a rule's condition holds; its errors are reported as the column's."""
    if where is None:
        return Where(whole, whole)
    number = whole.sheet.number(where)
    known = whole.sheet.wheres.get((whole.table, number))
    if known is None:
        known = _applicable(whole, where, column)
        if whole.true(where)[1].status is None:  # else its errors are to be told of each rule anew
            whole.sheet.wheres[whole.table, number] = known
    assert isinstance(known, Where), "a sheet's conditions are kept here"
    return known


def _applicable(whole: Scope, where: Node, column: str) -> Where:
    holds, v = whole.true(where)
    v = whole.sheet.settled(whole.table, column, v, needed=False)
    status = flags(~holds, MISSING)
    if v.status is not None:
        reported = v.status == REPORTED
        status = array_of(status * ~reported + flags(reported, REPORTED))
    return _where(whole, holds, status)


def present(whole: Scope, source: Vector) -> Where:
    """Where a column has a value."""
    if source.status is None:
        return Where(whole, whole)
    known = whole.sheet.presences.get(id(source.status))
    if known is None:
        where = _where(whole, source.status == OK, source.status)
        known = whole.sheet.presences[id(source.status)] = (source.status, whole.table, where)
    return known[2] if known[1] == whole.table else _where(whole, source.status == OK, source.status)


def _where(whole: Scope, holds: np.ndarray, status: np.ndarray) -> Where:
    if holds.all():
        return Where(whole, whole)
    if hint(_is_sparse, holds):
        return Where(whole, whole.selected(np.flatnonzero(holds)), holds, status)
    return Where(whole, whole, holds, status)


def _is_sparse(holds: np.ndarray) -> bool:
    return len(holds) >= SMALL and int(np.count_nonzero(holds)) * SPARSE < len(holds)


@operation
def laid_out(size: int, rows: np.ndarray, data: np.ndarray) -> np.ndarray:
    """The data in their rows, 0 in all others."""
    result = np.zeros(size, data.dtype)
    result[rows] = data
    return result


@operation
def replaced(whole: np.ndarray, rows: np.ndarray, data: np.ndarray) -> np.ndarray:
    """The whole with other data in some rows."""
    result = whole.copy()
    result[rows] = data
    return result


def flagged(v: Vector, mask: np.ndarray, code: int) -> Vector:
    """The vector with a fault where the mask is set and nothing else was wrong."""
    if not array_of(mask).any():
        return v
    return v.with_status(merged(v.status, flags(mask, code)))
