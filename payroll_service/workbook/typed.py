"""Amounts and days as somebody types them, at whatever door."""

from __future__ import annotations

from datetime import date

from payroll_service.errors import Refused
from payroll_service.snapshot.faults import BadCell
from payroll_service.workbook.lists import fen_of

MOST = 10**15  # fen; the book's sums of many such stay whole in 64 bits


def typed_fen(text: str) -> int:
    """The fen of `1000`, `1,000.00` or `-50.5`. Raises Refused."""
    try:
        fen = fen_of(text)
    except BadCell as bad:
        raise Refused(f"看不懂金额“{text}”：{bad.message}。", f"{bad.remedy}。") from None
    if abs(fen) >= MOST:
        raise Refused(f"金额“{text}”太大。", "请核对位数。")
    return fen


def typed_day(text: str) -> date:
    """The day of `2021-06-30`. Raises Refused."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"看不懂日期“{text}”。", "写法：2021-06-30。") from None
