"""From a sheet's cells to a raw table: columns put to their names, blank rows left out, what is hidden said."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from payroll_service.snapshot.filled import is_empty
from payroll_service.snapshot.tables import Cell, Problem, RawTable
from payroll_service.workbook.closing_rows import closing_rows
from payroll_service.workbook.headings_found import (
    SEARCHED_ROWS,
    Headings,
    Names,
    find_headings,
    heading_key,
    is_money,
)
from payroll_service.workbook.lacking_columns import lacking_columns
from payroll_service.workbook.money_units import ends_in_unit, unit_above
from payroll_service.workbook.number_formats import exact_text, shown
from payroll_service.workbook.other_rows import heading_rows
from payroll_service.workbook.sheets import Place, column_letters
from rules.language.program import NUMBER, Program, Table

FAILED_FORMULA = "#VALUE!"
LONGEST = 20  # of a heading that is repeated in a message
_ROWS_NAMED = 20  # row numbers that one message lists


@dataclass
class Grid:
    """A sheet's cells by column, from row 1 and column A; rows and columns are counted from 0.

    `scaled`: rows by column and number format, where the format may show another number.
    `folder`: of CSV files, the folder that the file lies in. `hidden`: the sheet as a whole is hidden.
    """

    source: str
    columns: list[list[Cell]]
    merged: Sequence[tuple[Place, Place]] = ()
    failed: Sequence[Place] = ()
    hidden_rows: Collection[int] = ()
    hidden_columns: Collection[tuple[int, int]] = ()  # from, to
    hidden: bool = False
    folder: str = ""
    name: str = ""  # of the sheet, or of the file without its ending
    problems: list[Problem] = field(default_factory=list)
    scaled: Mapping[tuple[int, str], Sequence[int]] = field(default_factory=dict)

    @property
    def height(self) -> int:
        return max((len(column) for column in self.columns), default=0)

    @property
    def is_empty(self) -> bool:
        return all(is_empty(cell) for column in self.columns for cell in column)

    def add(
        self, row: int, column: int, heading: str, kind: str, message: str, remedy: str,
        level: Literal["错误", "提示"] = "错误",
    ) -> None:  # fmt: skip
        cell = f"{column_letters(column)}{row + 1}" if row >= 0 else ""
        self.problems.append(Problem(self.source, cell, heading, kind, message, remedy, level))


def table_of(grid: Grid, table: Table, program: Program) -> RawTable:
    """The declared columns of a sheet as a raw table; problems are put down in the grid."""
    _mark_failed_formulas(grid)
    _check_hidden_sheet(grid, table)
    headings = find_headings(grid.columns, grid.merged, table)
    if headings is None:
        if not grid.is_empty:
            grid.add(
                -1, 0, "", "缺标题行", f"前 {SEARCHED_ROWS} 行里没有找到“{table.name}”的标题行",
                "请按模板写上列名，每列一个，与数据相邻",
            )  # fmt: skip
        return RawTable(table.name, grid.source, dict.fromkeys(table.columns, ()), range(0))
    rows = _data_rows(grid, table, headings)
    lacking = _lacking(grid, table, headings, rows, program)
    may_be_empty = {name for name, column in table.columns.items() if column.optional or column.default}
    told = [likely for name, likely in lacking.items() if likely and name in may_be_empty]
    _report_headings(grid, table, headings, told)
    _check_units_above(grid, table, headings)
    _check_merged(grid, headings, rows)
    _check_shown(grid, table, headings)
    _report_hidden(grid, headings, rows)
    cells: dict[str, Sequence[Cell]] = {}
    first = headings.last + 1
    for name, number in headings.columns.items():
        column = grid.columns[number]
        cells[name] = column[first:] if len(rows) == len(column) - first else [column[row] for row in rows]
    letters = {name: column_letters(number) for name, number in headings.columns.items()}
    return RawTable(table.name, grid.source, cells, [row + 1 for row in rows], letters, lacking)


def _lacking(
    grid: Grid, table: Table, headings: Headings, rows: Sequence[int], program: Program
) -> dict[str, tuple[str, str] | None]:
    """Columns that ought to be there, with cell and text of a heading that could be theirs; of a sheet without rows none."""
    if not rows:
        return {}
    unread = {number: [grid.columns[number][row] for row in rows] for number, _ in headings.unknown}
    return {
        name: likely and (f"{column_letters(likely[0])}{headings.last + 1}", likely[1][:LONGEST])
        for name, likely in lacking_columns(program, table, headings, unread)
    }


def _report_headings(grid: Grid, table: Table, headings: Headings, told: Sequence[tuple[str, str]]) -> None:
    """A doubled heading is an error, an undeclared one a hint, unless it is `told` as that of a lacking column."""
    row = headings.last
    for number, name in headings.doubled:
        first = f"{column_letters(headings.columns[name])}{row + 1}"
        also = f"（{headings.spelled[name]}）" if headings.spelled[name] != name else ""
        grid.add(
            row,
            number,
            name,
            "列名重复",
            f"与 {first}{also} 是同一列“{name}”",
            "请删去多余的一列，或改正列名",
        )
    _report_other_units(grid, table, headings)
    keys = Names(table).keys
    lacking = {key: name for key, name in keys.items() if name not in headings.columns}
    for number, text in headings.unknown:
        if (f"{column_letters(number)}{row + 1}", text[:LONGEST]) in told:
            continue
        near = get_close_matches(heading_key(text), lacking, n=1, cutoff=0.6)
        remedy = (
            _meant_perhaps(table, lacking[near[0]], text) if near else "不需要处理；需要读入的，请核对列名"
        )
        grid.add(row, number, text[:LONGEST], "未用的列", "规则没有声明这一列，不会读入", remedy, "提示")


def _meant_perhaps(table: Table, name: str, text: str) -> str:
    column = table.columns[name]
    if is_money(column) and ends_in_unit(text):
        unit = column.type.unit
        return f"是否应为“{name}”？那一列要填{unit}：是的话，请把各格换算成{unit}，再改正列名"
    return f"是否应为“{name}”？请改正列名"


def _report_other_units(grid: Grid, table: Table, headings: Headings) -> None:
    """Amounts in thousands under a heading that says so: to change the heading alone would divide everybody's pay."""
    for other in headings.other_units:
        unit = table.columns[other.name].type.unit
        if other.name in headings.columns:
            grid.add(
                headings.last, other.number, other.text[:LONGEST], "未用的列",
                f"“{other.name}”另有一列，这一列不会读入", "不需要处理", "提示",
            )  # fmt: skip
        else:
            grid.add(
                headings.last, other.number, other.name, "单位不符",
                f"“{other.text[:40]}”的单位是{other.unit}，这一列要填{unit}",
                f"请把各格换算成{unit}，再把列名改为“{other.name}”",
            )  # fmt: skip


