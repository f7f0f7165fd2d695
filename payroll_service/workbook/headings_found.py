"""Find the headings of a sheet: titles above, two or three rows of headings, merged cells, synonyms, marks and units.

A heading may stand over several rows. Of a column's texts from top to bottom the longest run that ends at the bottom and
is declared counts: 上学期 over 得分 is first looked for as 上学期得分, then as 得分.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from payroll_service.snapshot.filled import is_empty
from payroll_service.snapshot.spelling import drop_spaces, folded
from payroll_service.snapshot.tables import Cell
from payroll_service.workbook.money_units import unit_after_name
from payroll_service.workbook.sheets import Place
from rules.language.program import NUMBER, Column, Table

SEARCHED_ROWS = 20  # titles, notes and units may stand above the headings
DEEPEST = 3  # rows that one heading may stand over
_MARKS = "*＊※★:："
_IN_BRACKETS = re.compile(r"(.+)[(\[【〔](.*)[)\]】〕]")
_SIGN_OF_UNIT = re.compile("[元角分十拾百佰千仟万萬亿億]")
_SAID_OF_ANY = {"必填", "选填", "可空", "可不填", "文本", "文本格式"}


@dataclass(frozen=True)
class Headings:
    """`last`: the last row of the headings, from 0. `columns`: column number by declared name, `spelled` as it stands
    there; `doubled`: (column, name) that stand a second time; `unknown`: (column, text) that the table does not declare;
    `other_units`: of headings that say another unit of money than their column's."""

    last: int
    columns: dict[str, int] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    doubled: list[tuple[int, str]] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)
    other_units: list[OtherUnit] = field(default_factory=list)


@dataclass(frozen=True)
class OtherUnit:
    """A heading, with the column that it names and the unit that it says."""

    number: int
    text: str
    name: str
    unit: str


def heading_key(text: str) -> str:
    """Equal for two spellings of one heading or sheet name: widths, spaces and line breaks do not count."""
    return drop_spaces(folded(text))


class Names:
    """What the columns of a table may be called."""

    def __init__(self, table: Table) -> None:
        self.keys = {
            heading_key(text): column.name
            for column in table.columns.values()
            for text in (column.name, *column.synonyms)
        }
        self._money = {
            column.name: str(column.type.unit) for column in table.columns.values() if is_money(column)
        }
        self._said = {column.name: _said_of(column) for column in table.columns.values()}

    def meant(self, text: str) -> str | None:
        """The column that this heading means. What stands in brackets may be the column's unit, and nothing else."""
        bare = heading_key(text)
        if bare in self.keys:
            return self.keys[bare]
        bare = bare.strip(_MARKS)
        split = _IN_BRACKETS.fullmatch(bare)
        name = self.keys.get((split[1] if split else bare).strip(_MARKS))
        return name if name and (not split or split[2].strip(_MARKS) in self._said[name]) else None

    def other_unit(self, text: str) -> tuple[str, str] | None:
        """The column of money that this heading names, and the unit that it says instead of the column's."""
        if not _SIGN_OF_UNIT.search(text):
            return None
        bare = heading_key(text).strip(_MARKS)
        for key, name in self.keys.items():
            if name in self._money and bare.startswith(key):
                unit = unit_after_name(bare[len(key) :])
                if unit and unit != self._money[name]:
                    return name, unit
        return None

    def recognized(self, text: str) -> str | None:
        """The column that this heading means, be it in another unit."""
        meant = self.meant(text)
        other = None if meant else self.other_unit(text)
        return other[0] if other else meant


def is_money(column: Column) -> bool:
    return column.type.kind == NUMBER and column.type.unit.is_money


def _said_of(column: Column) -> set[str]:
    unit = str(column.type.unit) if column.type.kind == NUMBER else ""
    return _SAID_OF_ANY | ({heading_key(unit)} if unit else set()) | ({"%"} if column.type.percent else set())


def find_headings(
    columns: Sequence[Sequence[Cell]], merged: Sequence[tuple[Place, Place]], table: Table
) -> Headings | None:
    """The rows among the first that name the most columns, as few and as high up as possible; None if none names any."""
    names = Names(table)
    merged = _upper(merged, len(columns))
    height = min(SEARCHED_ROWS, max((len(column) for column in columns), default=0))
    rows = [_texts(columns, merged, row) for row in range(height)]
    best: tuple[int, int, int] | None = None
    for depth in range(1, DEEPEST + 1):
        for last in range(depth - 1, height):
            count = len(_named(rows[last - depth + 1 : last + 1], names))
            if count and (best is None or count > best[0]):
                best = (count, last, depth)
    return None if best is None else _headings(rows, best[1], best[2], names)


def _upper(merged: Sequence[tuple[Place, Place]], width: int) -> list[tuple[Place, Place]]:
    """The merged ranges that headings may stand in. They cannot overlap; where they do, the sheet is not to be trusted."""
    upper = [area for area in merged if area[0][0] < SEARCHED_ROWS and area[0][1] < width]
    cells = sum(min(right, width) - left + 1 for (_, left), (_, right) in upper)
    return upper if cells <= SEARCHED_ROWS * (width + 1) else []


def _texts(columns: Sequence[Sequence[Cell]], merged: Sequence[tuple[Place, Place]], row: int) -> list[str]:
    """The texts of a row; a merged cell's text stands in every cell that it covers."""
    texts = ["" if is_empty(column[row]) else str(column[row]) for column in columns]
    for (top, left), (bottom, right) in merged:
        if top <= row <= bottom:
            cell = columns[left][top]
            for number in range(left, min(right + 1, len(texts))):
                texts[number] = "" if is_empty(cell) else str(cell)
    return texts


def _candidates(rows: Sequence[Sequence[str]], number: int) -> list[str]:
    """A column's heading, the longest first; a text that reaches over two rows counts once."""
    stack: list[str] = []
    for row in rows:
        if row[number] and row[number] not in stack[-1:]:
            stack.append(row[number])
    return ["".join(stack[start:]) for start in range(len(stack))]


def _named(rows: Sequence[Sequence[str]], names: Names) -> set[str]:
    found = {_first_recognized(_candidates(rows, number), names) for number in range(len(rows[0]))}
    return {name for name in found if name}


def _first_recognized(candidates: Sequence[str], names: Names) -> str | None:
    return next((name for text in candidates if (name := names.recognized(text))), None)


def _first_meant(candidates: Sequence[str], names: Names) -> tuple[str | None, str]:
    for text in candidates:
        if name := names.meant(text):
            return name, text
    return None, candidates[-1] if candidates else ""


def _headings(rows: Sequence[Sequence[str]], last: int, depth: int, names: Names) -> Headings:
    found = Headings(last)
    band = rows[last - depth + 1 : last + 1]
    for number in range(len(band[0])):
        candidates = _candidates(band, number)
        name, text = _first_meant(candidates, names)
        if name is None:
            other = _first_other_unit(number, candidates, names)
            if other:
                found.other_units.append(other)
            elif text:
                found.unknown.append((number, text))
        elif name in found.columns:
            found.doubled.append((number, name))
        else:
            found.columns[name], found.spelled[name] = number, text
    return found


def _first_other_unit(number: int, candidates: Sequence[str], names: Names) -> OtherUnit | None:
    for text in candidates:
        if other := names.other_unit(text):
            return OtherUnit(number, text, *other)
    return None
