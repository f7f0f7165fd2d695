"""The list by which people are told their login and their one-time link; it exists only in the hands of who made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from payroll_service.book.working_days import china_moment
from payroll_service.export.sheets import Sheet, workbook_bytes

HEADINGS = ("学校", "姓名", "登录名", "设密码的链接（只能用一次，只交给本人）", "有效至")


@dataclass(frozen=True)
class Handout:
    """One person's line: `unit` by name, `token` what the link ends in."""

    unit: str
    name: str
    login: str
    token: str
    ends_at: datetime


def handouts_xlsx(handouts: Sequence[Handout], address: str) -> bytes:
    """The workbook, in the order given. `address`: of the service, as people type it."""
    place = address.rstrip("/")
    rows = [
        (one.unit, one.name, one.login, f"{place}/reset/{one.token}", china_moment(one.ends_at))
        for one in handouts
    ]
    return workbook_bytes([Sheet("名单", HEADINGS, rows)])
