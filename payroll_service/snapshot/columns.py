"""Read a whole column: each distinct cell once, then as an integer array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from payroll_service.snapshot.faults import BadCell
from payroll_service.snapshot.filled import Reader
from payroll_service.snapshot.identifiers import account_hint, id_number_hint, old_id_hint
from payroll_service.snapshot.spelling import has_private
from payroll_service.snapshot.tables import Cell, Values
from rules.language.program import ACCOUNT, BOOL, CHOICE, DATE, ID_NUMBER, NUMBER, TEXT, Type

_EMPTY = BadCell("空", "没有填写", "请填写；整行无用的请删除整行")


@dataclass(frozen=True)
class ReadColumn:
    """A typed column with its faults: (row, what is wrong). `bad` marks rows whose cell could not be read."""

    values: Values
    bad: np.ndarray
    faults: list[tuple[int, BadCell]]
    hints: list[tuple[int, BadCell]]


def read_column(
    cells: Sequence[Cell], kind: Type, read: Reader, required: bool, default: str | None
) -> ReadColumn:
    """Read every cell. An empty one takes the default's value, or is a fault where the column is required."""
    distinct, codes = _distinct(cells)
    instead = read(default) if default is not None else None
    found: list[int | str | None] = []
    faults: dict[int, BadCell] = {}
    for index, cell in enumerate(distinct):
        try:
            value = read(cell)
        except BadCell as fault:
            faults[index], value = fault, None
        else:
            value = instead if value is None else value
            if value is None and required:
                faults[index] = _EMPTY
        found.append(value)
    hints = _hints(distinct, found, kind) if kind.kind == TEXT else {}
    bad = np.zeros(len(distinct), bool)
    bad[list(faults)] = True
    return ReadColumn(
        _taken(_values(found, kind), codes),
        bad[codes] if faults else np.zeros(len(codes), bool),
        _by_row(faults, codes),
        _by_row(hints, codes),
    )


def absent_column(size: int, kind: Type, read: Reader, default: str | None) -> ReadColumn:
    """The column that a sheet does not have: the default, or nothing, on every row."""
    return read_column([None] * size, kind, read, False, default)


def _distinct(cells: Sequence[Cell]) -> tuple[list[Cell], np.ndarray]:
    """The different cells in order of appearance, and which of them stands in each row. TRUE is not 1."""
    if bool in set(map(type, cells)):
        pairs = [(type(cell) is bool, cell) for cell in cells]
        numbered = {pair: index for index, pair in enumerate(dict.fromkeys(pairs))}
        codes = np.fromiter(map(numbered.__getitem__, pairs), np.int64, len(pairs))
        return [cell for _, cell in numbered], codes
    plain = {cell: index for index, cell in enumerate(dict.fromkeys(cells))}
    return list(plain), np.fromiter(map(plain.__getitem__, cells), np.int64, len(cells))


def _values(found: list[int | str | None], kind: Type) -> Values:
    """The distinct values as `Values`, in the order given."""
    missing = np.fromiter((value is None for value in found), bool, len(found))
    if kind.kind in (NUMBER, DATE, BOOL):
        return Values(np.array([value or 0 for value in found], np.int64), missing)
    words = kind.options if kind.kind == CHOICE else tuple(sorted({str(v) for v in found if v is not None}))
    index: dict[int | str | None, int] = {word: position for position, word in enumerate(words)}
    return Values(np.array([index.get(value, 0) for value in found], np.int64), missing, words or ("",))


def _taken(values: Values, codes: np.ndarray) -> Values:
    missing = values.missing[codes] if values.missing is not None else None
    if missing is not None and not missing.any():
        missing = None
    return Values(values.data[codes], missing, values.words)


def _by_row(faults: dict[int, BadCell], codes: np.ndarray) -> list[tuple[int, BadCell]]:
    if not faults:
        return []
    rows = np.flatnonzero(np.isin(codes, list(faults)))
    return [(int(row), faults[int(codes[row])]) for row in rows]


def _hints(cells: list[Cell], found: list[int | str | None], kind: Type) -> dict[int, BadCell]:
    hint = {ID_NUMBER: id_number_hint, ACCOUNT: account_hint}.get(kind.text_form, _text_hint)
    hints = ((index, hint(value)) for index, value in enumerate(found) if isinstance(value, str))
    kept = {index: hint for index, hint in hints if hint is not None}
    if kind.text_form == ID_NUMBER:
        kept |= {
            index: old for index, cell in enumerate(cells) if found[index] and (old := old_id_hint(cell))
        }
    return kept


def _text_hint(text: str) -> BadCell | None:
    if has_private(text):
        return BadCell("生僻字", "含有自造字，换一台电脑可能显示成别的字", "请改用国家标准里的生僻字重新输入")
    return None
