"""What holds for a cell of every type: it may be empty, and a failed formula is not a value."""

from __future__ import annotations

from collections.abc import Callable

from payroll_service.snapshot import spelling
from payroll_service.snapshot.faults import BadCell
from payroll_service.snapshot.tables import Cell

Reader = Callable[[Cell], int | str | None]

_FAILED_FORMULAS = {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"}


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not spelling.trim(cell))


def unless_empty(read: Callable[[Cell], int | str | None]) -> Reader:
    def read_filled(cell: Cell) -> int | str | None:
        if is_empty(cell):
            return None
        if isinstance(cell, str) and cell in _FAILED_FORMULAS:
            raise BadCell("公式错误", "单元格的公式出错，或没有算出结果", "请改正公式，或直接填写数值")
        return read(cell)

    return read_filled
