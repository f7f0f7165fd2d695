"""The statement of arrears as a workbook: entitled, paid, owed, and how old what is owed is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from payroll_service.book.ledger.arrears import AGES, ArrearsRow, total_row
from payroll_service.export.sheets import Cell, Fen, Sheet, workbook_bytes

HEADINGS = ("应发", "已付", "欠付", "应追回", *(f"欠付：{age}" for age in AGES))


def arrears_xlsx(
    title: str, heads: Sequence[str], rows: Sequence[ArrearsRow], named: Mapping[str, Sequence[str]]
) -> bytes:
    """One sheet, the last row the sum; `heads` are the headings of what `named` has by each row's key."""
    cells: list[list[Cell]] = [[*named[row.key], *figures(row)] for row in rows]
    total: list[Cell] = ["合计", *([""] * (len(heads) - 1)), *figures(total_row(rows))]
    return workbook_bytes([Sheet(title, [*heads, *HEADINGS], [*cells, total], bold_last=True)])


def figures(row: ArrearsRow) -> list[Cell]:
    """In the order of `HEADINGS`."""
    parts = (row.entitled_fen, row.paid_fen, row.owed_fen, row.recoverable_fen, *row.aged)
    return [Fen(fen) for fen in parts]
