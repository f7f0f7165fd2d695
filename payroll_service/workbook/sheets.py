"""What the package itself says of its sheets: names, extent, merged cells, formulas without a result.

The extent is checked before parsing, because a parser allocates by it. Formulas that failed are found here, because a
parser gives them out as empty cells.
"""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from time import thread_time
from typing import IO
from xml.etree import ElementTree

from payroll_service.workbook.guard import (
    DAMAGE,
    Limits,
    UnreadableWorkbook,
    read_part,
    refuse_costly,
    refuse_damaged,
    refuse_odd,
)

Place = tuple[int, int]  # (row, column), both from 0

_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,4})(\d{1,9})")
_COLUMNS = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,4})\d")
_ROWS = re.compile(rb"\sr\s*=\s*[\"'][A-Za-z]{0,4}(\d{1,9})")
_ODD = (b":c", b":row", *(tag + space for tag in (b"<c", b"<row") for space in (b"\t", b"\r", b"\n")))
_PLAIN_COLUMNS = re.compile(rb' r="([A-Za-z]{1,4})\d')
_PLAIN_ROWS = re.compile(rb' r="[A-Za-z]{0,4}(\d{1,9})')
_ERROR_TYPE = re.compile(rb"t\s*=\s*[\"']e[\"']")
_FAILED = re.compile(rb"<(?:\w+:)?c\s([^<>]*\st\s*=\s*[\"']e[\"'][^<>]*)>")
_NO_VALUE = rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*"
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c(\s[^<>]*)>\s*<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*("
    + _NO_VALUE
    + rb")</(?:\w+:)?c>"
)
_TEXT_RESULT = re.compile(rb"\st\s*=\s*[\"']str[\"']")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*[\"']([A-Za-z]+)(\d+):([A-Za-z]+)(\d+)[\"']")
_HIDDEN = rb"\shidden\s*=\s*[\"'](?:1|true)[\"']"
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row(?=\s)([^<>]*" + _HIDDEN + rb"[^<>]*)>")
_HIDDEN_COLUMNS = re.compile(rb"<(?:\w+:)?col(?=\s)([^<>]*" + _HIDDEN + rb"[^<>]*)>")
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d{1,9})[\"']")
_FROM_TO = re.compile(rb"\s(min|max)\s*=\s*[\"'](\d{1,5})[\"']")
_STYLED = re.compile(
    rb"<(?:\w+:)?c(?=\s)(?=[^<>]*?\sr\s*=\s*[\"']([A-Za-z]{1,4})(\d{1,9})[\"'])"
    rb"(?=[^<>]*?\ss\s*=\s*[\"'](\d{1,6})[\"'])"
)
_FEW_STYLES = 12  # so many are looked for by themselves, which is faster
_PIECE = 4 * 2**20
_RELATIONS = "xl/_rels/workbook.xml.rels"
_LAST_COLUMN = 16_384
_MOST_ROWS = 1_048_576
_MOST_ODD = 50_000
NO_STYLES: Mapping[bytes, str] = {}


@dataclass
class SheetFacts:
    """`merged`: first and last place of every merged range. `failed`: cells whose formula has no result.

    `hidden`: the whole sheet is; of rows and columns those that are hidden singly. `scaled`: rows by column and number
    format, of the formats that show another number than the cell holds.
    """

    hidden: bool = False
    rows: int = 0
    columns: int = 0
    row_tags: int = 0
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    failed: list[Place] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[tuple[int, int]] = field(default_factory=set)  # from, to
    scaled: dict[tuple[int, str], array[int]] = field(default_factory=dict)

    def check(self, limits: Limits) -> None:
        """Refuse a sheet larger than the limits, or with more oddities than anybody could look at."""
        if self.row_tags > _MOST_ROWS:
            refuse_odd()
        if max(len(self.merged), len(self.failed), len(self.hidden_columns)) > _MOST_ODD:
            raise UnreadableWorkbook(
                "工作表里的合并单元格或出错的公式太多。", "请把数据“选择性粘贴”为数值到新的工作簿后重新提交。"
            )
        if self.rows * self.columns > limits.cells:
            raise UnreadableWorkbook(
                "工作表的范围过大（数据下方或右侧很远处还有单元格）。",
                "请删除数据以外的空行和空列，保存后重新提交。",
            )


@dataclass(frozen=True)
class SheetPart:
    """Where a sheet stands in the package, and whether it is hidden."""

    part: str
    hidden: bool


def sheet_parts(package: zipfile.ZipFile) -> dict[str, SheetPart]:
    """Part of the package by the name of the sheet, in the workbook's order."""
    book, relations = _xml(package, "xl/workbook.xml"), _xml(package, _RELATIONS)
    targets = {item.get("Id", ""): _target(item) for item in relations}
    found = {}
    for item in book.iter():
        if _local(item.tag) == "sheet":
            relation = next((value for key, value in item.items() if _local(key) == "id" and key != "id"), "")
            part = targets.get(relation, "xl/")
            found[item.get("name", "")] = SheetPart(part, item.get("state", "visible") != "visible")
    return found


def styles_part(package: zipfile.ZipFile) -> str | None:
    """The part of the package that holds the cell styles, if there is one."""
    found = (_target(item) for item in _xml(package, _RELATIONS) if item.get("Type", "").endswith("/styles"))
    part = next(found, "xl/styles.xml")
    return part if part in package.namelist() else None


