"""Read the deductions of one payment: one row a payee, one column a tax or contribution."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from payroll_service.book.ledger.records import Deductions
from payroll_service.errors import NotInBook
from payroll_service.workbook.lists import ListRow, list_rows, read_list
from payroll_service.workflow.send_back import ID_NUMBER

NOT_MONEY = ("姓名", "备注", "序号")


def read_deductions(path: Path) -> dict[str, Deductions]:
    """By ID number. Columns: 证件号码, and every other one (but 姓名, 备注, 序号) is a deduction of that name, in yuan.

    Raises UnreadableFile; NotInBook for a number that stands twice, or a deduction below zero.
    """
    return _deductions(read_list(path, (ID_NUMBER,)))


def received_deductions(file: str, content: bytes) -> dict[str, Deductions]:
    """The same of a file that was sent."""
    return _deductions(list_rows(file, content, (ID_NUMBER,)))


def _deductions(rows: Iterable[ListRow]) -> dict[str, Deductions]:
    found: dict[str, Deductions] = {}
    for row in rows:
        number = row.id_number(ID_NUMBER)
        names = [name for name in row.cells if name != ID_NUMBER and name not in NOT_MONEY]
        listed = tuple((name, fen) for name in names if (fen := row.fen(name)))
        if number in found or any(fen < 0 for _, fen in listed):
            why = "证件号码重复" if number in found else "扣款是负数"
            raise NotInBook(f"{row.name} 第 {row.number} 行：{why}。", "每人一行，扣款写正数。")
        if listed:
            found[number] = listed
    return found
