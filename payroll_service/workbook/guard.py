"""Refuse files that are no plain workbook, or that would cost too much to open, before any of it is parsed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

from payroll_service.errors import UnreadableFile

# All that zipfile and zlib raise on damaged packages.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, KeyError, EOFError, OSError, ValueError, OverflowError,
    NotImplementedError, RuntimeError,
)  # fmt: skip

OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")  # .xls, and every .xlsx with a password


class UnreadableWorkbook(UnreadableFile):
    """A file that is refused as a whole: no workbook, damaged, hostile or too large."""


@dataclass(frozen=True)
class Limits:
    """What one workbook may cost. `cells`: rows × columns of a sheet, empty ones too."""

    file_bytes: int = 50 * 2**20
    entries: int = 2000
    unpacked_bytes: int = 500 * 2**20
    ratio: int = 200
    cells: int = 10_000_000
    memory_bytes: int = 2 * 2**30
    seconds: int = 60


LIMITS = Limits()


def open_package(data: bytes, limits: Limits = LIMITS) -> zipfile.ZipFile:
    """The package of an .xlsx file within the limits; `UnreadableWorkbook` for anything else."""
    check_size(len(data), limits)
    if data.startswith(OLD_OFFICE):
        raise UnreadableWorkbook(
            "这是旧版 .xls 文件或带密码的文件。", "请去掉密码，另存为 .xlsx 后重新提交。"
        )
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGE:
        raise UnreadableWorkbook(
            "这不是 .xlsx 工作簿，或文件已损坏。", "请用 Excel 或 WPS 另存为 .xlsx 后重新提交。"
        ) from None
    _check_entries(package.infolist(), limits)
    _check_kind({entry.filename for entry in package.infolist()}, package)
    return package


def check_size(size: int, limits: Limits = LIMITS) -> None:
    if size > limits.file_bytes:
        most = limits.file_bytes // 2**20
        raise UnreadableWorkbook(f"文件超过 {most} MB。", "请删去图片和无关的工作表，或分校提交。")


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise UnreadableWorkbook("文件带有密码。", "请去掉密码后重新提交。")
    names = [entry.filename.lower() for entry in entries]
    unpacked, packed = (
        sum(entry.file_size for entry in entries),
        sum(entry.compress_size for entry in entries),
    )
    too_dense = unpacked > 10 * 2**20 and unpacked > limits.ratio * max(packed, 1)
    if (
        len(entries) > limits.entries
        or len(set(names)) < len(names)
        or unpacked > limits.unpacked_bytes
        or too_dense
    ):
        raise UnreadableWorkbook(
            "文件展开后过大或结构异常。", "请把数据复制到新的工作簿，另存为 .xlsx 后重新提交。"
        )


def _check_kind(names: set[str], package: zipfile.ZipFile) -> None:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableWorkbook("文件带有宏。", "请另存为不带宏的 .xlsx 后重新提交。")
    if not {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        raise UnreadableWorkbook("这不是 .xlsx 工作簿。", "请用 Excel 或 WPS 另存为 .xlsx 后重新提交。")
    if b"macroenabled" in read_part(package, "[Content_Types].xml", most=2**20).lower():
        raise UnreadableWorkbook("这是带宏的工作簿。", "请另存为不带宏的 .xlsx 后重新提交。")


def read_part(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A small part of the package, whole; refused if it is larger than `most` or damaged."""
    try:
        with package.open(name) as part:
            data = part.read(most + 1)
    except DAMAGE:
        raise UnreadableWorkbook("文件已损坏。", "请用 Excel 或 WPS 打开后另存为 .xlsx 再提交。") from None
    if len(data) > most:
        raise UnreadableWorkbook("文件结构异常。", "请把数据复制到新的工作簿后重新提交。")
    return data
