"""Chains by the column: all first rows at once, then all second rows, and so on along the order.

What does not read the chain is calculated for the whole table once; only the rest goes place by place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from payroll_service.calculation.outcome import Withheld
from payroll_service.calculation.scopes import Scope, scope_on
from payroll_service.calculation.sheets import ColumnId, Sheet
from payroll_service.calculation.statuses import MISSING, OK, flags
from payroll_service.calculation.tracing import Untraceable, is_traced
from payroll_service.calculation.vectors import Vector, at_rows, bounds_of, narrow, same_scale, spread
from payroll_service.calculation.vetoes import hits, to_funds
from rules.language.program import BOOL, TEXT, Chain, Formula, Node, Read, Split
from rules.language.walking import walk

NOWHERE = -1
RunStep = Callable[[Scope, Any], Mapping[str, Vector]]


@dataclass
class Line:
    """A chain at work on one sheet: what its steps read that is the same whatever stands in the row before."""

    sheet: Sheet
    chain: Chain
    _known: dict[int, Vector] = field(default_factory=dict)
    _chained: dict[int, bool] = field(default_factory=dict)

    def is_chained(self, node: Node) -> bool:
        """An expression reads a column of the chain."""
        number = self.sheet.number(node)
        if number not in self._chained:
            reads = (inside for _, inside in walk(node, self.chain.table) if isinstance(inside, Read))
            self._chained[number] = any((read.table, read.column) in self.chain.columns for read in reads)
        return self._chained[number]

    def whole(self, node: Node) -> Vector:
        """An expression that does not read the chain, on all rows of the table."""
        number = self.sheet.number(node)
        if number not in self._known:
            self._known[number] = scope_on(self.sheet, self.chain.table).vector(node)
        return self._known[number]


class PlaceSheet(Sheet):
    """The rows of one place in the order, counted from 0; `before`: the chain's columns in the rows before them."""

    def __init__(self, line: Line, rows: np.ndarray, before: Mapping[ColumnId, Vector]) -> None:
        outer = line.sheet
        super().__init__(outer.ground, outer.block, outer.evaluate, faults=outer.faults)
        self.line, self.rows, self.before = line, rows, before
        self.scopes[line.chain.table] = PlaceScope(self)

    def column(self, table: str, name: str) -> Vector:
        return self.columns[table, name]  # of the chain: all else is looked at on all rows at once

    def size(self, table: str) -> int:
        assert table == self.line.chain.table, "a chain looks at other tables on all its rows at once"
        return len(self.rows)


class PlaceScope(Scope):
    """Evaluates expressions on the rows of one place, or on some of them."""

    def __init__(self, sheet: PlaceSheet, rows: np.ndarray | None = None) -> None:
        super().__init__(sheet, sheet.line.chain.table, rows)
        self.place = sheet

    def selected(self, rows: np.ndarray) -> Scope:
        return PlaceScope(self.place, rows)

    def vector(self, node: Node) -> Vector:
        line = self.place.line
        if not line.is_chained(node):
            rows = self.place.rows
            return at_rows(line.whole(node), rows if self.rows is None else rows[self.rows])
        if isinstance(node, Read) and node.path:
            return self._before(node)
        return super().vector(node)

    def _before(self, node: Read) -> Vector:
        """A column of the chain in the row before; in first rows what it opens with."""
        found = self.place.before.get((node.table, node.column))
        if found is not None:
            return found if self.rows is None else at_rows(found, self.rows)
        if node.opening is not None:
            return self.full(node.opening)
        kind = bool if node.type.kind == BOOL else np.int64
        words = ("",) if node.type.kind == TEXT else node.type.options
        return Vector(
            np.zeros(self.size, kind),
            low=0,
            high=0,
            status=flags(np.ones(self.size, bool), MISSING),
            words=words,
        )


@dataclass(frozen=True)
class Chained:
    """The columns of a chain on all rows, and what vetoes took."""

    columns: dict[ColumnId, Vector]
    withheld: list[Withheld]


