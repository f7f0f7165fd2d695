"""Payouts: what a run comes to, one line per payee, unit, item, earned period, event and fund. A zero is a line too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from payroll_service.book.claims import claims_of_lines
from payroll_service.book.fund_parts import split_by_fund
from payroll_service.book.money import summable
from payroll_service.book.names import Named, name_rows
from payroll_service.book.paid_rows import PaidRows, paid_rows
from payroll_service.calculation.outcome import Outcome
from rules.language.plan import plan
from rules.language.program import Payment, Program

LATE = ("kept", "put_off", "brought")
KEPT, PUT_OFF, BROUGHT = range(len(LATE))
LATE_WORDS = {"kept": "不追回", "put_off": "计入下期", "brought": "补前期"}


@dataclass(frozen=True)
class Item:
    """A pay item as the rule set has it: the number that survives renaming, the name, the clauses."""

    number: str
    name: str
    basis: str


@dataclass(frozen=True)
class Payouts:
    """All lines of a run, columnar: tuples of words, and arrays of one entry per line that point into them.

    Lines ascend by payee (key, then kind), unit, item in the order of the rule set, earned period, event, fund in the
    order of the rule set; no two lines agree in all six. `hold` has one entry per payee: which of `reasons` holds the
    payee's lines back, -1 for none. `amount_fen` is the full entitlement, `granted_fen` what approved runs granted of it
    before: zeros until the payouts are netted (`netting.py`).

    `late` has a row for each of `LATE`, what clauses on late changes did to the line, in fen: zeros until netted. What
    was kept (不追回) or brought from an earlier period is part of `amount_fen`; what was put off (计入下期) is not, so
    what was calculated is amount - kept - brought + put off. `claim` points into `claims`, digests of what a line was
    shared by, "" where no clause asks.
    """

    period: str
    payee_keys: tuple[str, ...]
    payee_kinds: tuple[str, ...]
    payee_labels: tuple[str, ...]
    unit_codes: tuple[str, ...]
    unit_labels: tuple[str, ...]
    items: tuple[Item, ...]
    funds: tuple[str, ...]
    fund_titles: tuple[str, ...]
    earned_periods: tuple[str, ...]
    events: tuple[str, ...]
    reasons: tuple[str, ...]
    hold: np.ndarray
    payee: np.ndarray
    unit: np.ndarray
    item: np.ndarray
    earned: np.ndarray
    event: np.ndarray
    fund: np.ndarray
    amount_fen: np.ndarray
    granted_fen: np.ndarray
    late: np.ndarray
    claims: tuple[str, ...]
    claim: np.ndarray

    def __len__(self) -> int:
        return len(self.amount_fen)

    @cached_property
    def held(self) -> np.ndarray:
        """Which lines are held back."""
        return np.asarray(self.hold[self.payee] >= 0)

    @cached_property
    def due_fen(self) -> np.ndarray:
        """What each line is due to grant now, held or not; what had been granted in excess is negative."""
        return np.asarray(self.amount_fen - self.granted_fen)

    @cached_property
    def nets(self) -> bool:
        """Something had been granted before."""
        return bool(self.granted_fen.any())

    def payees(self) -> dict[str, dict[str, str]]:
        """The payees' labels by kind and key: who has to be known before records can be written."""
        found: dict[str, dict[str, str]] = {}
        for kind, key, label in zip(self.payee_kinds, self.payee_keys, self.payee_labels, strict=True):
            found.setdefault(kind, {})[key] = label
        return found


