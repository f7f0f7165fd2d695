"""The bytes that a snapshot is known by: our own text format, so that no library's version shows in them.

UTF-8, a JSON value a line: a heading, then for each table (by name) its columns (by name), and its rows in the order of
their keys, each an array of texts, null for an empty cell. Money has two places, other numbers the places of their
column, a percentage is written as a fraction (0.85), dates and periods as 2020-09-01 and 2020-2021-1, yes/no as 是/否.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from hashlib import sha256

import numpy as np

from payroll_service.snapshot.numbers import decimal_places
from payroll_service.snapshot.tables import Cell, RawTable, SealedTable, Snapshot, Values
from rules.language.program import BOOL, DATE, NUMBER, Program, Type

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

HEADING = '["payroll-snapshot",1]'


class UnreadableSnapshot(Exception):
    """Bytes that are no snapshot: cut short, altered, or of a later format."""


def to_bytes(program: Program, snapshot: Snapshot) -> bytes:
    """The canonical bytes of a snapshot sealed under this program."""
    return b"".join(_chunks(program, snapshot.tables))


def fingerprint_of(program: Program, tables: Mapping[str, SealedTable]) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    digest = sha256()
    for chunk in _chunks(program, tables):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(program: Program, tables: Mapping[str, SealedTable]) -> Iterator[bytes]:
    yield f"{HEADING}\n".encode()
    for name in sorted(tables):
        yield _table_bytes(program, tables[name])


def _table_bytes(program: Program, table: SealedTable) -> bytes:
    names = sorted(table.columns)
    types = program.tables[table.name].columns
    heading = _json({"table": table.name, "columns": names, "rows": table.size})
    columns = [_cell_texts(table.columns[name], types[name].type) for name in names]
    rows = [f"[{','.join(row)}]" for row in zip(*columns, strict=True)]
    return "\n".join([heading, *rows, ""]).encode()


def _cell_texts(values: Values, kind: Type) -> list[str]:
    """A column as JSON texts; each distinct value is written once."""
    distinct, codes = np.unique(values.data, return_inverse=True)
    write = writer(kind, values.words)
    written = [_json(write(value)) for value in distinct.tolist()] + ["null"]
    if values.missing is not None:
        codes = np.where(values.missing, len(distinct), codes)
    return [written[code] for code in codes.tolist()]


def writer(kind: Type, words: tuple[str, ...] = ()) -> Callable[[int], str]:
    """The function that gives a value of a sealed column its canonical spelling."""
    if kind.kind == NUMBER:
        return number_writer(kind)
    if kind.kind == DATE:
        return lambda value: date.fromordinal(value).isoformat() if value else ""
    if kind.kind == BOOL:
        return lambda value: "是" if value else "否"
    return words.__getitem__


def number_writer(kind: Type) -> Callable[[int], str]:
    """Steps as a plain decimal with the places of the column, money with at least two."""
    assert kind.step is not None, "an input column of numbers always declares its places"
    places = max(decimal_places(kind.step), 2 if kind.unit.is_money else 0)
    factor = int(kind.step * 10**places)

    def write(value: int) -> str:
        digits = str(abs(value) * factor).rjust(places + 1, "0")
        sign = "-" if value < 0 else ""
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits

    return write


def raw_tables(data: bytes) -> list[RawTable]:
    """The tables in canonical bytes, as texts; `UnreadableSnapshot` if these are none."""
    try:
        lines = data.decode().removesuffix("\n").split("\n")
        if lines[0] != HEADING or not data.endswith(b"\n"):
            raise UnreadableSnapshot("the heading or the end of the snapshot is missing")
        return list(_read_tables(lines))
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableSnapshot(f"not a snapshot: {type(error).__name__}") from error


def _read_tables(lines: list[str]) -> Iterator[RawTable]:
    at = 1
    while at < len(lines):
        heading = json.loads(lines[at])
        name, names, size = heading["table"], heading["columns"], heading["rows"]
        rows: list[list[Cell]] = json.loads(f"[{','.join(lines[at + 1 : at + 1 + size])}]")
        if len(rows) != size or any(len(row) != len(names) for row in rows):
            raise UnreadableSnapshot(f"the rows of {name} do not fit its heading")
        columns = zip(*rows, strict=True) if rows else ((),) * len(names)
        yield RawTable(name, name, dict(zip(names, columns, strict=True)), range(1, size + 1))
        at += 1 + size
