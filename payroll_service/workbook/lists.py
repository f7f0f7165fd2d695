"""A list that finance or a bank hands in: one sheet or CSV file, headings in its first row, no rule set needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import thread_time

from payroll_service.errors import UnreadableFile
from payroll_service.snapshot.faults import BadCell
from payroll_service.snapshot.filled import is_empty
from payroll_service.snapshot.identifiers import read_account, read_any_id
from payroll_service.snapshot.numbers import exact_decimal
from payroll_service.snapshot.tables import Cell
from payroll_service.workbook.csv_files import csv_grid
from payroll_service.workbook.guard import (
    LIMITS,
    UnreadableWorkbook,
    check_size,
    check_workbook,
    open_archive,
)
from payroll_service.workbook.headings_found import heading_key
from payroll_service.workbook.parsing import parse_sheets
from payroll_service.workbook.sheets import facts_of, sheet_parts


@dataclass(frozen=True)
class ListRow:
    """One row: its number in the file, and its cells by heading; a cell that is empty is not there."""

    name: str
    number: int
    cells: dict[str, Cell]

    def id_number(self, heading: str) -> str:
        """A number that is a name, in its one spelling. Raises UnreadableFile naming the row."""
        try:
            return read_any_id(self.cells.get(heading))
        except BadCell as bad:
            raise self._unreadable(heading, bad) from None

    def account(self, heading: str) -> str:
        """A bank account in its one spelling. Raises UnreadableFile naming the row."""
        try:
            return read_account(self.cells.get(heading))
        except BadCell as bad:
            raise self._unreadable(heading, bad) from None

    def text(self, heading: str) -> str:
        cell = self.cells.get(heading)
        return "" if cell is None else str(cell).strip()

    def fen(self, heading: str) -> int:
        """An amount of yuan with at most two decimals; an empty cell is nothing. Raises UnreadableFile."""
        try:
            return fen_of(self.cells[heading]) if heading in self.cells else 0
        except BadCell as bad:
            raise self._unreadable(heading, bad) from None

    def _unreadable(self, heading: str, bad: BadCell) -> UnreadableFile:
        return UnreadableFile(
            f"{self.name} 第 {self.number} 行“{heading}”：{bad.message}。", f"{bad.remedy}。"
        )


def fen_of(cell: Cell) -> int:
    """Whole fen of an amount of yuan. Raises BadCell."""
    digits, places = exact_decimal(cell)
    if places > 2:
        raise BadCell("小数位", "金额最多两位小数", "请填到分，如 1234.50")
    scale: int = 10 ** (2 - places)
    return digits * scale


def read_list(path: Path, needed: tuple[str, ...]) -> list[ListRow]:
    """As `list_rows`, of a file. Raises UnreadableFile."""
    try:
        data = path.read_bytes()
    except OSError as why:
        raise UnreadableFile(f"读不了 {path}（{why.strerror}）。", "请核对路径和文件名。") from None
    return list_rows(path.name, data, needed)


def list_rows(file: str, data: bytes, needed: tuple[str, ...]) -> list[ListRow]:
    """The rows of a CSV file, or of the first sheet of an .xlsx that is not hidden. Raises UnreadableFile.

    The headings stand in the first row that has any; `needed` must be among them, and none may stand twice.
    """
    check_size(len(data))
    is_csv = file.lower().endswith(".csv")
    columns = csv_grid(file, data, LIMITS).columns if is_csv else _first_sheet(data)
    rows = [(number, row) for number, row in _rows(columns) if any(not is_empty(cell) for cell in row)]
    if not rows:
        raise UnreadableFile(f"{file} 是空的。", f"首行应为：{'、'.join(needed)}。")
    headings = ["" if is_empty(cell) else heading_key(str(cell)) for cell in rows[0][1]]
    lacking = [name for name in needed if headings.count(heading_key(name)) != 1]
    if lacking:
        raise UnreadableFile(
            f"{file} 的首行没有（或重复）“{'、'.join(lacking)}”这一列。", "请照样写上列名，各写一次。"
        )
    known = {heading_key(name): name for name in needed}
    names = [known.get(key, key) for key in headings]
    return [
        ListRow(
            file,
            number,
            {name: cell for name, cell in zip(names, row, strict=True) if name and not is_empty(cell)},
        )
        for number, row in rows[1:]
    ]


def _rows(columns: list[list[Cell]]) -> Iterator[tuple[int, list[Cell]]]:
    for number in range(max((len(column) for column in columns), default=0)):
        yield number + 1, [column[number] if number < len(column) else None for column in columns]


def _first_sheet(data: bytes) -> list[list[Cell]]:
    until = thread_time() + LIMITS.seconds
    with open_archive(data, LIMITS) as package:
        check_workbook(package)
        for name, part in sheet_parts(package).items():
            if not part.hidden:
                facts_of(package, part, LIMITS, until)
                return parse_sheets(
                    data, [name], replace(LIMITS, seconds=max(1, round(until - thread_time())))
                )[name]
    raise UnreadableWorkbook("工作簿里没有可见的工作表。", "请取消隐藏后重新提交。")