def _check_units_above(grid: Grid, table: Table, headings: Headings) -> None:
    """单位：千元 above the headings, or among them: every amount of the sheet is then in thousands."""
    if not any(is_money(table.columns[name]) for name in headings.columns):
        return
    own = {number: name for name, number in headings.columns.items()}
    own |= {other.number: other.text for other in headings.other_units}
    for number, column in enumerate(grid.columns):
        for row in range(headings.last + (number not in own)):
            cell = column[row]
            if not isinstance(cell, str) or cell in own.get(number, ""):
                continue
            said = unit_above(cell, brackets=row < headings.last)
            if said:
                grid.add(
                    row, number, "", "单位不符", f"表头上写着“{said[:40]}”，金额要填元",
                    "请把金额换算成元，并删去或改正这一格",
                )  # fmt: skip


def _data_rows(grid: Grid, table: Table, headings: Headings) -> list[int]:
    """Rows below the headings in which any cell is filled; left out are rows that are no data, each of them told."""
    blank = list(range(headings.last + 1, grid.height))
    for column in grid.columns:
        if not blank:
            break
        blank = [row for row in blank if is_empty(column[row])]
    again = _repeated_headings(grid, headings)
    if again:
        grid.add(again[0], 0, "", "重复的标题行", f"{_listed(again)}又是标题行，已跳过", "不需要处理", "提示")
    left_out = {*blank, *again}
    rows = [row for row in range(headings.last + 1, grid.height) if row not in left_out]
    others = [
        *heading_rows(grid.columns, table, headings, rows),
        *closing_rows(grid.columns, table, headings, rows),
    ]
    names = {number: name for name, number in headings.columns.items()}
    for each in others:
        heading = names.get(each.column, "")
        grid.add(each.row, each.column, heading, each.kind, each.message, each.remedy)
    left_out = {each.row for each in others}
    return [row for row in rows if row not in left_out] if left_out else rows


