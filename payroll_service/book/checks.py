"""The form of a balance check: what should be, what is, and in words where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from payroll_service.book.money import fen_text, total

NAMED = 20  # a message names so many and counts the rest


@dataclass(frozen=True)
class BalanceCheck:
    """One law that a run must keep. Where it does not hold the run stops; `detail` says where and what to do.

    `expected` and `actual` are texts: money with two decimals, or counts.
    """

    name: str
    holds: bool
    detail: str
    expected: str
    actual: str


def same_money(name: str, expected_fen: int, actual_fen: int, detail: str) -> BalanceCheck:
    """Two sums are equal to the fen."""
    return BalanceCheck(
        name, expected_fen == actual_fen, detail, fen_text(expected_fen), fen_text(actual_fen)
    )


def same_by_row(name: str, expected: np.ndarray, actual: np.ndarray, where: np.ndarray) -> BalanceCheck:
    """Fen by row are equal in every row that `where` marks; sums alone would hide two errors that cancel."""
    wrong = np.flatnonzero(where & (expected != actual))
    shown = "；".join(
        f"第 {row + 1} 行应为 {fen_text(int(expected[row]))}，实为 {fen_text(int(actual[row]))}"
        for row in wrong[:NAMED].tolist()
    )
    detail = f"{int(where.sum())} 行逐行相符" if not len(wrong) else f"{len(wrong)} 行不符：{shown}"
    return BalanceCheck(
        name, not len(wrong), detail, fen_text(total(expected[where])), fen_text(total(actual[where]))
    )


def same_by_key(name: str, expected: Mapping[str, int], actual: Mapping[str, int]) -> BalanceCheck:
    """Fen by key are equal for every key; a key that is absent has 0."""
    wrong = sorted(key for key in {*expected, *actual} if expected.get(key, 0) != actual.get(key, 0))
    shown = "；".join(
        f"{key} 应为 {fen_text(expected.get(key, 0))}，实为 {fen_text(actual.get(key, 0))}"
        for key in wrong[:NAMED]
    )
    detail = f"{len(expected)} 项逐项相符" if not wrong else f"{len(wrong)} 项不符：{shown}"
    return BalanceCheck(
        name, not wrong, detail, fen_text(sum(expected.values())), fen_text(sum(actual.values()))
    )


def none_of(name: str, unit: str, wrong: int, fine: str, detail: str) -> BalanceCheck:
    """Nothing is wrong; `unit` counts what would be."""
    return BalanceCheck(name, wrong == 0, detail if wrong else fine, f"0 {unit}", f"{wrong} {unit}")
