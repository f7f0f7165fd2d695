"""Where an expression is evaluated: the rows of one table, all of them or a selection."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from payroll_service.calculation.sheets import Sheet
from payroll_service.calculation.vectors import OK, Vector, at_rows, spread
from rules.language.program import Aggregate, Node

Evaluate = Callable[["Scope", Node], Vector]


class Scope:
    """Evaluates expressions on `rows` of a table (None: all), each distinct one once.

    Vectors have one value per row of the scope, or are constants.
    """

    def __init__(
        self,
        sheet: Sheet,
        table: str,
        evaluate: Evaluate,
        rows: np.ndarray | None = None,
        whole: Scope | None = None,
    ) -> None:
        self.sheet, self.table, self.rows = sheet, table, rows
        self._evaluate, self._whole = evaluate, whole
        self._known: dict[int, Vector] = {}
        self._places: dict[tuple[str, ...], tuple[np.ndarray, bool]] = {}
        self._scopes: dict[str, Scope] = {table: self} if whole is None else whole._scopes

    @property
    def size(self) -> int:
        return self.sheet.size(self.table) if self.rows is None else len(self.rows)

    def on(self, table: str) -> Scope:
        """All rows of a table: its one scope in this calculation."""
        if table not in self._scopes:
            scope = Scope(self.sheet, table, self._evaluate)
            scope._scopes = self._scopes
            self._scopes[table] = scope
        return self._scopes[table]

    def selected(self, rows: np.ndarray) -> Scope:
        """Some rows of this scope's table (of all its rows)."""
        return Scope(self.sheet, self.table, self._evaluate, rows, self.on(self.table))

    def vector(self, node: Node) -> Vector:
        number = self.sheet.numbering.of(node)
        found = self._known.get(number)
        if found is None:
            if self._whole is not None and (isinstance(node, Aggregate) or number in self._whole._known):
                assert self.rows is not None, "only a selection has a whole"
                found = at_rows(self._whole.vector(node), self.rows)
            else:
                found = self._evaluate(self, node)
            self._known[number] = found
        return found

    def full(self, node: Node) -> Vector:
        """As `vector`, a constant laid out over all rows."""
        return spread(self.vector(node), self.size)

    def holds(self, node: Node | None) -> tuple[np.ndarray, Vector] | None:
        """Where a condition is true (bool a row), and its vector, for its errors; None without a condition."""
        if node is None:
            return None
        v = self.full(node)
        return (v.data if v.status is None else v.data & (v.status == OK)), v

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