def _target(relation: ElementTree.Element) -> str:
    target = relation.get("Target", "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def facts_of(
    package: zipfile.ZipFile,
    sheet: SheetPart,
    limits: Limits,
    until: float = inf,
    styles: Mapping[bytes, str] = NO_STYLES,
) -> SheetFacts:
    """Scan one sheet without parsing it; refused if it is larger than the limits, or takes beyond `until` (thread time).

    `styles`: the cell styles, by number, whose number format is looked for.
    """
    facts = SheetFacts(sheet.hidden)
    try:
        with package.open(sheet.part) as stream:
            for piece in _pieces(stream):
                _scan(piece, facts)
                _scan_styles(piece, facts, styles)
                facts.check(limits)
                if thread_time() > until:
                    refuse_costly()
    except DAMAGE:
        refuse_damaged()
    return facts


def column_number(letters: str) -> int:
    """0 for A, 25 for Z, 26 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def place_of(cell: str) -> Place:
    """The place of a cell such as B7."""
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :]) - 1, column_number(letters)


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
            refuse_odd()
        yield kept[:cut]
        kept = kept[cut:]
    yield kept


def _scan(piece: bytes, facts: SheetFacts) -> None:
    if b"<!DOCTYPE" in piece:
        refuse_odd()
    _measure(piece, facts)
    if _ERROR_TYPE.search(piece):  # rare, and slow to look for
        facts.failed += [place for match in _FAILED.finditer(piece) for place in _place(match[1])]
    if b"<f" in piece or b":f" in piece:
        for match in _UNCALCULATED.finditer(piece):
            if not (
                match[2].strip() and _TEXT_RESULT.search(match[1])
            ):  # a formula may well give an empty text
                facts.failed += _place(match[1])
    if b"hidden" in piece:
        _scan_hidden(piece, facts)
    for left, top, right, bottom in _MERGED.findall(piece) if b"mergeCell" in piece else ():
        first = (int(top) - 1, column_number(left.decode()))
        facts.merged.append((first, (int(bottom) - 1, column_number(right.decode()))))


def _scan_styles(piece: bytes, facts: SheetFacts, styles: Mapping[bytes, str]) -> None:
    """Where cells of these styles stand."""
    if not styles:
        return
    found: dict[tuple[bytes, bytes], array[int]] = {}
    places: list[tuple[bytes, bytes, bytes]] = []
    wanted = b"|".join(styles)
    few = len(styles) <= _FEW_STYLES and not any(odd in piece for odd in (*_ODD, b" s ", b"s='", b"s= "))
    if few:
        places = re.findall(rb'<c r="([A-Za-z]{1,4})(\d{1,9})" s="(' + wanted + rb')"', piece)
    if not few or len(places) != sum(piece.count(b's="%s"' % style) for style in styles):
        places = [each for each in _STYLED.findall(piece) if each[2] in styles]  # written in another way
    for letters, row, style in places:
        rows = found.get((letters, style))
        if rows is None:
            rows = found[letters, style] = array("L")
        rows.append(int(row) - 1)
    for (letters, style), rows in found.items():
        facts.scaled.setdefault((column_number(letters.decode()), styles[style]), array("L")).extend(rows)


def _measure(piece: bytes, facts: SheetFacts) -> None:
    """The furthest row and column that any reference names."""
    facts.row_tags += piece.count(b"<row") + piece.count(b":row")
    plain = _is_plain(piece)
    rows = set((_PLAIN_ROWS if plain else _ROWS).findall(piece))
    columns = set((_PLAIN_COLUMNS if plain else _COLUMNS).findall(piece))
    facts.rows = max([facts.rows, *map(int, rows)])
    facts.columns = max([facts.columns, *(column_number(letters.decode()) + 1 for letters in columns)])


def _is_plain(piece: bytes) -> bool:
    """Every row and cell is written as Excel writes it, its reference first: then references are found faster."""
    return not any(odd in piece for odd in _ODD) and all(
        piece.count(tag + b" ") == piece.count(tag + b' r="') for tag in (b"<c", b"<row")
    )


def _scan_hidden(piece: bytes, facts: SheetFacts) -> None:
    for attributes in _HIDDEN_ROW.findall(piece):
        number = _ROW_NUMBER.search(attributes)
        if number:
            facts.hidden_rows.add(int(number[1]) - 1)
    for attributes in _HIDDEN_COLUMNS.findall(piece):
        ends = {key: int(number) for key, number in _FROM_TO.findall(attributes)}
        facts.hidden_columns.add((ends.get(b"min", 1) - 1, min(ends.get(b"max", 0), _LAST_COLUMN) - 1))


def _place(attributes: bytes) -> Iterator[Place]:
    match = _REFERENCE.search(b" " + attributes)
    if match:
        yield int(match[2]) - 1, column_number(match[1].decode())


def _xml(package: zipfile.ZipFile, name: str) -> ElementTree.Element:
    data = read_part(package, name, most=2**20)
    try:
        if b"<!DOCTYPE" in data:
            refuse_odd()
        return ElementTree.fromstring(data)
    except ElementTree.ParseError:
        refuse_damaged()


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]
