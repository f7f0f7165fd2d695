"""What a row is called: its key as texts, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from payroll_service.calculation.outcome import Frame
from payroll_service.snapshot.tables import Values
from rules.language.period import month_text
from rules.language.program import DATE, NUMBER, Program, Type
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
                parts.append(cell_text(frame.columns[key.name], program.types[table, key.name], row))
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
            else cell_text(frame.columns[key.name], program.types[table, key.name], row)
            for key in shape.by
        ]
        return "、".join(parts) or "全体"
    return " ".join(key_texts(program, frames, table, row))


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
