"""Who and where, in texts: the keys and labels of the rows that payments name as payee or unit."""

from __future__ import annotations

from dataclasses import dataclass
from operator import lt

import numpy as np

from payroll_service.calculation.labels import key_texts
from payroll_service.calculation.outcome import Frame
from payroll_service.snapshot.tables import Values
from rules.language.program import NUMBER, Program, Table, Type


@dataclass(frozen=True)
class Named:
    """Distinct rows of one or several tables, ascending by key and kind; `code[table]` is a row's place, -1 if unused."""

    keys: tuple[str, ...]
    kinds: tuple[str, ...]
    labels: tuple[str, ...]
    code: dict[str, np.ndarray]


def name_rows(program: Program, frames: dict[str, Frame], used: dict[str, np.ndarray]) -> Named:
    """Name the `used` rows of each table. Rows of two tables with equal key and kind are one; the first's label counts."""
    if len(used) == 1:
        ((name, rows),) = used.items()
        keys = row_keys(program, frames, name, rows)
        order = sorted(range(len(keys)), key=keys.__getitem__)
        ordered_keys = [keys[place] for place in order]
        if all(map(lt, ordered_keys, ordered_keys[1:])):
            return _named(program.tables[name], frames[name], rows[order], ordered_keys)
    labels: dict[tuple[str, str], str] = {}
    ids: dict[str, list[tuple[str, str]]] = {}
    for name, rows in used.items():
        table, frame = program.tables[name], frames[name]
        ids[name] = [(key, table.payee_kind) for key in row_keys(program, frames, name, rows)]
        for found, label in zip(ids[name], row_labels(table, frame, rows), strict=True):
            labels.setdefault(found, label)
    ordered = sorted(labels)
    place = {found: number for number, found in enumerate(ordered)}
    code = {name: np.full(frames[name].size, -1, np.int64) for name in used}
    for name, rows in used.items():
        code[name][rows] = [place[found] for found in ids[name]]
    return Named(
        tuple(key for key, _ in ordered),
        tuple(kind for _, kind in ordered),
        tuple(labels[found] for found in ordered),
        code,
    )


def _named(table: Table, frame: Frame, rows: np.ndarray, keys: list[str]) -> Named:
    """Rows of one table in the order of their keys, which all differ."""
    code = np.full(frame.size, -1, np.int64)
    code[rows] = np.arange(len(rows))
    labels = tuple(row_labels(table, frame, rows))
    return Named(tuple(keys), (table.payee_kind,) * len(keys), labels, {table.name: code})


def row_keys(program: Program, frames: dict[str, Frame], table: str, rows: np.ndarray) -> list[str]:
    """The key of each row as text, several parts joined by 、."""
    shape = program.tables[table]
    if shape.kind == "输入" and len(shape.key) == 1 and frames[table].columns[shape.key[0]].words:
        return _words(frames[table].columns[shape.key[0]], rows)
    if shape.kind == "输入" and len(shape.key) == 1 and _counts_ones(program.types[table, shape.key[0]]):
        return [str(number) for number in frames[table].columns[shape.key[0]].data[rows].tolist()]
    return ["、".join(key_texts(program, frames, table, row)) for row in rows.tolist()]


def _counts_ones(kind: Type) -> bool:
    """Whole numbers, which are said as they are kept."""
    return kind.kind == NUMBER and kind.step == 1 and not kind.percent and not kind.unit.is_money


def row_labels(table: Table, frame: Frame, rows: np.ndarray) -> list[str]:
    """What the label column says for each row; nothing where there is none."""
    if not table.label_column:
        return [""] * len(rows)
    return _words(frame.columns[table.label_column], rows)


def _words(values: Values, rows: np.ndarray) -> list[str]:
    texts = [values.words[code] for code in values.data[rows].tolist()]
    if values.missing is None:
        return texts
    return ["" if gone else text for text, gone in zip(texts, values.missing[rows].tolist(), strict=True)]
