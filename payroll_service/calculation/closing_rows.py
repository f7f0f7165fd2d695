"""What a run leaves to the next one: the closing rows of a table, as a table of the next run's input (上期)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from payroll_service.calculation.made_values import values_of
from payroll_service.calculation.outcome import Outcome
from payroll_service.snapshot.canonical import writer
from payroll_service.snapshot.tables import Cell, RawTable, Values
from rules.language.openings import carried, column_type
from rules.language.program import PRIOR, Program, Table


def closing_rows(program: Program, outcome: Outcome, table: Table) -> RawTable:
    """The rows of a 上期 table `table` after a run of `program`: texts as in a sealed snapshot.

    Of an ordered table the last row of each line, of a month table the last month of each post, else every row; rows
    with nothing to carry over are left out.
    """
    rows = _last_rows(program, outcome, program.tables[table.carries])
    columns = {name: _texts(program, outcome, table.carries, name, rows) for name in table.columns}
    kept = [row for row in range(len(rows)) if any(columns[name][row] is not None for name in carried(table))]
    cells: dict[str, Sequence[Cell]] = {name: [texts[row] for row in kept] for name, texts in columns.items()}
    return RawTable(table.name, table.name, cells, range(1, len(kept) + 1))


def _last_rows(program: Program, outcome: Outcome, source: Table) -> np.ndarray:
    frame = outcome.frames[source.name]
    last = np.ones(frame.size, bool)
    if source.order is not None:
        before = next(link.name for link in source.links.values() if link.kind == PRIOR[1])
        led_to = frame.links[before]
        last[led_to[led_to >= 0]] = False
    elif source.kind == "分月":
        post = frame.links[_above(source)]
        last[:-1] = post[1:] != post[:-1]  # rows ascend by post, then by month
    return np.flatnonzero(last)


def _texts(program: Program, outcome: Outcome, table: str, name: str, rows: np.ndarray) -> list[Cell]:
    kind = column_type(program, table, name)
    assert kind is not None, "checked with the rule set"
    values = _values(program, outcome, table, name, rows)
    write = writer(kind, values.words)
    missing = np.zeros(len(rows), bool) if values.missing is None else values.missing
    return [
        None if lacks else write(data)
        for data, lacks in zip(values.data.tolist(), missing.tolist(), strict=True)
    ]


def _values(program: Program, outcome: Outcome, table: str, name: str, rows: np.ndarray) -> Values:
    """A column on these rows; what a month row has from its post is read there."""
    frame, shape = outcome.frames[table], program.tables[table]
    if (table, name) in outcome.columns:
        values = values_of(outcome.columns[table, name], program.types[table, name])
    elif name in frame.columns:
        values = frame.columns[name]
    else:
        return _values(program, outcome, shape.of, name, frame.links[_above(shape)][rows])
    return Values(values.data[rows], None if values.missing is None else values.missing[rows], values.words)


def _above(shape: Table) -> str:
    return next(link.name for link in shape.links.values() if link.kind == "上级")
