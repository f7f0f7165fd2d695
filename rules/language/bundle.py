"""A rule set and the schemes used with it as one document: what a run is stored with.

A rule set alone is its own bytes. With schemes: a first line, then for each document a line with its length in bytes and
the name of its file, its bytes, and a line break. Lengths, not marks, say where one ends: a document may contain anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

FIRST_LINE = b"#!payroll rule set with schemes, 1\n"


@dataclass(frozen=True)
class Part:
    """One document: the rule set first, then each scheme. Of the file's path only the name is kept."""

    file: str
    text: str


class BrokenBundle(ValueError):
    """The bytes begin as a bundle and do not go on as one."""


def packed(parts: Sequence[Part]) -> bytes:
    if len(parts) == 1:
        return parts[0].text.encode()
    whole = [FIRST_LINE]
    for part in parts:
        content = part.text.encode()
        whole += [f"{len(content)} {PurePath(part.file).name}\n".encode(), content, b"\n"]
    return b"".join(whole)


def unpacked(document: bytes, name: str) -> list[Part]:
    """The parts; `name` is the file's, where the document is a rule set alone. Raises BrokenBundle."""
    if not document.startswith(FIRST_LINE):
        return [Part(name, document.decode("utf-8-sig"))]
    parts: list[Part] = []
    at = len(FIRST_LINE)
    while at < len(document):
        line, _, _ = document[at:].partition(b"\n")
        length, _, file = line.partition(b" ")
        start = at + len(line) + 1
        end = start + int(length) if length.isdigit() else -1
        if document[end : end + 1] != b"\n" or end < start:
            raise BrokenBundle(f"{name}：第 {len(parts) + 1} 份文件不完整")
        parts.append(Part(file.decode(), document[start:end].decode("utf-8-sig")))
        at = end + 1
    return parts
