"""Rows of sample data being made, and the pieces of a description read as what they should be.

Everything is text until the end, as a clerk would type it: exact decimals, ISO dates, "" for an empty cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

Form: TypeAlias = "str | list[Form] | dict[str, Form]"
EMPTY, PARENT = "空", "上级"


class SampleError(Exception):
    """A description that cannot be followed. The message says in Chinese where and why."""


@dataclass(eq=False)
class Row:
    """A row being made: its columns and helper columns, and the row above it that it was made for."""

    values: dict[str, str]
    above: Row | None = None

    def value(self, name: str) -> str:
        """A column by name (`上级.规模`); one that the row does not have is its parent's."""
        row, column = self, name
        while column.startswith(PARENT + "."):
            if row.above is None:
                raise SampleError(f"「{name}」没有上级")
            row, column = row.above, column.removeprefix(PARENT + ".")
        found = row.known(column)
        if found is None:
            raise SampleError(f"没有「{name}」这一列")
        return found

    def known(self, column: str) -> str | None:
        row: Row | None = self
        while row is not None and column not in row.values:
            row = row.above
        return None if row is None else row.values[column]


def fits(row: Row, wanted: Mapping[str, Form]) -> bool:
    """The row has, in each named column, the wanted value or one of the wanted values."""
    return all(
        row.value(name) in ["" if value == EMPTY else value for value in texts(values)]
        for name, values in wanted.items()
    )


def text(form: Form) -> str:
    if not isinstance(form, str):
        raise SampleError(f"这里应是一段文字：{form}")
    return form


def texts(form: Form) -> list[str]:
    return [text(item) for item in form] if isinstance(form, list) else [text(form)]


def mapping(form: Form) -> dict[str, Form]:
    if not isinstance(form, dict):
        raise SampleError(f"这里应是一组「键: 值」：{form}")
    return form


def number(form: Form) -> Decimal:
    try:
        return Decimal(text(form))
    except ArithmeticError:
        raise SampleError(f"这里应是数：{form}") from None
