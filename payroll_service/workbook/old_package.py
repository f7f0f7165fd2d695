"""The stream of an .xls file: sectors chained through a table, as [MS-CFB] lays them down. Every chain is bounded."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from payroll_service.workbook.guard import OLD_OFFICE, UnreadableWorkbook, refuse_damaged

_FREE = 0xFFFFFFFA  # from here on a sector number means something else
_ENTRY = 128
_IN_HEADER = 109
_BOOKS = ("Workbook", "Book")
_STREAM = 2


def book_stream(data: bytes) -> bytes:
    """The bytes of the workbook in an .xls file; `UnreadableWorkbook` for macros, passwords and damage."""
    try:
        return _book_stream(data)
    except (struct.error, IndexError, ValueError, UnicodeDecodeError):
        refuse_damaged()


def _book_stream(data: bytes) -> bytes:
    if not data.startswith(OLD_OFFICE):
        raise ValueError("no compound file")
    sectors = _Sectors(data)
    entries = list(_entries(sectors.chain(struct.unpack_from("<I", data, 48)[0])))
    names = {name.lower() for name, _, _, _ in entries}
    if names & {"encryptedpackage", "encryptioninfo"}:
        raise UnreadableWorkbook("文件带有密码。", "请去掉密码后重新提交。")
    if any(name.startswith("_vba_project") or name == "vba" for name in names):
        raise UnreadableWorkbook("文件带有宏。", "请另存为不带宏的 .xlsx 后重新提交。")
    for name, kind, start, size in entries:
        if name in _BOOKS and kind == _STREAM:
            return sectors.chain(start)[:size]
    raise UnreadableWorkbook("这不是 Excel 工作簿。", "请用 Excel 或 WPS 另存为 .xlsx 后重新提交。")


class _Sectors:
    def __init__(self, data: bytes) -> None:
        shift = struct.unpack_from("<H", data, 30)[0]
        if shift not in (9, 12):
            raise ValueError("no such sector size")
        self.data, self.size = data, 1 << shift
        self.count = len(data) // self.size
        self.next = self._table()

    def sector(self, number: int) -> bytes:
        if number >= self.count:
            raise ValueError("a sector beyond the end")
        return self.data[(number + 1) * self.size : (number + 2) * self.size]

    def chain(self, first: int) -> bytes:
        """All bytes from the sector `first` on."""
        found: list[bytes] = []
        number = first
        while number < _FREE:
            if len(found) > self.count:
                raise ValueError("a circle of sectors")
            found.append(self.sector(number))
            number = self.next[number]
        return b"".join(found)

    def _table(self) -> list[int]:
        """For each sector the one that follows it."""
        words = self.size // 4
        parts = list(struct.unpack_from(f"<{_IN_HEADER}I", self.data, 76))
        more, _ = struct.unpack_from("<II", self.data, 68)
        while more < _FREE and len(parts) <= self.count + _IN_HEADER:
            *numbers, more = struct.unpack(f"<{words}I", self.sector(more))
            parts += numbers
        table: list[int] = []
        for number in parts:
            if number < _FREE:
                table += struct.unpack(f"<{words}I", self.sector(number))
            if len(table) > self.count + words:
                break
        return table


def _entries(directory: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Name, kind, first sector and size of what the directory lists."""
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        if kind and 2 <= length <= 64:
            start, size = struct.unpack_from("<II", directory, at + 116)
            yield directory[at : at + length - 2].decode("utf-16-le"), kind, start, size
