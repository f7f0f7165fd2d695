"""Text in a CSV file for Excel: UTF-8 with BOM, lines ended by \\r\\n (RFC 4180), no cell that becomes a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

BOM = b"\xef\xbb\xbf"
NEEDS_QUOTES = re.compile('[,"\r\n]')
STARTS_A_FORMULA = tuple("=+-@\t\r＝＋－＠")


def text_cell(text: str) -> str:
    """A text as a cell: quoted where needed; an apostrophe before what a spreadsheet would take for a formula."""
    if text.startswith(STARTS_A_FORMULA):
        text = "'" + text
    if NEEDS_QUOTES.search(text):
        text = '"' + text.replace('"', '""') + '"'
    return text


def csv_bytes(heading: str, pieces: Iterable[str]) -> bytes:
    """The file of a heading and of pieces, each of ended lines whose cells are ready."""
    return b"".join(csv_parts(heading, pieces))


def csv_parts(heading: str, pieces: Iterable[str]) -> Iterator[bytes]:
    """The same file in parts: no more than one piece of it is in memory."""
    yield BOM + f"{heading}\r\n".encode()
    for piece in pieces:
        yield piece.encode()
