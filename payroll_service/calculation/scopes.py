"""Where an expression is evaluated: the rows of one table, all of them or a selection."""

from __future__ import annotations

import numpy as np

from payroll_service.calculation.sheets import Sheet
from payroll_service.calculation.statuses import OK
from payroll_service.calculation.tracing import length
from payroll_service.calculation.vectors import Vector, at_rows, spread
from rules.language.program import Aggregate, Node, Ranking


class Scope:
    """Evaluates expressions on `rows` of a table of the sheet (None: all).

    What several rules ask for is calculated once and kept; what one alone asks for is let go at once, so that its
    memory, still in the cache, serves the next.

    Vectors have one value per row of the scope, or are constants.
    """

    def __init__(self, sheet: Sheet, table: str, rows: np.ndarray | None = None) -> None:
        self.sheet, self.table, self.rows = sheet, table, rows
        self._known: dict[int, Vector] = {}
        self._places: dict[tuple[str, ...], tuple[np.ndarray, bool]] = {}

    @property
    def size(self) -> int:
        return self.sheet.size(self.table) if self.rows is None else length(self.rows)

    def on(self, table: str) -> Scope:
        """All rows of a table."""
        return scope_on(self.sheet, table)

    def selected(self, rows: np.ndarray) -> Scope:
        """Some rows of this scope's table (of all its rows)."""
        return Scope(self.sheet, self.table, rows)

    def vector(self, node: Node) -> Vector:
        number, is_shared = self.sheet.asked(node)
        found = self._known.get(number)
        if found is None:
            if self.rows is not None:
                found = self._from_whole(node, number, self.rows)
            found = found or self.sheet.evaluate(self, node)
            if is_shared:
                self._known[number] = found
        return found

    def _from_whole(self, node: Node, number: int, rows: np.ndarray) -> Vector | None:
        """A selection takes from the whole what is known there; aggregates and rankings always."""
        whole = self.on(self.table)
        if isinstance(node, Aggregate | Ranking) or number in whole._known:
            return at_rows(whole.vector(node), rows)
        return None

    def full(self, node: Node) -> Vector:
        """As `vector`, a constant laid out over all rows."""
        return spread(self.vector(node), self.size)

    def true(self, condition: Node) -> tuple[np.ndarray, Vector]:
        """Where a condition is true (bool a row), and its vector, for its errors."""
        v = self.full(condition)
        return (v.data if v.status is None else v.data & (v.status == OK)), v

    def holds(self, condition: Node | None) -> tuple[np.ndarray, Vector] | None:
        """As `true`; None without a condition."""
        return None if condition is None else self.true(condition)

    def read(self, path: tuple[str, ...], column: Vector) -> Vector:
        """A column of the rows that a path leads to."""
        if not path:
            return column if self.rows is None else at_rows(column, self.rows)
        places, nowhere = self.places(path)
        return at_rows(column, places, nowhere)

    def places(self, path: tuple[str, ...]) -> tuple[np.ndarray, bool]:
        """The rows that a path leads to, and whether some are -1."""
        if path not in self._places:
            grouping = self.sheet.grouping(self.table, path)
            if self.rows is None:
                self._places[path] = grouping.rows, grouping.nowhere
            else:
                rows = grouping.rows[self.rows]
                self._places[path] = rows, grouping.nowhere and bool((rows < 0).any())
        return self._places[path]


def scope_on(sheet: Sheet, table: str) -> Scope:
    """The one scope of all rows of a table in a sheet."""
    scope = sheet.scopes.get(table)
    if scope is None:
        scope = sheet.scopes[table] = Scope(sheet, table)
    assert isinstance(scope, Scope), "a sheet's scopes are made here"
    return scope
