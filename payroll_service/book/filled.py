"""A sheet of the level above, filled from figures of this one: every cell has a source, and is one that the sheet accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from payroll_service.book.figures import Column, Figures
from payroll_service.errors import UnsoundFile
from payroll_service.snapshot.cells import reader
from payroll_service.snapshot.faults import BadCell
from rules.language.mistakes import meant
from rules.language.period import Calendar
from rules.language.program import NUMBER, Table
from rules.language.program import Column as Wanted
from rules.language.render import bare_text


@dataclass(frozen=True)
class Sources:
    """Where cells come from: `columns` by the sheet's column, else the own column of that name; `added` is the same in
    every row."""

    columns: Mapping[str, str]
    added: Mapping[str, str]


@dataclass(frozen=True)
class FilledTable:
    """The sheet's name, its headings, and a row of texts for each row of the figures; money with two decimals.

    `numbers` marks the columns that hold no text.
    """

    table: str
    headings: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


def fill(target: Table, calendar: Calendar, figures: Figures, sources: Sources) -> FilledTable:
    """The input table `target` with a row for every row of the figures. Raises UnsoundFile with everything that does not fit."""
    own = {one.name: one for one in figures.columns}
    wrong = [*_unknown(target, own, sources), *_unfilled(target, own, sources)]
    if not wrong:
        cells = {name: _cells(column, own, figures, sources) for name, column in target.columns.items()}
        wrong = [
            told
            for name, column in target.columns.items()
            for told in _unfit(target, column, calendar, cells[name], figures)
        ]
    if wrong:
        raise UnsoundFile(
            f"“{target.name}”填不出来",
            wrong,
            "写明每一列的来源：同名的列自动填，--column 列=本级的列，--add 列=值。",
        )
    return FilledTable(
        target.name,
        tuple(target.columns),
        tuple(column.type.kind == NUMBER for column in target.columns.values()),
        tuple(zip(*cells.values(), strict=True)),
    )


def _unknown(target: Table, own: Mapping[str, Column], sources: Sources) -> Iterator[str]:
    known = tuple(target.columns)
    for name in (*sources.columns, *sources.added):
        if name not in target.columns:
            yield f"“{target.name}”没有列“{name}”（{meant(name, known)}）"
    for name in sources.columns.keys() & sources.added.keys():
        yield f"列“{name}”又写了 --column，又写了 --add"
    for name, source in sources.columns.items():
        if source not in own:
            yield f"列“{name}”的来源“{source}”没有（{meant(source, tuple(own))}）"


def _unfilled(target: Table, own: Mapping[str, Column], sources: Sources) -> Iterator[str]:
    for name, column in target.columns.items():
        if name in sources.added:
            continue
        source = own.get(sources.columns.get(name, name))
        if source is None:
            if name not in sources.columns and not column.optional and column.default is None:
                yield f"列“{name}”没有来源"
        elif (source.type.unit, source.type.percent) != (column.type.unit, column.type.percent):
            yield f"列“{name}”的单位是“{_unit(column)}”，来源“{source.name}”的是“{_unit(source)}”"


def _unit(column: Column | Wanted) -> str:
    return "%" if column.type.percent else str(column.type.unit) or "无"


def _cells(column: Wanted, own: Mapping[str, Column], figures: Figures, sources: Sources) -> Sequence[str]:
    if column.name in sources.added:
        return [sources.added[column.name]] * len(figures.keys)
    source = own.get(sources.columns.get(column.name, column.name))
    if source is None:
        return [""] * len(figures.keys)
    return ["" if value is None else bare_text(value, source.type) for value in source.values]


def _unfit(
    target: Table, column: Wanted, calendar: Calendar, cells: Sequence[str], figures: Figures
) -> Iterator[str]:
    read = reader(column.type, calendar)
    for text, label in zip(cells, figures.labels, strict=True):
        if not text and not column.optional and column.default is None:
            yield f"“{label}”的列“{column.name}”是空的"
        try:
            read(text)
        except BadCell as bad:
            yield f"“{label}”的列“{column.name}”是 {text}：{bad.message}"