def run_chain(
    sheet: Sheet, chain: Chain, steps: Sequence[Formula | Split], run: Mapping[type, RunStep]
) -> Chained:
    """Calculate the steps of a chain, `run` giving how each kind is calculated. Flaws are reported in the sheet."""
    if is_traced(sheet.size(chain.table)):
        raise Untraceable("a chain goes from row to row")
    line = Line(sheet, chain)
    prior = sheet.grouping(chain.table, (chain.link,)).rows
    pieces: list[tuple[np.ndarray, dict[ColumnId, Vector], list[Withheld]]] = []
    before: dict[ColumnId, Vector] = {}
    for rows, places in _places(prior):
        part = PlaceSheet(line, rows, {name: at_rows(v, places) for name, v in before.items()})
        before, withheld = _run_place(part, steps, run)
        sheet.flaws += [replace(flaw, row=int(rows[flaw.row])) for flaw in part.flaws]
        pieces.append((rows, before, withheld))
    size = sheet.size(chain.table)
    if not pieces:
        part = PlaceSheet(line, np.zeros(0, np.int64), {})
        before, withheld = _run_place(part, steps, run)
        pieces.append((part.rows, before, withheld))
    names = list(pieces[0][1])
    columns = {name: _laid([(rows, made[name]) for rows, made, _ in pieces], size) for name in names}
    return Chained(columns, _taken([(rows, withheld) for rows, _, withheld in pieces], size))


def _places(prior: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The rows of every place in the order, from the first; and where the row before each stood in the last place."""
    after = np.full(len(prior), NOWHERE, np.int64)
    later = np.flatnonzero(prior >= 0)
    after[prior[later]] = later
    rows = np.flatnonzero(prior < 0)
    places = np.zeros(0, np.int64)
    while len(rows):
        yield rows, places
        following = after[rows]
        places = np.flatnonzero(following >= 0)
        rows = following[places]


def _run_place(
    part: PlaceSheet, steps: Sequence[Formula | Split], run: Mapping[type, RunStep]
) -> tuple[dict[ColumnId, Vector], list[Withheld]]:
    made: dict[ColumnId, Vector] = {}
    withheld: list[Withheld] = []
    scope = scope_on(part, part.line.chain.table)
    for step in steps:
        for name, v in run[type(step)](scope, step).items():
            v, taken = to_funds(hits(scope, name), spread(v, scope.size))
            withheld += taken
            made[step.table, name] = part.columns[step.table, name] = _tight(v)
    return made, withheld


def _tight(v: Vector) -> Vector:
    """With the bounds of the data themselves, so that they do not grow from place to place."""
    if v.data.dtype == bool or v.words:
        return v
    low, high = bounds_of(v.data)
    return replace(v, data=narrow(v.data, low, high), low=low, high=high)


def _laid(parts: list[tuple[np.ndarray, Vector]], size: int) -> Vector:
    """One column of its parts."""
    vectors = _over_same_words([v for _, v in parts])
    if vectors[0].data.dtype != bool:
        vectors, scale = same_scale(vectors)
        vectors = [replace(v, scale=scale) for v in vectors]
    kind = object if any(v.data.dtype == object for v in vectors) else vectors[0].data.dtype
    data = np.zeros(size, kind)
    status = np.full(size, OK, np.int8)
    for (rows, _), v in zip(parts, vectors, strict=True):
        data[rows] = v.data  # as Python integers among such
        if v.status is not None:
            status[rows] = v.status
    low, high = min(v.low for v in vectors), max(v.high for v in vectors)
    first = vectors[0]
    return replace(first, data=data, low=low, high=high, status=status if status.any() else None)


def _over_same_words(vectors: list[Vector]) -> list[Vector]:
    place: dict[str, int] = {}
    for v in vectors:
        for word in v.words:
            place.setdefault(word, len(place))
    if not place:
        return vectors
    codes = [np.array([place[word] for word in v.words], np.int64) for v in vectors]
    words = tuple(place)
    return [
        replace(v, data=np.asarray(code[v.data]), words=words, low=0, high=len(words))
        for v, code in zip(vectors, codes, strict=True)
    ]


def _taken(parts: list[tuple[np.ndarray, list[Withheld]]], size: int) -> list[Withheld]:
    """What each veto took, over the whole table: every place has the same vetoes in the same order."""
    found = []
    for number, one in enumerate(parts[0][1]):
        where, amount = np.zeros(size, bool), np.zeros(size, np.int64)
        if any(withheld[number].amount.dtype == object for _, withheld in parts):
            amount = amount.astype(object)
        for rows, withheld in parts:
            where[rows], amount[rows] = withheld[number].rows, withheld[number].amount
        found.append(replace(one, rows=where, amount=amount))
    return found
