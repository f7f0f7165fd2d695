"""Whose row it is, where its key does not say: tables that repeat the same names (核对) can be compared by them."""

from __future__ import annotations

from payroll_service.snapshot.loading import LoadedTable
from payroll_service.snapshot.spelling import name_key
from rules.language.program import Table


def names_in_common(one: Table, other: Table) -> tuple[str, str] | None:
    """Columns of two tables that hold the same names: both repeat one column, or one repeats the other's."""
    if one is other:
        own = one.label_column or next((each.name for each in one.columns.values() if each.matches), "")
        return (own, own) if own else None
    there = _names(other)
    return next(((column, there[name]) for name, column in _names(one).items() if name in there), None)


def name_at(table: LoadedTable, column: str, row: int) -> str:
    """A name in a spelling that can be compared; "" for none."""
    values = table.columns.get(column)
    if values is None or (values.missing is not None and values.missing[row]):
        return ""
    return name_key(values.words[int(values.data[row])]) if values.words else ""


def _names(table: Table) -> dict[tuple[str, str], str]:
    """Columns by whose names they hold."""
    found = {
        (column.matches.table, column.matches.column): column.name
        for column in table.columns.values()
        if column.matches is not None
    }
    return {(table.name, name): name for name in table.columns} | found
