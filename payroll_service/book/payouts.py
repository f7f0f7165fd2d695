"""Payouts: what a run grants, one line per payee, unit, item, fund and earned period. A zero is a line too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from payroll_service.book.fund_parts import split_by_fund
from payroll_service.book.money import summable
from payroll_service.book.names import Named, name_rows
from payroll_service.book.paid_rows import PaidRows, paid_rows
from payroll_service.calculation.outcome import Outcome
from rules.language.plan import plan
from rules.language.program import Payment, Program


@dataclass(frozen=True)
class Item:
    """A pay item as the rule set has it: the number that survives renaming, the name, the clauses."""

    number: str
    name: str
    basis: str


@dataclass(frozen=True)
class Payouts:
    """All lines of a run, columnar: tuples of words, and arrays of one entry per line that point into them.

    Lines ascend by payee (key, then kind), unit, item in the order of the rule set, earned period, fund in the order
    of the rule set; no two lines agree in all five. `hold` has one entry per payee: which of `reasons` holds the
    payee's lines back, -1 for none.
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
    reasons: tuple[str, ...]
    hold: np.ndarray
    payee: np.ndarray
    unit: np.ndarray
    item: np.ndarray
    earned: np.ndarray
    fund: np.ndarray
    amount_fen: np.ndarray

    def __len__(self) -> int:
        return len(self.amount_fen)

    @cached_property
    def held(self) -> np.ndarray:
        """Which lines are held back."""
        return np.asarray(self.hold[self.payee] >= 0)

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
    lines = _sum_lines(paid, payees, units, periods)
    source, fund, fen = split_by_fund(due, tuple(program.funds), lines[2], lines[4])
    payee, unit, item, earned = (codes[source] for codes in lines[:4])
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
        reasons=reasons,
        hold=hold,
        payee=payee,
        unit=unit,
        item=item,
        earned=earned,
        fund=fund,
        amount_fen=fen,
    )


def _item(payment: Payment) -> Item:
    return Item(payment.number, payment.name, "；".join(str(basis) for basis in payment.head.basis))


def _used(ends: Iterable[tuple[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The distinct rows of each table that payments name."""
    named: dict[str, list[np.ndarray]] = {}
    for table, rows in ends:
        named.setdefault(table, []).append(rows)
    return {table: np.unique(np.concatenate(parts)) for table, parts in named.items()}


def _sum_lines(
    paid: list[PaidRows], payees: Named, units: Named, periods: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(payee, unit, item, earned, fen) of every line before funds, in order; rows of one line are summed."""
    shape = tuple(max(1, size) for size in (len(payees.keys), len(units.keys), len(paid), len(periods)))
    packed = [np.empty(0, np.int64)]
    for number, rows in enumerate(paid):
        place = np.array([periods.index(text) for text in rows.earned.words], np.int64)
        payee, unit = payees.code[rows.payee_table][rows.payee], units.code[rows.unit_table][rows.unit]
        item = np.full(len(rows.fen), number)
        packed.append(np.ravel_multi_index((payee, unit, item, place[rows.earned.data]), shape))
    every = np.concatenate(packed)
    fen = np.concatenate([np.empty(0, np.int64), *(rows.fen for rows in paid)])
    order = np.argsort(every, kind="stable")
    line, starts = np.unique(every[order], return_index=True)
    sums = np.add.reduceat(summable(fen[order]), starts) if len(starts) else fen
    payee, unit, item, earned = np.unravel_index(line, shape)
    return payee, unit, item, earned, sums.astype(np.int64)


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
