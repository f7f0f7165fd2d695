"""A folder with one CSV file in UTF-8 per table: every cell is text."""

from __future__ import annotations

import csv
import io
from itertools import zip_longest
from pathlib import Path

from payroll_service.workbook.grid import Grid
from payroll_service.workbook.guard import Limits, UnreadableWorkbook, check_size

csv.field_size_limit(1_000_000)


def csv_grids(folder: Path, limits: Limits) -> dict[str, Grid]:
    """The grids of all CSV files of a folder, by file name without its ending."""
    return {path.stem: csv_grid(path, limits) for path in sorted(folder.glob("*.[cC][sS][vV]"))}


def csv_grid(path: Path, limits: Limits) -> Grid:
    """One CSV file; `UnreadableWorkbook` names the file if it is not UTF-8 or no CSV."""
    check_size(path.stat().st_size, limits)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError:
        raise UnreadableWorkbook(
            f"“{path.name}”不是 UTF-8 编码（可能是 GBK 或 GB18030）。",
            "请在 Excel 或 WPS 中另存为“CSV UTF-8（逗号分隔）”后重新提交。",
        ) from None
    except csv.Error:
        raise UnreadableWorkbook(
            f"“{path.name}”不是正确的 CSV 文件（引号不成对）。", "请重新另存为 CSV 后提交。"
        ) from None
    if len(rows) * max((len(row) for row in rows), default=0) > limits.cells:
        raise UnreadableWorkbook(f"“{path.name}”的行列过多。", "请分开提交。")
    return Grid(path.name, [list(column) for column in zip_longest(*rows)])
