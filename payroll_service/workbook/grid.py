"""From a sheet's cells to a raw table: find the heading row, put columns to their names, leave out blank rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from payroll_service.snapshot.filled import is_empty
from payroll_service.snapshot.spelling import drop_spaces, folded
from payroll_service.snapshot.tables import Cell, Problem, RawTable
from payroll_service.workbook.sheets import Place, column_letters
from rules.language.program import Table

HEADING_ROWS = 20  # titles, notes and units may stand above the headings
FAILED_FORMULA = "#VALUE!"


@dataclass
class Grid:
    """A sheet's cells by column, from row 1 and column A."""

    source: str
    columns: list[list[Cell]]
    merged: Sequence[tuple[Place, Place]] = ()
    failed: Sequence[Place] = ()
    problems: list[Problem] = field(default_factory=list)

    @property
    def height(self) -> int:
        return max((len(column) for column in self.columns), default=0)

    def add(
        self, row: int, column: int, heading: str, kind: str, message: str, remedy: str,
        level: Literal["错误", "提示"] = "错误",
    ) -> None:  # fmt: skip
        cell = f"{column_letters(column)}{row + 1}" if row >= 0 else ""
        self.problems.append(Problem(self.source, cell, heading, kind, message, remedy, level))


def heading_key(text: str) -> str:
    """Equal for two spellings of one heading or sheet name: widths, spaces and line breaks do not count."""
    return drop_spaces(folded(text))


def table_of(grid: Grid, table: Table) -> RawTable:
    """The declared columns of a sheet as a raw table; problems are put down in the grid."""
    _mark_failed_formulas(grid)
    row = _heading_row(grid, table)
    if row is None:
        if any(not is_empty(cell) for column in grid.columns for cell in column):
            grid.add(
                -1, 0, "", "缺标题行", f"前 {HEADING_ROWS} 行里没有找到“{table.name}”的标题行",
                "请按模板写上列名，每列一个，与数据相邻",
            )  # fmt: skip
        return RawTable(table.name, grid.source, dict.fromkeys(table.columns, ()), range(0))
    found = _columns_by_name(grid, table, row)
    rows = _filled_rows(grid, row + 1)
    _check_merged(grid, row, found, rows)
    cells: dict[str, Sequence[Cell]] = {}
    for name, number in found.items():
        column = grid.columns[number]
        cells[name] = (
            column[row + 1 :] if len(rows) == len(column) - row - 1 else [column[index] for index in rows]
        )
    letters = {name: column_letters(number) for name, number in found.items()}
    return RawTable(table.name, grid.source, cells, [index + 1 for index in rows], letters)


def _heading_row(grid: Grid, table: Table) -> int | None:
    """The row among the first with the most declared names; None if none has any."""
    wanted = {heading_key(name) for name in table.columns}
    counts = [
        len(wanted & {heading_key(cell) for cell in _headings(grid, row) if isinstance(cell, str)})
        for row in range(min(HEADING_ROWS, grid.height))
    ]
    return counts.index(max(counts)) if any(counts) else None


def _headings(grid: Grid, row: int) -> list[Cell]:
    """The cells of a row; where a merged heading reaches down into it, that heading."""
    cells = [column[row] for column in grid.columns]
    for (top, left), (bottom, _) in grid.merged:
        if top < row <= bottom and left < len(cells) and is_empty(cells[left]):
            cells[left] = grid.columns[left][top]
    return cells


def _columns_by_name(grid: Grid, table: Table, row: int) -> dict[str, int]:
    """Column number by declared name. A doubled heading is an error, an undeclared one a hint."""
    declared = {heading_key(name): name for name in table.columns}
    found: dict[str, int] = {}
    unknown: list[tuple[int, str]] = []
    for number, cell in enumerate(_headings(grid, row)):
        name = declared.get(heading_key(cell)) if isinstance(cell, str) else None
        if name is None:
            if not is_empty(cell):
                unknown.append((number, str(cell)))
        elif name in found:
            first = f"{column_letters(found[name])}{row + 1}"
            grid.add(row, number, name, "列名重复", f"与 {first} 的列名相同", "请删去多余的一列，或改正列名")
        else:
            found[name] = number
    lacking = {key: name for key, name in declared.items() if name not in found}
    for number, text in unknown:
        near = get_close_matches(heading_key(text), lacking, n=1, cutoff=0.6)
        remedy = f"是否应为“{lacking[near[0]]}”？请改正列名" if near else "不需要处理；需要读入的，请核对列名"
        grid.add(row, number, text[:20], "未用的列", "规则没有声明这一列，不会读入", remedy, "提示")
    return found


def _filled_rows(grid: Grid, first: int) -> list[int]:
    """Rows from `first` on in which any cell is filled."""
    blank = list(range(first, grid.height))
    for column in grid.columns:
        if not blank:
            break
        blank = [row for row in blank if is_empty(column[row])]
    left_out = set(blank)
    return [row for row in range(first, grid.height) if row not in left_out]


def _check_merged(grid: Grid, heading: int, found: dict[str, int], rows: list[int]) -> None:
    """A merged range below the headings hides cells: all but its first are empty."""
    names = {number: name for name, number in found.items()}
    last = rows[-1] if rows else heading
    for (top, left), (bottom, right) in grid.merged:
        hit = [number for number in range(left, min(right + 1, len(grid.columns))) if number in names]
        if heading < bottom and top <= last and top > heading and hit:
            grid.add(
                top, left, names[hit[0]], "合并单元格", "数据区有合并单元格，其余各格读不到内容",
                "请取消合并，并在每一格填上内容",
            )  # fmt: skip


def _mark_failed_formulas(grid: Grid) -> None:
    """Put a failed formula's mark where the parser saw an empty cell, or none at all: the sheet ended before it."""
    height = max([grid.height, *(row + 1 for row, _ in grid.failed)])
    width = max([len(grid.columns), *(number + 1 for _, number in grid.failed)])
    grid.columns += [[] for _ in range(width - len(grid.columns))]
    for column in grid.columns:
        column += [None] * (height - len(column))
    for row, number in grid.failed:
        grid.columns[number][row] = FAILED_FORMULA
