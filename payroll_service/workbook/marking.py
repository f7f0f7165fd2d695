"""Problems go back in a copy of the clerk's own workbook: bad cells coloured and noted, and a first sheet that lists them.

An .xlsx keeps its look and its formulas (a limited child process marks it). Of CSV and .xls files, and of a workbook too
large for that, a plain one is written from the rows.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from payroll_service.snapshot.tables import Problem
from payroll_service.workbook import mark_child
from payroll_service.workbook.child import ChildFailed, run_child
from payroll_service.workbook.fresh_copy import Listing, Marks, clean_text, fresh_copy
from payroll_service.workbook.guard import DAMAGE, Limits, UnreadableWorkbook
from payroll_service.workbook.problems import HEADINGS
from payroll_service.workbook.reader import read_grids
from payroll_service.workbook.template import PROBLEM_SHEET
from rules.language.program import Program

MARKING = Limits(memory_bytes=2**30, seconds=20)
LARGEST_MARKED = 16 * 2**20  # bytes of all sheets unpacked, about 400 000 cells
LISTED, NOTED = 20_000, 5_000  # problems.csv has all


def problems_xlsx(source: Path | bytes | None, program: Program, problems: Sequence[Problem]) -> bytes:
    """A copy of what was received, with its problems marked; without a source, or one that cannot be read, the list alone."""
    listing = listing_of(problems)
    data = source if isinstance(source, bytes) or source is None else _bytes_of(source)
    try:
        if data is not None and _can_be_marked(data):
            return run_child(mark_child, asdict(listing) | {"list_sheet": PROBLEM_SHEET}, data, MARKING)
    except ChildFailed:
        pass  # too large, or no workbook: CSV files
    try:
        grids = [] if source is None else read_grids(source, program)
    except UnreadableWorkbook:
        grids = []
    return fresh_copy([grid for grid in grids if not grid.is_empty], listing)


def _can_be_marked(data: bytes) -> bool:
    """A workbook of sheets that are not too large to be marked in a few seconds."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            sizes = [part.file_size for part in package.infolist() if part.filename.startswith("xl/")]
    except DAMAGE:
        return False
    return 0 < sum(sizes) <= LARGEST_MARKED


def _bytes_of(source: Path) -> bytes | None:
    return source.read_bytes() if source.is_file() else None


def listing_of(problems: Sequence[Problem]) -> Listing:
    listed = [[_link(each.sheet, each.cell), *_texts(each)] for each in problems[:LISTED]]
    return Listing(_guide(problems), ["序号", *HEADINGS], listed, _marks(problems))


def _guide(problems: Sequence[Problem]) -> list[str]:
    errors = sum(problem.level == "错误" for problem in problems)
    return [
        f"共 {errors} 个错误，{len(problems) - errors} 条提示",
        "红色的格必须改，黄色的格请看一看；鼠标停在格上可看到问题和改法，点“单元格”一栏可以跳过去。",
        "改好以后直接提交本文件即可，这张清单不会读入。",
    ]


def _marks(problems: Sequence[Problem]) -> Marks:
    """The note of each bad cell; several problems of one cell make one note, an error's colour wins."""
    notes: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        if problem.cell and (len(notes) < NOTED or (problem.sheet, problem.cell) in notes):
            notes.setdefault((problem.sheet, problem.cell), []).append(problem)
    marks: Marks = {}
    for (sheet, cell), found in notes.items():
        text = "\n".join(
            f"问题：{clean_text(each.message)}\n改法：{clean_text(each.remedy)}" for each in found
        )
        level = "错误" if any(each.level == "错误" for each in found) else "提示"
        marks.setdefault(sheet, []).append([cell, text, level])
    return marks


def _texts(problem: Problem) -> list[str]:
    return [
        clean_text(text)
        for text in (
            problem.sheet, problem.cell, problem.column, problem.kind, problem.message, problem.remedy, problem.level,
        )
    ]  # fmt: skip


def _link(sheet: str, cell: str) -> str:
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}" if cell else ""
