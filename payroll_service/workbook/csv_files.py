"""CSV files, in a folder or in a ZIP archive, one a table: every cell is text. UTF-8, or else GB18030, and it is said which."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path, PurePosixPath

from payroll_service.snapshot.tables import Cell
from payroll_service.workbook.grid import Grid
from payroll_service.workbook.guard import (
    DAMAGE,
    Limits,
    UnreadableWorkbook,
    check_size,
    open_archive,
    refuse_damaged,
)

csv.field_size_limit(1_000_000)

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def csv_paths(folder: Path) -> list[Path]:
    """The CSV files of a folder and the folders in it, in order of their names; files of the system are none."""
    found = (path for path in folder.rglob("*.[cC][sS][vV]") if path.is_file())
    return sorted(path for path in found if not _is_systems(path.relative_to(folder).parts))


def folder_grids(folder: Path, limits: Limits) -> list[Grid]:
    """The grids of all CSV files of a folder."""
    paths = csv_paths(folder)
    check_size(sum(path.stat().st_size for path in paths), limits)
    return [csv_grid(path.relative_to(folder).as_posix(), path.read_bytes(), limits) for path in paths]


def archive_grids(package: zipfile.ZipFile, limits: Limits) -> list[Grid]:
    """The grids of all CSV files of an archive; `UnreadableWorkbook` if there is none, or another archive inside."""
    entries = sorted((_entry_name(entry), entry) for entry in package.infolist() if not entry.is_dir())
    named = [(name, entry) for name, entry in entries if not _is_systems(PurePosixPath(name).parts)]
    if any(name.lower().endswith((".zip", ".xlsx", ".xls", ".rar", ".7z")) for name, _ in named):
        raise UnreadableWorkbook(
            "这不是 .xlsx 工作簿，而是装着别的工作簿或压缩包的压缩包。", "请解压后直接提交里面的文件。"
        )
    tables = [(name, entry) for name, entry in named if name.lower().endswith(".csv")]
    if not tables:
        raise UnreadableWorkbook(
            "这不是 .xlsx 工作簿，压缩包里也没有 CSV 文件。", "请用 Excel 或 WPS 另存为 .xlsx 后重新提交。"
        )
    check_size(sum(entry.file_size for _, entry in tables), limits)
    try:
        return [csv_grid(name, package.read(entry), limits) for name, entry in tables]
    except DAMAGE:
        refuse_damaged()


def open_csv_archive(data: bytes, limits: Limits) -> list[Grid]:
    with open_archive(data, limits) as package:
        return archive_grids(package, limits)


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """The name as its writer meant it: Windows writes names in its own code page and does not say so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return entry.filename


def _is_systems(parts: tuple[str, ...]) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def csv_grid(name: str, data: bytes, limits: Limits) -> Grid:
    """The grid of one CSV file; an encoding other than UTF-8 is put down as a hint."""
    path = PurePosixPath(name)
    text, encoding = _decoded(name, data)
    folder = "" if str(path.parent) == "." else str(path.parent)
    grid = Grid(name, _columns(name, text, limits), name=path.stem, folder=folder)
    if encoding != "UTF-8":
        grid.add(
            -1, 0, "", "编码", f"不是 UTF-8，按 {encoding} 读入",
            "请看一看姓名有没有乱码；有的，请在 Excel 或 WPS 中另存为“CSV UTF-8（逗号分隔）”", "提示",
        )  # fmt: skip
    return grid


def _decoded(name: str, data: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8 if it is that, else GB18030 without a fault, else refused."""
    if data.startswith(_WIDE):
        raise UnreadableWorkbook(
            f"“{name}”是 UTF-16 编码的文本。", "请在 Excel 或 WPS 中另存为“CSV UTF-8（逗号分隔）”后重新提交。"
        )
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030"), "GB18030"
    except UnicodeDecodeError:
        raise UnreadableWorkbook(
            f"“{name}”既不是 UTF-8 编码，也不是 GB18030（GBK）编码。",
            "请在 Excel 或 WPS 中另存为“CSV UTF-8（逗号分隔）”后重新提交。",
        ) from None


def _columns(name: str, text: str, limits: Limits) -> list[list[Cell]]:
    try:
        rows = list(_rows(name, text, limits))
    except csv.Error:
        raise UnreadableWorkbook(
            f"“{name}”不是正确的 CSV 文件（引号不成对）。", "请重新另存为 CSV 后提交。"
        ) from None
    return [list(column) for column in zip_longest(*rows)]


def _rows(name: str, text: str, limits: Limits) -> Iterator[list[str]]:
    """The rows; refused as soon as rows × columns goes beyond the limit."""
    width = 0
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
        width = max(width, len(row))
        if width * number > limits.cells:
            raise UnreadableWorkbook(f"“{name}”的行列过多。", "请分开提交。")
        yield row