def _repeated_headings(grid: Grid, headings: Headings) -> list[int]:
    """Rows that say nothing but the headings again, as where several lists were put under one another."""
    if not headings.columns:
        return []
    name, number = next(iter(headings.columns.items()))
    texts = {column: headings.spelled[name] for name, column in headings.columns.items()}
    column = grid.columns[number]
    likely = [row for row in range(headings.last + 1, grid.height) if column[row] == headings.spelled[name]]
    return [row for row in likely if all(grid.columns[number][row] == text for number, text in texts.items())]


def _check_merged(grid: Grid, headings: Headings, rows: list[int]) -> None:
    """A merged range below the headings hides cells: all but its first are empty. Rows that are not read do not matter."""
    names = {number: name for name, number in headings.columns.items()}
    for (top, left), (bottom, right) in grid.merged:
        hit = [number for number in names if left <= number <= right]
        first_read = bisect_left(rows, top)
        if headings.last < top and first_read < len(rows) and rows[first_read] <= bottom and hit:
            grid.add(
                top, left, names[hit[0]], "合并单元格", "数据区有合并单元格，其余各格读不到内容",
                "请取消合并，并在每一格填上内容",
            )  # fmt: skip


def _check_shown(grid: Grid, table: Table, headings: Headings) -> None:
    """A number that is shown otherwise than it is stored: the clerk sees 89%, the cell holds 0.89."""
    for (number, code), rows in grid.scaled.items():
        name = next((name for name, place in headings.columns.items() if place == number), None)
        kind = table.columns[name].type if name else None
        if name is None or kind is None or kind.kind != NUMBER or kind.percent:
            continue
        column = grid.columns[number]
        for row in rows:
            cell = column[row] if headings.last < row < len(column) else None
            if isinstance(cell, bool) or not isinstance(cell, (int, float)):
                continue
            if found := shown(cell, code):
                text = found.text or f"的不是这个数（格式是 {code[:40]}）"
                value = "实际的数" if found.meant is None else f" {exact_text(found.meant)}"
                grid.add(
                    row, number, name, "显示不符", f"这一格显示 {text}，存的是 {exact_text(cell)}",
                    f"请先把单元格格式改为“数值”，再填{value}",
                )  # fmt: skip


def _check_hidden_sheet(grid: Grid, table: Table) -> None:
    if grid.hidden and not grid.is_empty:
        grid.add(
            -1, 0, "", "隐藏的表", f"“{table.name}”这张工作表是隐藏的，交表的人看不到，可能是旧数据",
            "请取消隐藏并核对内容；不用的，请删除这张工作表",
        )  # fmt: skip


def _report_hidden(grid: Grid, headings: Headings, rows: list[int]) -> None:
    """Hidden rows and columns count: what is hidden by a filter still belongs to the list. But somebody should know."""
    hidden = sorted(set(rows).intersection(grid.hidden_rows))
    if hidden:
        message = f"{_listed(hidden)}是隐藏的，照样读入"
        remedy = "确实要算的，不需要处理；不要的，请取消隐藏后删除"
        grid.add(hidden[0], 0, "", "隐藏的行", message, remedy, "提示")
    for name, number in headings.columns.items():
        if any(first <= number <= last for first, last in grid.hidden_columns):
            grid.add(
                headings.last, number, name, "隐藏的列", "这一列是隐藏的，照样读入",
                "请取消隐藏，核对内容", "提示",
            )  # fmt: skip


def _listed(rows: Sequence[int]) -> str:
    named = "、".join(str(row + 1) for row in rows[:_ROWS_NAMED])
    return f"第 {named} 行" + (f"等 {len(rows)} 行" if len(rows) > _ROWS_NAMED else "")


def _mark_failed_formulas(grid: Grid) -> None:
    """Put a failed formula's mark where the parser saw an empty cell, or none at all: the sheet ended before it."""
    height = max([grid.height, *(row + 1 for row, _ in grid.failed)])
    width = max([len(grid.columns), *(number + 1 for _, number in grid.failed)])
    grid.columns += [[] for _ in range(width - len(grid.columns))]
    for column in grid.columns:
        column += [None] * (height - len(column))
    for row, number in grid.failed:
        grid.columns[number][row] = FAILED_FORMULA
