"""Refuse files that are no plain workbook, or that would cost too much to open, before any of it is parsed."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import NoReturn

from payroll_service.errors import UnreadableFile

# All that zipfile and zlib raise on damaged packages.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, KeyError, EOFError, OSError, ValueError, OverflowError,
    NotImplementedError, RuntimeError,
)  # fmt: skip

OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")  # .xls, and every .xlsx with a password
NEEDED = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}

# What may stand before the root of a part: a declaration and comments, but no document type and so no entities.
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*\?>)?\s*(?:<!--.*?-->\s*)*<[A-Za-z_]", re.DOTALL)
_PROLOG_BYTES = 8192
_LOCAL_HEADER = 30  # bytes of a ZIP entry before its name

# Parts that run, or that fetch something from elsewhere: path begins so, what it is, how to be rid of it.
_ACTIVE = (
    ("xl/vbaproject", "宏", "请另存为不带宏的 .xlsx 后重新提交。"),
    ("xl/macrosheets/", "宏表", "请删去宏表，另存为 .xlsx 后重新提交。"),
    ("xl/activex/", "控件", "请删去控件，或把数据粘贴到新的工作簿后重新提交。"),
    ("xl/embeddings/", "嵌入的文件", "请删去嵌入的文件，或把数据粘贴到新的工作簿后重新提交。"),
    (
        "xl/externallinks/",
        "指向别的文件的链接（公式引用了别的工作簿）",
        "请把这些公式“选择性粘贴”为数值，在“数据—编辑链接”里断开链接，再保存提交。",
    ),
    ("xl/connections.xml", "外部数据连接", "请在“数据—连接”里删去连接，再保存提交。"),
    ("xl/querytables/", "外部数据查询", "请把查询结果粘贴为数值，删去查询，再保存提交。"),
)


class UnreadableWorkbook(UnreadableFile):
    """A file that is refused as a whole: no workbook, damaged, hostile or too large."""


@dataclass(frozen=True)
class Limits:
    """What one workbook may cost. `cells`: rows × columns of a sheet, empty ones too."""

    file_bytes: int = 50 * 2**20
    entries: int = 2000
    unpacked_bytes: int = 300 * 2**20
    ratio: int = 200
    cells: int = 4_000_000
    memory_bytes: int = 512 * 2**20
    seconds: int = 9  # of processor time, to look through the file and to parse it


LIMITS = Limits()


def open_archive(data: bytes, limits: Limits = LIMITS) -> zipfile.ZipFile:
    """A ZIP archive within the limits, of whatever files; `UnreadableWorkbook` for anything else."""
    check_size(len(data), limits)
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGE:
        raise UnreadableWorkbook(
            "这不是 .xlsx 工作簿，或文件已损坏。", "请用 Excel 或 WPS 另存为 .xlsx 后重新提交。"
        ) from None
    _check_entries(package.infolist(), limits)
    return package


def is_workbook(package: zipfile.ZipFile) -> bool:
    return set(package.namelist()) >= NEEDED


def check_workbook(package: zipfile.ZipFile) -> None:
    """Refuse a package that is no plain workbook: macros, links to elsewhere, entities."""
    names = {entry.filename.lower() for entry in package.infolist()}
    if not is_workbook(package):
        raise UnreadableWorkbook("这不是 .xlsx 工作簿。", "请用 Excel 或 WPS 另存为 .xlsx 后重新提交。")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise UnreadableWorkbook("文件带有宏。", "请另存为不带宏的 .xlsx 后重新提交。")
    for beginning, what, remedy in _ACTIVE:
        if any(name.startswith(beginning) for name in names):
            raise UnreadableWorkbook(f"文件带有{what}。", remedy)
    if b"macroenabled" in read_part(package, "[Content_Types].xml", most=2**20).lower():
        raise UnreadableWorkbook("这是带宏的工作簿。", "请另存为不带宏的 .xlsx 后重新提交。")
    for name in package.namelist():
        if name.lower().endswith((".xml", ".rels", ".vml")):
            _check_prolog(package, name)


def check_size(size: int, limits: Limits = LIMITS) -> None:
    if size > limits.file_bytes:
        most = limits.file_bytes // 2**20
        raise UnreadableWorkbook(f"文件超过 {most} MB。", "请删去图片和无关的工作表，或分校提交。")


def refuse_costly() -> NoReturn:
    raise UnreadableWorkbook(
        "文件已损坏，或打开它需要过多的内存或时间。", "请把数据复制到新的工作簿，另存为 .xlsx 后重新提交。"
    ) from None


def refuse_damaged() -> NoReturn:
    raise UnreadableWorkbook("文件已损坏。", "请用 Excel 或 WPS 打开后另存为 .xlsx 再提交。") from None


def refuse_odd() -> NoReturn:
    raise UnreadableWorkbook("文件结构异常。", "请把数据复制到新的工作簿后重新提交。") from None


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
        or _overlap(entries)
        or any(_leads_elsewhere(name) for name in names)
    ):
        raise UnreadableWorkbook(
            "文件展开后过大或结构异常。", "请把数据复制到新的工作簿，另存为 .xlsx 后重新提交。"
        )


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Two entries that share their bytes: a small file that unpacks to any size."""
    order = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [entry.header_offset + _LOCAL_HEADER + entry.compress_size for entry in order]
    return any(end > after.header_offset for end, after in zip(ends, order[1:], strict=False))


def _leads_elsewhere(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name.split("/")[0]


def _check_prolog(package: zipfile.ZipFile, name: str) -> None:
    try:
        with package.open(name) as part:
            beginning = part.read(_PROLOG_BYTES)
    except DAMAGE:
        refuse_damaged()
    if beginning and not _PROLOG.match(beginning):
        refuse_odd()


def read_part(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A small part of the package, whole; refused if it is larger than `most` or damaged."""
    try:
        with package.open(name) as part:
            data = part.read(most + 1)
    except DAMAGE:
        refuse_damaged()
    if len(data) > most:
        refuse_odd()
    return data
