"""公示: what a school hangs on its board, one sheet a unit: names and amounts, no ID numbers and no accounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from payroll_service.book.payouts import Payouts
from payroll_service.export.sheets import Cell, Fen, Sheet, workbook_bytes

FORBIDDEN = re.compile(r"[\[\]:*?/\\']")  # in the name of a sheet
LONGEST_NAME = 31


@dataclass(frozen=True)
class UnitList:
    """Who gets what from one unit: (name, fen by item), ascending by name."""

    code: str
    label: str
    people: tuple[tuple[str, tuple[int, ...]], ...]


def unit_lists(payouts: Payouts, order: Sequence[str], units: Sequence[str]) -> list[UnitList]:
    """What is due now, by unit and person, of those who are not held. `order`: any text that is no personal number, a
    payee: people of one name are numbered by it, since their place must not tell whose ID number is the smaller.

    Of a run that nets others only people with a difference are listed.
    """
    lines = np.flatnonzero(~payouts.held & ((payouts.due_fen != 0) | (not payouts.nets)))
    sums: dict[str, dict[int, list[int]]] = {}
    columns = (payouts.unit, payouts.payee, payouts.item, payouts.due_fen)
    for unit, payee, item, fen in zip(*(column[lines].tolist() for column in columns), strict=True):
        row = sums.setdefault(payouts.unit_codes[unit], {}).setdefault(payee, [0] * len(payouts.items))
        row[item] += fen
    labels = dict(zip(payouts.unit_codes, payouts.unit_labels, strict=True))
    return [
        UnitList(code, labels[code], _named(payouts, order, sums[code])) for code in units if code in sums
    ]


def notice_xlsx(lists: Sequence[UnitList], items: Sequence[str], heading: str) -> bytes:
    """The workbook; same lists, same bytes. `heading` stands over the names: what the amounts are."""
    taken: set[str] = set()
    return workbook_bytes([_sheet(one, items, heading, taken) for one in lists])


def _named(
    payouts: Payouts, order: Sequence[str], rows: dict[int, list[int]]
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Rows by name; people of one name get running numbers."""
    ranked = sorted(rows, key=lambda payee: (payouts.payee_labels[payee], order[payee]))
    alike: dict[str, list[int]] = {}
    for payee in ranked:
        alike.setdefault(payouts.payee_labels[payee], []).append(payee)
    return tuple(
        (f"{name}（{number}）" if len(people) > 1 else name, tuple(rows[payee]))
        for name, people in alike.items()
        for number, payee in enumerate(people, start=1)
    )


def _sheet(one: UnitList, items: Sequence[str], heading: str, taken: set[str]) -> Sheet:
    paid = [place for place in range(len(items)) if any(fen[place] for _, fen in one.people)]
    rows: list[list[Cell]] = [
        [number, name, *(Fen(fen[place]) for place in paid), Fen(sum(fen))]
        for number, (name, fen) in enumerate(one.people, start=1)
    ]
    sums = [sum(fen[place] for _, fen in one.people) for place in paid]
    last: list[Cell] = ["合计", f"{len(one.people)} 人", *map(Fen, sums), Fen(sum(sums))]
    headings = ["序号", heading, *(items[place] for place in paid), "合计"]
    return Sheet(_sheet_name(one, taken), headings, [*rows, last], bold_last=True)


def _sheet_name(one: UnitList, taken: set[str]) -> str:
    """The unit's name as a sheet may be called; with the code where that is taken."""
    name = FORBIDDEN.sub(" ", one.label or one.code).strip()[:LONGEST_NAME]
    if not name or name.casefold() in taken or name.casefold() == "history":
        name = FORBIDDEN.sub(" ", f"{one.code} {name}")[:LONGEST_NAME]
    taken.add(name.casefold())
    return name
