"""What a row is called: its key as texts, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from payroll_service.calculation.outcome import Frame
from payroll_service.snapshot.tables import Values
from rules.language.period import month_text
from rules.language.program import DATE, NUMBER, GroupKey, Program, Read, Type
from rules.language.render import MISSING, bare_text


def key_texts(program: Program, frames: Mapping[str, Frame], table: str, row: int) -> tuple[str, ...]:
    """The key of a row as texts: dates as ISO, months as 2020-09; groups by what they are formed by."""
    shape, frame = program.tables[table], frames[table]
    if shape.kind == "分月":
        parent = next(name for name, link in shape.links.items() if link.kind == "上级")
        above = key_texts(program, frames, shape.of, int(frame.links[parent][row]))
        return (*above, month_text(int(frame.columns[shape.key[-1]].data[row])))
    if shape.kind == "分组":
        parts: list[str] = []
        for key in shape.by:
            if key.path:
                parts += key_texts(program, frames, key.target, int(frame.links[key.name][row]))
            else:
                parts.append(_group_word(program, frame, table, key, row))
        return tuple(parts)
    return tuple(cell_text(frame.columns[name], program.types[table, name], row) for name in shape.key)


def row_label(program: Program, frames: Mapping[str, Frame], table: str, row: int) -> str:
    """A row in words: what people read instead of its key where the table says so, else the key."""
    shape, frame = program.tables[table], frames[table]
    if shape.label_column:
        return cell_text(frame.columns[shape.label_column], program.types[table, shape.label_column], row)
    if shape.kind == "分月":
        parent = next(name for name, link in shape.links.items() if link.kind == "上级")
        above = row_label(program, frames, shape.of, int(frame.links[parent][row]))
        return f"{above} {month_text(int(frame.columns[shape.key[-1]].data[row]))}"
    if shape.kind == "分组":
        parts = [
            row_label(program, frames, key.target, int(frame.links[key.name][row]))
            if key.path
            else _group_word(program, frame, table, key, row)
            for key in shape.by
        ]
        return "、".join(parts) or "全体"
    return " ".join(_key_word(program, frames, table, name, row) for name in shape.key)


def _group_word(program: Program, frame: Frame, table: str, key: GroupKey, row: int) -> str:
    """What a group is formed by, as text; the month of a month table as 2020-09."""
    values, node = frame.columns[key.name], key.node
    assert node is not None, "what is no link is a column"
    made_from = program.tables[node.table]
    if made_from.kind == "分月" and node.column == made_from.key[-1]:
        return month_text(int(values.data[row]))
    return cell_text(values, program.types[table, key.name], row)


def _key_word(program: Program, frames: Mapping[str, Frame], table: str, column: str, row: int) -> str:
    """A key column in words: the label of the row that it alone looks up, if there is one."""
    frame = frames[table]
    for name, link in program.tables[table].links.items():
        alone = [read.column for read in link.reads] == [column] and link.at is None
        if alone and program.tables[link.target].label_column and frame.links[name][row] >= 0:
            return row_label(program, frames, link.target, int(frame.links[name][row]))
    return cell_text(frame.columns[column], program.types[table, column], row)


def row_of_key(program: Program, frames: Mapping[str, Frame], table: str, key: tuple[str, ...]) -> int | None:
    """The row of an input table with this key, as texts; None if the run does not see one."""
    frame = frames[table]
    found = np.arange(frame.size)
    for name, wanted in zip(program.tables[table].key, key, strict=True):
        values, type_ = frame.columns[name], program.types[table, name]
        if values.words:
            code = values.words.index(wanted) if wanted in values.words else -1
            found = found[values.data[found] == code]
        else:
            found = np.array([row for row in found if cell_text(values, type_, int(row)) == wanted], np.int64)
    return int(found[0]) if len(found) else None


def event_text(program: Program, frames: Mapping[str, Frame], event: Read, row: int) -> str:
    """What tells an event apart, at a row of the table that the read ends in; "" for no row (-1) or an empty cell."""
    values = frames[event.table].columns[event.column]
    if row < 0 or (values.missing is not None and values.missing[row]):
        return ""
    return cell_text(values, program.types[event.table, event.column], row)


def cell_text(values: Values, type_: Type, row: int) -> str:
    """One cell of an input column as people read it, without its unit."""
    if values.missing is not None and values.missing[row]:
        return MISSING
    data = int(values.data[row])
    if values.words:
        return values.words[data]
    if type_.kind == DATE:
        return date.fromordinal(data).isoformat()
    return bare_text(data * (type_.step or 1) if type_.kind == NUMBER else data, type_)
