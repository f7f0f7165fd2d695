"""A snapshot with a few rows exchanged for others: checked as if all were sealed anew, at little more than their price."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from payroll_service.snapshot.keys import own_codes
from payroll_service.snapshot.links import check_lookups
from payroll_service.snapshot.loading import LoadedTable, load_tables
from payroll_service.snapshot.sealing import errors_in, sealed_table
from payroll_service.snapshot.spans import check_duplicates, check_spans
from payroll_service.snapshot.tables import RawTable, SealedTable, Snapshot, UnsoundTables, Values
from rules.language.program import Program, Table


def exchanged(
    program: Program, snapshot: Snapshot, out: Sequence[RawTable], instead: Sequence[RawTable]
) -> Snapshot:
    """The snapshot without the rows that have the keys of `out`, and with the rows `instead`; tables not named stand.

    It is nobody's input and has no fingerprint. Raises UnsoundTables.
    """
    going, coming = (load_tables(program, some, strict_ids=False) for some in (out, instead))
    named = {one.table for one in (*out, *instead)}
    loaded = {
        name: _exchanged(table, going[name], coming[name]) if name in named else _again(table, going[name])
        for name, table in snapshot.tables.items()
    }
    check_lookups(program, loaded)
    problems = [problem for table in loaded.values() for problem in table.problems()]
    for name in named:
        near = _near(loaded[name], coming[name].size)
        check_duplicates(near)
        check_spans(program, near)
        problems += near.problems()
    if errors := errors_in(problems):
        raise UnsoundTables(errors)
    return Snapshot(snapshot.tables | {name: sealed_table(loaded[name]) for name in named}, "")


def _again(sealed: SealedTable, like: LoadedTable) -> LoadedTable:
    """A sealed table as it is when it has just been read."""
    return _sound(like.table, sealed.columns, sealed.size)


def _sound(table: Table, columns: dict[str, Values], size: int) -> LoadedTable:
    part = RawTable(table.name, table.name, {}, range(1, size + 1))
    return LoadedTable(table, [part], columns, dict.fromkeys(columns, np.zeros(size, bool)))


def _exchanged(sealed: SealedTable, going: LoadedTable, coming: LoadedTable) -> LoadedTable:
    """The rows that stay, and then those that come."""
    stay = np.flatnonzero(~_keyed(sealed, going))
    table = _sound(
        going.table,
        {name: _joined(values, stay, coming.columns[name]) for name, values in sealed.columns.items()},
        len(stay) + coming.size,
    )
    table.placed += [((len(stay) + row, column), problem) for (row, column), problem in coming.placed]
    return table


def _keyed(sealed: SealedTable, going: LoadedTable) -> np.ndarray:
    """Which rows have one of the keys."""
    found = np.zeros(sealed.size, bool)
    pairs = [(sealed.columns[name], going.columns[name], name) for name in going.table.key]
    keys = [(own.data, _places(own, key)[key.data] if own.words else key.data) for own, key, _ in pairs]
    for row in range(going.size):
        found |= np.logical_and.reduce([own == key[row] for own, key in keys])
    return found


def _joined(stay: Values, rows: np.ndarray, come: Values) -> Values:
    """These rows of a column, and then all of the other; over its words, as long as there are no new ones."""
    missing = None
    if stay.missing is not None or come.missing is not None:
        missing = np.append(_missing(stay)[rows], _missing(come))
    if not stay.words:
        return Values(np.append(stay.data[rows], come.data), missing)
    places = _places(stay, come)
    if (places >= 0).all():
        return stay.of_rows(np.append(stay.data[rows], places[come.data]), missing)
    words = tuple(sorted({*stay.words, *come.words}))
    left, right = (np.searchsorted(words, one.words) for one in (stay, come))
    return Values(np.append(left[stay.data[rows]], right[come.data]), missing, words)


def _places(values: Values, other: Values) -> np.ndarray:
    """Where each word of the other column stands among the words of this one, which ascend or are the same; or -1."""
    if values.words == other.words:
        return np.arange(len(values.words))
    found = [bisect_left(values.words, word) for word in other.words]
    size = len(values.words)
    return np.array(
        [
            place if place < size and values.words[place] == word else -1
            for place, word in zip(found, other.words, strict=True)
        ]
    )


def _missing(values: Values) -> np.ndarray:
    return np.zeros(len(values.data), bool) if values.missing is None else values.missing


def _near(table: LoadedTable, come: int) -> LoadedTable:
    """The last `come` rows, and those that could clash with one of them; the others are sound among themselves."""
    shape = table.table
    told_apart = [shape.key, *shape.unique, shape.no_overlap]
    if shape.order is not None:
        told_apart.append((*shape.order.within, *shape.order.by))
    rows = np.flatnonzero(np.logical_or.reduce([_alike(table, columns, come) for columns in told_apart]))
    taken = {
        name: values.of_rows(values.data[rows], None if values.missing is None else values.missing[rows])
        for name, values in table.columns.items()
    }
    return _sound(shape, taken, len(rows))


def _alike(table: LoadedTable, columns: Sequence[str], come: int) -> np.ndarray:
    """Rows that agree in these columns with one of the last ones, which agree with themselves."""
    cells = [own_codes(table.columns[name]) for name in columns]
    found = np.zeros(table.size, bool)
    for row in range(table.size - come, table.size):
        found |= np.logical_and.reduce([column == column[row] for column in cells])
    return found
