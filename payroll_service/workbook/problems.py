"""The problems of an import as a list that a clerk opens in Excel or WPS."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from payroll_service.snapshot.tables import Problem

HEADINGS = ("表", "单元格", "列", "类别", "问题", "怎样改", "级别")


def problems_csv(problems: Iterable[Problem]) -> bytes:
    """UTF-8 with a byte order mark, so that Excel shows the characters; no cell can start a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for problem in problems:
        cells = (
            problem.sheet, problem.cell, problem.column, problem.kind, problem.message, problem.remedy, problem.level,
        )  # fmt: skip
        writer.writerow([_harmless(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    """With an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) else text
