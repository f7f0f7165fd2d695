"""What the package itself says of its sheets: names, extent, merged cells, formulas without a result.

The extent is checked before parsing, because a parser allocates by it. Formulas that failed are found here, because a
parser gives them out as empty cells.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.etree import ElementTree

from payroll_service.workbook.guard import DAMAGE, Limits, UnreadableWorkbook, read_part

Place = tuple[int, int]  # (row, column), both from 0

_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,4})(\d{1,9})")
_COLUMNS = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,4})\d")
_ROWS = re.compile(rb"\sr\s*=\s*[\"'][A-Za-z]{0,4}(\d{1,9})")
_ERROR_TYPE = re.compile(rb"t\s*=\s*[\"']e[\"']")
_FAILED = re.compile(rb"<(?:\w+:)?c\s([^<>]*\st\s*=\s*[\"']e[\"'][^<>]*)>")
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c(\s[^<>]*)>\s*<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*</(?:\w+:)?c>"
)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*[\"']([A-Za-z]+)(\d+):([A-Za-z]+)(\d+)[\"']")
_PIECE = 4 * 2**20


@dataclass
class SheetFacts:
    """`merged`: first and last place of every merged range. `failed`: cells whose formula has no result."""

    part: str
    rows: int = 0
    columns: int = 0
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    failed: list[Place] = field(default_factory=list)


def sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Part of the package by the name of the sheet, in the workbook's order."""
    book, relations = _xml(package, "xl/workbook.xml"), _xml(package, "xl/_rels/workbook.xml.rels")
    targets = {item.get("Id", ""): item.get("Target", "") for item in relations}
    found = {}
    for item in book.iter():
        if _local(item.tag) == "sheet":
            relation = next((value for key, value in item.items() if _local(key) == "id" and key != "id"), "")
            target = targets.get(relation, "")
            found[item.get("name", "")] = (
                target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            )
    return found


def facts_of(package: zipfile.ZipFile, part: str, limits: Limits) -> SheetFacts:
    """Scan one sheet without parsing it; a sheet larger than the limits is refused."""
    facts = SheetFacts(part)
    try:
        with package.open(part) as stream:
            for piece in _pieces(stream):
                _scan(piece, facts)
                if facts.rows * facts.columns > limits.cells:
                    raise UnreadableWorkbook(
                        "工作表的范围过大（数据下方或右侧很远处还有单元格）。",
                        "请删除数据以外的空行和空列，保存后重新提交。",
                    )
    except DAMAGE:
        raise UnreadableWorkbook("文件已损坏。", "请用 Excel 或 WPS 打开后另存为 .xlsx 再提交。") from None
    return facts


def column_number(letters: str) -> int:
    """0 for A, 25 for Z, 26 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in pieces that end before a row, or at least before a tag."""
    kept = b""
    while block := stream.read(_PIECE):
        kept += block
        cut = max(kept.rfind(b"<row"), 0) or max(kept.rfind(b"<"), 0)
        if not cut and len(kept) > 4 * _PIECE:
            raise UnreadableWorkbook("文件结构异常。", "请把数据复制到新的工作簿后重新提交。")
        yield kept[:cut]
        kept = kept[cut:]
    yield kept


def _scan(piece: bytes, facts: SheetFacts) -> None:
    if b"<!DOCTYPE" in piece:
        raise UnreadableWorkbook("文件结构异常。", "请把数据复制到新的工作簿后重新提交。")
    facts.rows = max([facts.rows, *(int(row) for row in set(_ROWS.findall(piece)))])
    columns = set(_COLUMNS.findall(piece))
    facts.columns = max([facts.columns, *(column_number(letters.decode()) + 1 for letters in columns)])
    failed = (_FAILED,) if _ERROR_TYPE.search(piece) else ()
    uncalculated = (_UNCALCULATED,) if b"<f" in piece or b":f" in piece else ()
    for pattern in failed + uncalculated:  # rare, and slow to look for
        facts.failed += [place for match in pattern.finditer(piece) for place in _place(match[1])]
    for left, top, right, bottom in _MERGED.findall(piece):
        first = (int(top) - 1, column_number(left.decode()))
        facts.merged.append((first, (int(bottom) - 1, column_number(right.decode()))))


def _place(attributes: bytes) -> Iterator[Place]:
    match = _REFERENCE.search(b" " + attributes)
    if match:
        yield int(match[2]) - 1, column_number(match[1].decode())


def _xml(package: zipfile.ZipFile, name: str) -> ElementTree.Element:
    data = read_part(package, name, most=2**20)
    try:
        if b"<!DOCTYPE" in data:
            raise UnreadableWorkbook("文件结构异常。", "请把数据复制到新的工作簿后重新提交。")
        return ElementTree.fromstring(data)
    except ElementTree.ParseError:
        raise UnreadableWorkbook("文件已损坏。", "请用 Excel 或 WPS 打开后另存为 .xlsx 再提交。") from None


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]
