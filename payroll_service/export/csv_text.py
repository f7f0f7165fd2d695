"""Text in a CSV file for Excel: UTF-8 with BOM, lines ended by \\r\\n (RFC 4180), no cell that becomes a formula."""

from __future__ import annotations

from collections.abc import Iterable

BOM = b"\xef\xbb\xbf"
STARTS_A_FORMULA = tuple("=+-@\t\r＝＋－＠")


def text_cell(text: str) -> str:
    """A text as a cell: quoted where needed; an apostrophe before what a spreadsheet would take for a formula."""
    if text.startswith(STARTS_A_FORMULA):
        text = "'" + text
    if any(mark in text for mark in ',"\r\n'):
        text = '"' + text.replace('"', '""') + '"'
    return text


def csv_bytes(heading: str, lines: Iterable[str]) -> bytes:
    """The file of a heading and lines whose cells are ready."""
    return BOM + "".join(f"{line}\r\n" for line in (heading, *lines)).encode()
