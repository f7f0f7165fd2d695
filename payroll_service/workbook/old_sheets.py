"""What an .xls file says of its sheets, from its records ([MS-XLS]), before it is parsed: as `sheets.py` for .xlsx."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from itertools import pairwise

from payroll_service.workbook.guard import Limits, UnreadableWorkbook, refuse_damaged
from payroll_service.workbook.number_formats import BUILT_IN, scales
from payroll_service.workbook.sheets import SheetFacts

_BEGIN, _END = 0x0809, 0x000A
_PASSWORD, _SHEET, _BOOK_LINK = 0x002F, 0x0085, 0x01AE
_FORMULA, _ROW, _COLUMNS, _MERGED, _ERROR = 0x0006, 0x0208, 0x007D, 0x00E5, 0x0205
_CELLS = {_FORMULA, _ERROR, 0x00FD, 0x0203, 0x027E, 0x0201, 0x0204, 0x00D6}
_CELL_RUNS = {0x00BD, 0x00BE}
_OWN_LINKS = (0x0401, 0x3A01)  # to the book itself, to add-in functions
_HIDDEN_ROW = 0x20
_FORMAT, _STYLE, _NUMBERS, _NUMBER_RUN = 0x041E, 0x00E0, {0x0006, 0x0203, 0x027E}, 0x00BD


def old_facts(stream: bytes, limits: Limits) -> dict[str, SheetFacts]:
    """The facts of every worksheet by its name; refused: a password, macro sheets, links to other files."""
    try:
        sheets = list(_sheets(stream))
        ends = sorted({start for _, start, _ in sheets} | {len(stream)})
        if len(ends) <= len(sheets):
            raise ValueError("two sheets in one place")
        own = {start: stream[start:end] for start, end in pairwise(ends)}
        styles = _scaling_styles(stream)
        return {name: _facts(own[start], hidden, limits, styles) for name, start, hidden in sheets}
    except (struct.error, IndexError, ValueError):
        refuse_damaged()


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of the part that a stream begins with; what is nested in it is left out."""
    at = depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth == 0:
                return
        elif depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _sheets(stream: bytes) -> Iterator[tuple[str, int, bool]]:
    for kind, body in _records(stream):
        if kind == _PASSWORD:
            raise UnreadableWorkbook("文件带有密码。", "请去掉密码后重新提交。")
        if kind == _BOOK_LINK and struct.unpack_from("<H", body, 2)[0] not in _OWN_LINKS:
            raise UnreadableWorkbook(
                "文件带有指向别的文件的链接（公式引用了别的工作簿）。",
                "请把这些公式“选择性粘贴”为数值，断开链接，另存为 .xlsx 后重新提交。",
            )
        if kind == _SHEET:
            start, hidden, sort, length, wide = struct.unpack_from("<IBBBB", body)
            if sort in (1, 6):
                raise UnreadableWorkbook("文件带有宏表。", "请另存为不带宏的 .xlsx 后重新提交。")
            text = body[8 : 8 + length * (2 if wide & 1 else 1)]
            if sort == 0:
                yield text.decode("utf-16-le" if wide & 1 else "latin-1"), start, bool(hidden & 3)


def _scaling_styles(stream: bytes) -> dict[int, str]:
    """The number format by the number of the style, of the formats that show another number than the cell holds."""
    formats, styles = dict(BUILT_IN), []
    for kind, body in _records(stream):
        if kind == _FORMAT:
            number, length, wide = struct.unpack_from("<HHB", body)
            text = body[5 : 5 + length * (2 if wide & 1 else 1)]
            formats[number] = text.decode("utf-16-le" if wide & 1 else "latin-1", "replace")
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    wanted = {number: code for number, code in formats.items() if scales(code)}
    return {place: wanted[number] for place, number in enumerate(styles) if number in wanted}


def _styled(kind: int, body: bytes) -> Iterator[tuple[int, int, int]]:
    """Row, column and style of each number of a record."""
    if kind in _NUMBERS:
        row, column, style = struct.unpack_from("<3H", body)
        yield row, column, style
    elif kind == _NUMBER_RUN:
        row, first = struct.unpack_from("<HH", body)
        for place in range((len(body) - 6) // 6):
            yield row, first + place, struct.unpack_from("<H", body, 4 + 6 * place)[0]


def _facts(stream: bytes, hidden: bool, limits: Limits, styles: dict[int, str]) -> SheetFacts:
    facts = SheetFacts(hidden)
    for kind, body in _records(stream):
        for row, column, style in _styled(kind, body) if styles else ():
            if style in styles:
                facts.scaled.setdefault((column, styles[style]), array("L")).append(row)
        if kind in _CELLS:
            row, column = struct.unpack_from("<HH", body)
            _extend(facts, row, column)
            if _failed(kind, body):
                facts.failed.append((row, column))
                facts.check(limits)
        elif kind in _CELL_RUNS:
            _extend(
                facts, struct.unpack_from("<H", body)[0], struct.unpack_from("<H", body, len(body) - 2)[0]
            )
        elif kind == _ROW and struct.unpack_from("<H", body, 12)[0] & _HIDDEN_ROW:
            facts.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif kind == _COLUMNS:
            first, last, _, _, options = struct.unpack_from("<5H", body)
            facts.hidden_columns |= {(first, last)} if options & 1 else set()
        elif kind == _MERGED:
            for at in range(struct.unpack_from("<H", body)[0]):
                top, bottom, left, right = struct.unpack_from("<4H", body, 2 + 8 * at)
                facts.merged.append(((top, left), (bottom, right)))
            facts.check(limits)
    facts.check(limits)
    return facts


def _extend(facts: SheetFacts, row: int, column: int) -> None:
    facts.rows, facts.columns = max(facts.rows, row + 1), max(facts.columns, column + 1)


def _failed(kind: int, body: bytes) -> bool:
    """A formula whose result is an error, or an error as a constant."""
    if kind == _FORMULA:
        return body[12:14] == b"\xff\xff" and body[6] == 2
    return kind == _ERROR and body[7] == 1
