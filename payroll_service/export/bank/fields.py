"""One line of a bank's text file, written and read: fields to bytes and back, and why a text does not go into a field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from payroll_service.book.money import fen_text
from payroll_service.export.bank.layout import FIXED, Field, Layout

_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_AMOUNT = {False: re.compile(r"\d{1,15}\.\d\d", re.ASCII), True: re.compile(r"\d{1,15}", re.ASCII)}
_COUNT = re.compile(r"\d{1,15}", re.ASCII)


def amount_text(fen: int, layout: Layout) -> str:
    """An amount in the unit of the file."""
    return str(fen) if layout.in_fen else fen_text(fen)


def text_amount(text: str, layout: Layout) -> int | None:
    """The fen of an amount in the file; leading zeros do not matter. None for anything else."""
    return int(text.replace(".", "")) if _AMOUNT[layout.in_fen].fullmatch(text) else None


def text_count(text: str) -> int | None:
    """A serial number or a count; None for anything else."""
    return int(text) if _COUNT.fullmatch(text) else None


def faults(field: Field, text: str, layout: Layout) -> Iterator[str]:
    """Why the text cannot stand in the field as it is."""
    if not _encodable(text, layout.encoding):
        odd = "".join(mark for mark in dict.fromkeys(text) if not _encodable(mark, layout.encoding))
        yield f"{field.title}“{_shown(text)}”里的“{_shown(odd)}”不在 {layout.encoding} 编码里"
        return
    if _UNWRITABLE.search(text):
        yield f"{field.title}里有换行或控制字符"
    elif layout.separator and layout.separator in text:
        yield f"{field.title}“{text}”里有分隔符“{layout.separator}”"
    if layout.form == FIXED:
        if text != text.strip(" "):
            yield f"{field.title}“{_shown(text)}”的头尾有空格"
        if (size := len(text.encode(layout.encoding))) > field.width:
            yield f"{field.title}“{_shown(text)}”长 {size} 字节，只能放 {field.width} 字节"


def write_line(fields: tuple[Field, ...], texts: Mapping[str, str], layout: Layout) -> bytes:
    """The line with its end, of texts without `faults`."""
    written = [_written(field, field.value(texts), layout) for field in fields]
    separator = layout.separator.encode(layout.encoding)
    ends = separator if layout.closes else b""
    return separator.join(written) + ends + layout.line_end.encode(layout.encoding)


def read_line(fields: tuple[Field, ...], line: bytes, layout: Layout) -> dict[str, str] | str:
    """The values by content of a line without its end, or what is wrong with it."""
    try:
        read = _cut(fields, line, layout) if layout.form == FIXED else _split(fields, line, layout)
    except UnicodeDecodeError:
        return f"不是 {layout.encoding} 编码"
    if isinstance(read, str):
        return read
    for field, text in zip(fields, read, strict=True):
        if not field.content and text != field.text:
            return f"{field.title}应是“{field.text}”，写的是“{_shown(text)}”"
    return {field.content: text for field, text in zip(fields, read, strict=True) if field.content}


def _written(field: Field, text: str, layout: Layout) -> bytes:
    content = text.encode(layout.encoding)
    fill = b"0" if field.zeros else b" "
    return content.rjust(field.width, fill) if field.right else content.ljust(field.width, fill)


def _cut(fields: tuple[Field, ...], line: bytes, layout: Layout) -> list[str] | str:
    """By widths in bytes: cut before it is decoded, for a character may have several."""
    width = sum(field.width for field in fields)
    if len(line) != width:
        return f"这一行长 {len(line)} 字节，应是 {width} 字节"
    read, start = [], 0
    for field in fields:
        text = line[start : start + field.width].decode(layout.encoding)
        read.append(text.strip(" "))
        start += field.width
    return read


def _split(fields: tuple[Field, ...], line: bytes, layout: Layout) -> list[str] | str:
    """By separators: decoded first, for the second byte of a GBK character may look like one."""
    read = line.decode(layout.encoding).split(layout.separator)
    if layout.closes and read[-1] == "":
        read.pop()
    if len(read) != len(fields):
        return f"这一行有 {len(read)} 栏，应是 {len(fields)} 栏"
    return read


def _encodable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _shown(text: str) -> str:
    """Fit for a message: no lone surrogates, not endless."""
    return text[:40].encode("utf-8", "backslashreplace").decode()
