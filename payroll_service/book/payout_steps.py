"""A payee's payout as a walk from nothing to what is paid: item by item, then what was granted before or is held back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from payroll_service.book.money import text_fen


@dataclass(frozen=True)
class PayoutStep:
    """Fen that are added, or, where `is_sum`, what the steps so far come to."""

    label: str
    fen: int
    is_sum: bool = False


def payout_steps(content: Mapping[str, Any]) -> list[PayoutStep]:
    """The steps of a stored record (`payee_records.py`). Lines of one item are one step."""
    return list(_steps(content))


def _steps(content: Mapping[str, Any]) -> Iterator[PayoutStep]:
    items: dict[str, int] = {}
    for line in content["lines"]:
        items[line["name"]] = items.get(line["name"], 0) + text_fen(line["amount"])
    for label, fen in items.items():
        yield PayoutStep(label, fen)
    left = total = text_fen(content["total"])
    yield PayoutStep("合计", total, is_sum=True)
    if "due" in content:
        left = text_fen(content["due"])
        yield PayoutStep("以前已核定", left - total)
        yield PayoutStep("本次核定", left, is_sum=True)
    if content["held"]:
        yield PayoutStep(f"暂缓：{content['held']}", -left)
        yield PayoutStep("现在能付", 0, is_sum=True)
