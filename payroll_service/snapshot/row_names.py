"""Whose row it is, where its key does not say: tables that repeat the same names (核对) can be compared by them, and an ID
number by what a slip of the hand leaves of it."""

from __future__ import annotations

from payroll_service.snapshot.loading import LoadedTable
from payroll_service.snapshot.spelling import name_key
from rules.language.program import Table

MOST_SLIPS = 1000  # numbers that cannot be read; more are no slips of a hand


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


def one_less(number: str) -> set[str]:
    """The number, and what is left of it without one character: two that share one of these are nearly the same."""
    return {number, *(number[:place] + number[place + 1 :] for place in range(len(number)))}


def are_nearly_same(one: str, other: str) -> bool:
    """But for one character that is wrong, missing or too many, or two that are exchanged."""
    return not one_less(one).isdisjoint(one_less(other))
