"""Small programs and snapshots by hand, as the checker and the workbook would make them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from payroll_service.snapshot.tables import SealedTable, Snapshot, Values
from rules.language.period import Calendar, Period
from rules.language.plan import made_by
from rules.language.program import (
    BOOL,
    CHOICE,
    DATE,
    NUMBER,
    PERIOD,
    TEXT,
    Basis,
    Column,
    Const,
    GroupKey,
    Key,
    Link,
    Program,
    Read,
    RuleHead,
    Table,
    Type,
)
from rules.language.units import YUAN

CALENDAR = Calendar()
HEAD = RuleHead((Basis("办法", "一"),))
MONEY = Type(NUMBER, YUAN, Fraction(1, 100), Fraction(0), Fraction(10**8))
WHOLE = Type(NUMBER, step=Fraction(1), low=Fraction(-(10**6)), high=Fraction(10**6))
QUOTIENT = Type(NUMBER)
YES_NO = Type(BOOL)
SEMESTER = CALENDAR.semester(2020, 1)


def table(name: str, key: Iterable[str], links: Iterable[Link] = (), **columns: Type) -> Table:
    """An input table; key columns without a type are texts."""
    key = tuple(key)
    types = {column: Type(TEXT) for column in key} | columns
    return Table(
        name,
        "输入",
        key,
        {name: Column(name, kind, optional=name not in key) for name, kind in types.items()},
        {link.name: link for link in links},
        period_column=next((name for name, kind in types.items() if kind.kind == PERIOD), ""),
    )


def months_of(of: Table, arrive: str = "次月起", leave: str = "当月止") -> Table:
    parent = Link(of.name, of.name, "上级")
    kind = Type(NUMBER, step=Fraction(1))
    return Table(
        of.name + "月",
        "分月",
        (*of.key, "月"),
        {"月": Column("月", kind)},
        {of.name: parent},
        of=of.name,
        span=("起", "止"),
        arrive=arrive,  # type: ignore[arg-type]
        leave=leave,  # type: ignore[arg-type]
    )


def group(name: str, of: Table, *by: GroupKey) -> Table:
    """A group; the members get their link (tables share the links' dictionary)."""
    of.links[name] = Link(name, name, "组")
    links = {key.name: Link(key.name, key.target, "查找") for key in by if key.path}
    columns = {key.name: Column(key.name, key.node.type) for key in by if key.node is not None}
    return Table(name, "分组", tuple(key.name for key in by), columns, links, of=of.name, by=by)


def read(owner: Table | str, column: str, *path: str, kind: Type = WHOLE) -> Read:
    return Read(path, owner if isinstance(owner, str) else owner.name, column, kind)


def number(value: Fraction | int | str, kind: Type = WHOLE) -> Const:
    return Const(Fraction(value), replace(kind, low=Fraction(value), high=Fraction(value)), str(value))


def program(tables: Iterable[Table], steps: Iterable = (), **parts) -> Program:
    named, steps = {one.name: one for one in tables}, tuple(steps)
    types = {(one.name, c.name): c.type for one in named.values() for c in one.columns.values()}
    for step in steps:
        parts_of = getattr(step, "parts", None)
        kinds = [part.type for part in parts_of] if parts_of else [step.type]
        types |= dict(zip(made_by(step), kinds, strict=True))
    fields: dict[str, Any] = {
        "language": 1, "name": "示例", "version": "1", "start": 0, "end": 10**6, "corrects": "",
        "fingerprint": "", "documents": {}, "interpretations": {}, "unencoded": (), "calendar": CALENDAR,
        "funds": {"绩效": "绩效"}, "rates": {}, "returns": (), "vetoes": (), "payments": (), "checks": (),
        "roster": None, "approved": None, "examples": (),
    }  # fmt: skip
    return Program(tables=named, steps=steps, types=types, **(fields | parts))


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def values(kind: Type, cells: list) -> Values:
    """A sealed column of cells: None is missing; numbers by the type's step, dates as ISO text."""
    missing = np.array([cell is None for cell in cells], bool)
    words: tuple[str, ...] = ()
    if kind.kind in (TEXT, CHOICE, PERIOD):
        words = kind.options or tuple(sorted({cell for cell in cells if cell is not None}))
        data = [0 if cell is None else words.index(cell) for cell in cells]
    elif kind.kind == DATE:
        data = [0 if cell is None else day(cell) for cell in cells]
    elif kind.kind == BOOL:
        data = [int(bool(cell)) for cell in cells]
    else:
        data = [0 if cell is None else int(Fraction(cell) / (kind.step or 1)) for cell in cells]
    return Values(np.array(data, np.int64), missing if missing.any() else None, words)


def snapshot(of: Program, **rows: list[dict]) -> Snapshot:
    """Sealed tables of rows given as they would stand in a workbook; left-out tables are empty."""
    sealed = {}
    for one in of.input_tables():
        held = sorted(rows.get(one.name, []), key=lambda row: tuple(row[name] for name in one.key))
        columns = {
            name: values(column.type, [row.get(name) for row in held]) for name, column in one.columns.items()
        }
        sealed[one.name] = SealedTable(one.name, len(held), columns)
    return Snapshot(sealed, "")


def lookup(name: str, target: str, *keys: Key) -> Link:
    return Link(name, target, "查找", keys)


def period(text: str) -> Period:
    found = CALENDAR.parse(text)
    assert found is not None
    return found