def make_payouts(program: Program, outcome: Outcome) -> Payouts:
    """The lines of every item that is due in the run; same outcome, same lines.

    Raises CalculationError naming rows whose payee or unit leads nowhere, or whose parts by fund exceed the line.
    """
    due = plan(program, outcome.period.kind).payments
    paid = [paid_rows(program, outcome, payment) for payment in due]
    payees = name_rows(program, outcome.frames, _used((rows.payee_table, rows.payee) for rows in paid))
    units = name_rows(program, outcome.frames, _used((rows.unit_table, rows.unit) for rows in paid))
    periods = tuple(sorted({text for rows in paid for text in rows.earned.words}))
    events = tuple(sorted({text for rows in paid for text in rows.event.words}))
    shape, packed = _pack(paid, payees, units, periods, events)
    places, sums = _sum_lines(paid, packed)
    lines = np.unravel_index(places, shape)
    claims, claim = claims_of_lines(program, outcome, paid, packed, places)
    source, fund, fen = split_by_fund(due, tuple(program.funds), lines[2], sums)
    payee, unit, item, earned, event = (codes[source] for codes in lines)
    reasons, hold = _holds(program, outcome, payees)
    return Payouts(
        period=outcome.period.text,
        payee_keys=payees.keys,
        payee_kinds=payees.kinds,
        payee_labels=payees.labels,
        unit_codes=units.keys,
        unit_labels=units.labels,
        items=tuple(_item(payment) for payment in due),
        funds=tuple(program.funds),
        fund_titles=tuple(program.funds.values()),
        earned_periods=periods,
        events=events,
        reasons=reasons,
        hold=hold,
        payee=payee,
        unit=unit,
        item=item,
        earned=earned,
        event=event,
        fund=fund,
        amount_fen=fen,
        granted_fen=np.zeros(len(fen), np.int64),
        late=np.zeros((len(LATE), len(fen)), np.int64),
        claims=claims,
        claim=claim[source],
    )


def _item(payment: Payment) -> Item:
    return Item(payment.number, payment.name, "；".join(str(basis) for basis in payment.head.basis))


def _used(ends: Iterable[tuple[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The distinct rows of each table that payments name."""
    named: dict[str, list[np.ndarray]] = {}
    for table, rows in ends:
        named.setdefault(table, []).append(rows)
    return {table: distinct(np.concatenate(parts)) for table, parts in named.items()}


def distinct(codes: np.ndarray) -> np.ndarray:
    """The codes that occur, ascending; they count from 0, and there is room to mark each."""
    occurs = np.zeros(int(codes.max(initial=-1)) + 1, bool)
    occurs[codes] = True
    return np.flatnonzero(occurs)


def _pack(
    paid: list[PaidRows], payees: Named, units: Named, periods: tuple[str, ...], events: tuple[str, ...]
) -> tuple[tuple[int, ...], list[np.ndarray]]:
    """The shape of (payee, unit, item, earned, event), and where in it every paid row belongs."""
    sizes = (len(payees.keys), len(units.keys), len(paid), len(periods), len(events))
    shape = tuple(max(1, size) for size in sizes)
    packed = []
    for number, rows in enumerate(paid):
        earned, event = (
            _places(rows.earned.words, periods)[rows.earned.data],
            _places(rows.event.words, events)[rows.event.data],
        )
        payee, unit = payees.code[rows.payee_table][rows.payee], units.code[rows.unit_table][rows.unit]
        item = np.full(len(rows.fen), number)
        packed.append(np.ravel_multi_index((payee, unit, item, earned, event), shape))
    return shape, packed


def _sum_lines(paid: list[PaidRows], packed: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(place in the shape, fen) of every line before funds, in order; rows of one line are summed."""
    every = np.concatenate([np.empty(0, np.int64), *packed])
    fen = np.concatenate([np.empty(0, np.int64), *(rows.fen for rows in paid)])
    order = np.argsort(every, kind="stable")
    line, starts = np.unique(every[order], return_index=True)
    sums = np.add.reduceat(summable(fen[order]), starts) if len(starts) else fen
    return line, sums.astype(np.int64)


def _places(words: Sequence[str], vocabulary: Sequence[str]) -> np.ndarray:
    """Where each word stands in a vocabulary that has them all."""
    place = {word: number for number, word in enumerate(vocabulary)}
    return np.array([place[word] for word in words], np.int64)


def _holds(program: Program, outcome: Outcome, payees: Named) -> tuple[tuple[str, ...], np.ndarray]:
    """The names of the roster's holds, and per payee the first that holds."""
    hold = np.full(len(payees.keys), -1, np.int64)
    marks = [mark for mark in outcome.roster if mark.kind == "暂缓"]
    code = payees.code.get(program.roster.table) if program.roster else None
    if code is None:
        return (), hold
    for number, mark in reversed(list(enumerate(marks))):
        places = code[np.flatnonzero(mark.rows)]
        hold[places[places >= 0]] = number
    return tuple(mark.rule for mark in marks), hold
