"""Long numbers, as of persons, cards and telephones, with their middle hidden: enough to find one, not to have it."""

from __future__ import annotations

import re

from payroll_service.snapshot.tables import Cell

A_NUMBER = re.compile(
    r"(?=[0-9]*[a-f])[0-9a-f]{32,64}|(?P<whose>[0-9０-９]{9,}[XxＸｘ]?)"
)  # an id is nobody's number
SHOWN_BEFORE, SHOWN_AFTER = 3, 4


def masked(text: str) -> str:
    """The text with the middle of every number of nine digits and more replaced; ids of ours stay whole."""
    return A_NUMBER.sub(_mask, text)


def masked_cell(cell: Cell) -> str:
    """A cell's value in words, masked; a number without an exponent."""
    if isinstance(cell, float) and cell.is_integer():
        return masked(f"{cell:.0f}")
    return "" if cell is None else masked(str(cell))


def _mask(found: re.Match[str]) -> str:
    if found["whose"] is None:
        return found[0]
    hidden = len(found[0]) - SHOWN_BEFORE - SHOWN_AFTER
    return found[0][:SHOWN_BEFORE] + "*" * hidden + found[0][-SHOWN_AFTER:]
