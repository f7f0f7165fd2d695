"""payouts.csv: what is to be paid, one line a payee, unit, item, fund, earned period and event. Held lines are not in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat

import numpy as np

from payroll_service.book.money import fen_texts
from payroll_service.book.payouts import LATE_WORDS, Payouts, distinct
from payroll_service.export.csv_text import csv_parts, text_cell

HEADING = "期间,证件号码,姓名,单位代码,项目,金额,资金来源,依据,所属期间,收款人类别"
NETTED = "应发全额,已核定,本次核定"  # instead of 金额, where earlier runs granted something
EVENT = ",事件"  # behind, where some line is for an event
LATE_HEADING = "".join(f",{word}" for word in LATE_WORDS.values())  # last, where late changes had their say
LINES_AT_ONCE = 100_000  # so that the pieces of a line do not all lie about at once


@dataclass(frozen=True)
class Columns:
    """What the file has columns for: every line has them if one line needs them, be it one that is held."""

    nets: bool
    events: bool
    late: bool

    @classmethod
    def of(cls, pieces: Iterable[Payouts]) -> Columns:
        """What the pieces need together; all of them are read."""
        nets = events = late = False
        for piece in pieces:
            nets |= piece.nets
            events |= any(piece.events)
            late |= bool(piece.late.any())
        return cls(nets, events, late)

    @property
    def heading(self) -> str:
        heading = HEADING.replace("金额", NETTED) if self.nets else HEADING
        return heading + (EVENT if self.events else "") + (LATE_HEADING if self.late else "")


def payouts_csv(payouts: Payouts) -> bytes:
    """The file, in the order of the payouts: same lines and names, same bytes.

    Money has two decimals. 证件号码 is the payee's key (a school's code for a school); 资金来源 is the fund's full name.
    """
    return b"".join(payouts_csv_parts(Columns.of([payouts]), [payouts]))


def payouts_csv_parts(columns: Columns, pieces: Iterable[Payouts]) -> Iterator[bytes]:
    """The same file in parts, of pieces that are in order among themselves: one piece is in memory at a time."""
    return csv_parts(columns.heading, chain.from_iterable(_lines(columns, piece) for piece in pieces))


def _lines(columns: Columns, payouts: Payouts) -> Iterator[str]:
    period = text_cell(payouts.period)
    payees = [
        f"{period},{text_cell(key)},{text_cell(label)},"
        for key, label in zip(payouts.payee_keys, payouts.payee_labels, strict=True)
    ]
    units = [f"{text_cell(code)}," for code in payouts.unit_codes]
    names = [f"{text_cell(item.name)}," for item in payouts.items]
    ends, end = _ends(payouts, columns.events)
    begins = (payees, payouts.payee), (units, payouts.unit), (names, payouts.item)
    late = partial(_late, payouts) if columns.late else _line_ends
    lines = np.flatnonzero(~payouts.held)
    for some in (lines[first : first + LINES_AT_ONCE] for first in range(0, len(lines), LINES_AT_ONCE)):
        yield "".join(
            chain.from_iterable(
                zip(
                    *(_texts(texts, codes[some]) for texts, codes in begins),
                    _money(payouts, some, columns.nets),
                    _texts(ends, end[some]),
                    late(some),
                    strict=True,
                )
            )
        )


def _ends(payouts: Payouts, has_events: bool) -> tuple[list[str], np.ndarray]:
    """What stands behind the money, in all ways that occur, and which way each line has."""
    kinds = list(dict.fromkeys(payouts.payee_kinds))
    kind = np.array([kinds.index(one) for one in payouts.payee_kinds], np.int64)[payouts.payee]
    cells = (
        [text_cell(title) for title in payouts.fund_titles],
        [text_cell(item.basis) for item in payouts.items],
        [text_cell(period) for period in payouts.earned_periods],
        [text_cell(one) for one in kinds],
        [f",{text_cell(event)}" if has_events else "" for event in payouts.events],
    )
    codes = payouts.fund, payouts.item, payouts.earned, kind, payouts.event
    shape = tuple(max(1, len(texts)) for texts in cells)
    packed = np.ravel_multi_index(codes, shape)
    occurring = distinct(packed)
    way = np.searchsorted(occurring, packed)
    each = zip(*(one.tolist() for one in np.unravel_index(occurring, shape)), strict=True)
    texts = [[words[code] for words, code in zip(cells, line, strict=True)] for line in each]
    return [f",{','.join(line[:-1])}{line[-1]}" for line in texts], way


def _texts(texts: list[str], codes: np.ndarray) -> list[str]:
    return [texts[code] for code in codes.tolist()]


def _line_ends(lines: np.ndarray) -> Iterable[str]:
    return repeat("\r\n", len(lines))


def _late(payouts: Payouts, lines: np.ndarray) -> list[str]:
    """The ends of lines: what was kept, put off and brought in."""
    amounts = (fen_texts(kind[lines]) for kind in payouts.late)
    return [f",{','.join(line)}\r\n" for line in zip(*amounts, strict=True)]


def _money(payouts: Payouts, lines: np.ndarray, nets: bool) -> list[str]:
    """The amounts of each line as cells: the amount, or full, granted before and due."""
    amounts = fen_texts(payouts.amount_fen[lines])
    if not nets:
        return amounts
    granted, due = fen_texts(payouts.granted_fen[lines]), fen_texts(payouts.due_fen[lines])
    return [",".join(line) for line in zip(amounts, granted, due, strict=True)]
