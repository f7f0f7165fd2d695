"""Figures as files: CSV to hand on, a workbook to read, a picture to look at."""

from __future__ import annotations

from fractions import Fraction

from payroll_service.book.figures import Column, Figures, Spread
from payroll_service.export.csv_text import csv_bytes, text_cell
from payroll_service.export.drawing import Bar, Panel, picture
from payroll_service.export.sheets import Cell, Sheet, workbook_bytes
from rules.language.render import bare_text, fixed_text, value_text

SHOWN_ROWS = 40
DRAWN_TO = 10_000  # parts of a unit that a bar can show
SPREAD = ("最高", "最低", "相差", "最高÷最低")


def figures_csv(figures: Figures) -> bytes:
    """A row a line: key, label, every column; an empty cell where the rule does not apply."""
    heading = ",".join(
        text_cell(name) for name in ("主键", "名称", *(_heading(one) for one in figures.columns))
    )
    lines = (
        ",".join((text_cell("、".join(key)), text_cell(label), *(_bare(one, row) for one in figures.columns)))
        + "\r\n"
        for row, (key, label) in enumerate(zip(figures.keys, figures.labels, strict=True))
    )
    return csv_bytes(heading, lines)


def figures_xlsx(figures: Figures) -> bytes:
    """The same as a sheet, and another with how far apart the rows lie."""
    rows: list[list[Cell]] = [
        ["、".join(key), label, *(_bare(one, row) for one in figures.columns)]
        for row, (key, label) in enumerate(zip(figures.keys, figures.labels, strict=True))
    ]
    headings = ["主键", "名称", *(_heading(one) for one in figures.columns)]
    apart: list[list[Cell]] = [
        [one.name, *spread_texts(one, one.spread)] for one in figures.columns if one.spread is not None
    ]
    return workbook_bytes([Sheet(figures.table, headings, rows), Sheet("差距", ["栏目", *SPREAD], apart)])


def figures_svg(figures: Figures, title: str) -> bytes:
    """A panel a column, the highest row first; columns without numbers are left out."""
    return picture(
        title,
        f"{figures.table}，{len(figures.keys)} 行",
        [_panel(figures, one) for one in figures.columns if one.numbers],
    )


def spread_texts(column: Column, spread: Spread) -> tuple[str, str, str, str]:
    """Highest, lowest, gap and ratio as people read them; the ratio with two decimals, "" where there is none."""
    values = (value_text(one, column.type) for one in (spread.highest, spread.lowest, spread.gap))
    times = fixed_text(spread.ratio, 2) if spread.ratio is not None else ""
    highest, lowest, gap = values
    return highest, lowest, gap, times


def _panel(figures: Figures, column: Column) -> Panel:
    found = [(one, row) for row, one in enumerate(column.values) if isinstance(one, Fraction)]
    ranked = sorted(found, key=lambda pair: (-pair[0], pair[1]))
    bars = [_bar(figures.labels[row], value, column) for value, row in ranked[:SHOWN_ROWS]]
    spread = column.spread
    told = dict(zip(SPREAD, spread_texts(column, spread), strict=True)) if spread else {}
    note = "，".join(f"{name} {text}" for name, text in told.items() if text)
    rest = f"；另有 {len(ranked) - SHOWN_ROWS} 行，见工作簿" if len(ranked) > SHOWN_ROWS else ""
    return Panel(_heading(column), bars, note + rest, _reach(figures, column))


def _reach(figures: Figures, column: Column) -> tuple[int, int]:
    """The scale of all columns in the same unit, so that before and after can be compared by eye."""
    same = [value for one in figures.columns if one.type.unit == column.type.unit for value in one.numbers]
    lengths = [int(value * DRAWN_TO) for value in same]
    return max(0, -min(lengths)), max(0, *lengths)


def _bar(label: str, value: Fraction, column: Column) -> Bar:
    length = int(value * DRAWN_TO)
    return Bar(label, min(0, length), max(0, length), value_text(value, column.type))


def _heading(column: Column) -> str:
    unit = str(column.type.unit)
    return f"{column.name}（{unit}）" if unit else column.name


def _bare(column: Column, row: int) -> str:
    value = column.values[row]
    return "" if value is None else bare_text(value, column.type)
