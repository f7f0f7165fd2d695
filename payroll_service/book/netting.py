"""Netting: what approved runs granted is taken off a run's full entitlement, so that nothing is granted twice.

A run always calculates the whole entitlement of its period. Of every line it grants what is still due: the amount less
what was granted before under the same payee, unit, item, fund, earned period and event. What was granted and is no longer
calculated comes back as a line of amount 0, whose due is negative. Clauses on late changes (`late_changes.py`) are heard
before anything is taken off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from payroll_service.book.approved_checks import check_approved
from payroll_service.book.checks import BalanceCheck, same_by_key
from payroll_service.book.earlier import Earlier, inside, parsed
from payroll_service.book.late_changes import Changes, late_changes
from payroll_service.book.money import totals_by
from payroll_service.book.payouts import BROUGHT, KEPT, LATE, PUT_OFF, Payouts
from payroll_service.calculation.outcome import Outcome
from rules.language.plan import plan
from rules.language.program import Program

KEY = ("payee", "unit", "item", "earned", "event", "fund")  # what tells lines apart, in the order of lines
IN_OWN_ORDER = ("item", "fund")  # as the rule set has them; all other words ascend
Words = Mapping[Any, Any]  # what identifies a payee, unit, item … -> how it is shown


def net(program: Program, payouts: Payouts, earlier: Sequence[Earlier]) -> Payouts:
    """The payouts less what `earlier` granted, by key. `earlier` in the order of approval: it matters for names, and for
    clauses on late changes.

    A payee, unit, item or fund that the payouts do not have is called as in the last run that has it.
    """
    if not earlier:
        return payouts
    words = {name: _merged(name, payouts, earlier) for name in KEY}
    parts = [
        _own_lines(payouts, words),
        _late_lines(late_changes(program, payouts, earlier), words),
        *(_granted_lines(program, payouts, one, words) for one in earlier),
    ]
    every = _Lines(*(np.concatenate(column, axis=-1) for column in zip(*map(_columns, parts), strict=True)))
    lines = _summed(every)
    kept = np.flatnonzero(lines.calculated | (lines.left_behind & (lines.granted != 0)))
    return _assembled(payouts, words, lines.at(kept))


def netted_checks(
    program: Program,
    outcome: Outcome,
    calculated: Payouts,
    payouts: Payouts,
    earlier: Sequence[Earlier],
    checks: Iterable[BalanceCheck],
) -> tuple[BalanceCheck, ...]:
    """The checks of a run with those of its netting; where colleagues are held harmless, so that more is granted than was
    calculated, the approved totals are held against that."""
    found = [*checks, check_netting(program, payouts, earlier)]
    if payouts.late.any():
        found.append(check_late(calculated, payouts))
    if payouts.late[KEPT].any():
        own = replace(payouts, amount_fen=payouts.amount_fen - payouts.late[BROUGHT] + payouts.late[PUT_OFF])
        again = {one.name: one for one in check_approved(program, outcome, own)}
        found = [again.get(one.name, one) for one in found]
    return tuple(found)


def check_netting(program: Program, payouts: Payouts, earlier: Sequence[Earlier]) -> BalanceCheck:
    """Whatever earlier runs granted of the items that are due now, for the period of this run, was taken off."""
    due = {payment.number for payment in plan(program, parsed(program, payouts.period).kind).payments}
    before: dict[str, int] = {}
    for one in earlier:
        lines = one.grants[_counts(program, payouts, one)[one.payouts.earned[one.grants]]]
        _add_by_item(before, one.payouts, lines, one.payouts.due_fen)
    taken: dict[str, int] = {}
    _add_by_item(taken, payouts, np.arange(len(payouts)), payouts.granted_fen)
    expected, actual = ({item: fen for item, fen in sums.items() if item in due} for sums in (before, taken))
    return same_by_key("核定：以前批次已核定的各项目全部计入", expected, actual)


def check_late(calculated: Payouts, payouts: Payouts) -> BalanceCheck:
    """The lines are what was calculated, and what was kept and brought, less what was put off; by item."""
    expected: dict[str, int] = {}
    for fen, source in (
        (calculated.amount_fen, calculated),
        (payouts.late[KEPT] + payouts.late[BROUGHT] - payouts.late[PUT_OFF], payouts),
    ):
        _add_by_item(expected, source, np.arange(len(source)), fen)
    actual: dict[str, int] = {}
    _add_by_item(actual, payouts, np.arange(len(payouts)), payouts.amount_fen)
    return same_by_key("迟到更正：应发等于算出的加不追回和补前期的，减计入下期的", expected, actual)


# Words ----------------------------------------------------------------------------------------------------------------


def _words(payouts: Payouts, name: str) -> Words:
    """What a key column's codes stand for, in the order of the codes."""
    if name == "payee":
        who = zip(payouts.payee_keys, payouts.payee_kinds, strict=True)
        return dict(zip(who, payouts.payee_labels, strict=True))
    if name == "unit":
        return dict(zip(payouts.unit_codes, payouts.unit_labels, strict=True))
    if name == "item":
        return {item.number: item for item in payouts.items}
    if name == "fund":
        return dict(zip(payouts.funds, payouts.fund_titles, strict=True))
    texts = payouts.earned_periods if name == "earned" else payouts.events
    return dict.fromkeys(texts)


def _merged(name: str, payouts: Payouts, earlier: Sequence[Earlier]) -> Words:
    """The words of all; the payouts' own ways of showing them count first, then those of later runs."""
    own = _words(payouts, name)
    found: dict[Any, Any] = {}
    for one in earlier:
        found |= _words(one.payouts, name)
    found |= own
    order = [*own, *sorted(found.keys() - own.keys())] if name in IN_OWN_ORDER else sorted(found)
    return {word: found[word] for word in order}


def _places(words: Words, among: Words) -> np.ndarray:
    place = {word: number for number, word in enumerate(among)}
    return np.array([place[word] for word in words], np.int64)


# Lines ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Lines:
    """Lines in common codes. `keys` has a row per key column; fen; `left_behind`: to come back if not calculated."""

    keys: np.ndarray
    amount: np.ndarray
    granted: np.ndarray
    late: np.ndarray
    claim: np.ndarray
    calculated: np.ndarray
    left_behind: np.ndarray

    def at(self, lines: np.ndarray) -> _Lines:
        """Some of them."""
        return _Lines(*(column[..., lines] for column in _columns(self)))


def _columns(lines: _Lines) -> tuple[np.ndarray, ...]:
    return tuple(getattr(lines, column.name) for column in fields(lines))


def _keys(payouts: Payouts, words: Mapping[str, Words], lines: np.ndarray) -> np.ndarray:
    codes = [_places(_words(payouts, name), words[name])[getattr(payouts, name)[lines]] for name in KEY]
    return np.stack(codes)


def _counts(program: Program, payouts: Payouts, one: Earlier) -> np.ndarray:
    """By earned period of an earlier run: whether what it granted counts against this run."""
    same, ours = one.payouts.period == payouts.period, parsed(program, payouts.period)
    return np.array([same or inside(program, ours, text) for text in one.payouts.earned_periods], bool)


def _own_lines(payouts: Payouts, words: Mapping[str, Words]) -> _Lines:
    size = len(payouts)
    none = np.zeros(size, np.int64)
    keys = _keys(payouts, words, np.arange(size))
    return _Lines(
        keys, payouts.amount_fen, none, payouts.late, payouts.claim, np.ones(size, bool), np.zeros(size, bool)
    )


def _late_lines(changes: Changes, words: Mapping[str, Words]) -> _Lines:
    places = [{word: place for place, word in enumerate(words[name])} for name in KEY]
    keys = [[place[word] for place, word in zip(places, key, strict=True)] for key in changes]
    late = np.array(list(changes.values()), np.int64).reshape(-1, len(LATE)).T
    size = late.shape[1]
    none = np.zeros(size, np.int64)
    return _Lines(
        np.array(keys, np.int64).reshape(-1, len(KEY)).T,
        late[KEPT] - late[PUT_OFF] + late[BROUGHT],
        none,
        late,
        none,
        np.ones(size, bool),
        np.zeros(size, bool),
    )


def _granted_lines(program: Program, payouts: Payouts, one: Earlier, words: Mapping[str, Words]) -> _Lines:
    before = one.payouts
    lines = one.grants[_counts(program, payouts, one)[before.earned[one.grants]]]
    none = np.zeros(len(lines), np.int64)
    late = np.zeros((len(LATE), len(lines)), np.int64)
    left = _left_behind(program, payouts.period, before)[before.item[lines], before.earned[lines]]
    keys = _keys(before, words, lines)
    return _Lines(keys, none, before.due_fen[lines], late, none, np.zeros(len(lines), bool), left)


def _summed(lines: _Lines) -> _Lines:
    """One line a key, in order; fen added up, the claim of the one that has it, marks if any line has them."""
    order = np.lexsort(lines.keys[::-1])
    keys = lines.keys[:, order]
    first = np.ones(len(order), bool)
    first[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    line, count = np.cumsum(first) - 1, int(first.sum())
    amount, granted, *late = (
        totals_by(line, each[order], count).astype(np.int64)
        for each in (lines.amount, lines.granted, *lines.late)
    )
    claim = np.zeros(count, np.int64)
    np.maximum.at(claim, line, lines.claim[order])
    marks = (
        np.bincount(line[each[order]], minlength=count) > 0 for each in (lines.calculated, lines.left_behind)
    )
    return _Lines(keys[:, first], amount, granted, np.stack(late), claim, *marks)


def _assembled(payouts: Payouts, words: Mapping[str, Words], lines: _Lines) -> Payouts:
    """Payouts of these lines; of the common words those that are the payouts' own, or used by a line."""
    codes: dict[str, np.ndarray] = {}
    shown: dict[str, Words] = {}
    for name, column in zip(KEY, lines.keys, strict=True):
        own = _places(_words(payouts, name), words[name])
        used = np.unique(np.concatenate([own, column]))
        every = list(words[name].items())
        shown[name] = dict(every[place] for place in used.tolist())
        codes[name] = np.searchsorted(used, column)
    hold = np.full(len(shown["payee"]), -1, np.int64)
    hold[_places(_words(payouts, "payee"), shown["payee"])] = payouts.hold
    return replace(
        payouts,
        payee_keys=tuple(key for key, _ in shown["payee"]),
        payee_kinds=tuple(kind for _, kind in shown["payee"]),
        payee_labels=tuple(shown["payee"].values()),
        unit_codes=tuple(shown["unit"]),
        unit_labels=tuple(shown["unit"].values()),
        items=tuple(shown["item"].values()),
        funds=tuple(shown["fund"]),
        fund_titles=tuple(shown["fund"].values()),
        earned_periods=tuple(shown["earned"]),
        events=tuple(shown["event"]),
        hold=hold,
        payee=codes["payee"],
        unit=codes["unit"],
        item=codes["item"],
        earned=codes["earned"],
        event=codes["event"],
        fund=codes["fund"],
        amount_fen=lines.amount,
        granted_fen=lines.granted,
        late=lines.late,
        claim=lines.claim,
    )


# What comes back ------------------------------------------------------------------------------------------------------


def _left_behind(program: Program, period: str, before: Payouts) -> np.ndarray:
    """By item and earned period of an earlier run: whether it is this run's business when it is no longer calculated."""
    ours = parsed(program, period)
    due = {payment.number for payment in plan(program, ours.kind).payments}
    paid_by_others = {
        (payment.number, payment.earned) for payment in program.payments if payment.number not in due
    }
    same = before.period == period
    table = np.zeros((len(before.items), len(before.earned_periods)), bool)
    for row, item in enumerate(before.items):
        for column, text in enumerate(before.earned_periods):
            if item.number in due:
                table[row, column] = same or inside(program, ours, text)
            else:
                table[row, column] = same and (item.number, _kind(program, text)) not in paid_by_others
    return table


def _kind(program: Program, earned: str) -> str:
    found = program.calendar.parse(earned)
    return found.kind if found is not None else ""


def _add_by_item(sums: dict[str, int], payouts: Payouts, lines: Iterable[int], fen: np.ndarray) -> None:
    chosen = np.asarray(lines)
    by_item = totals_by(payouts.item[chosen], fen[chosen], len(payouts.items))
    for item, amount in zip(payouts.items, by_item.tolist(), strict=True):
        if amount:
            sums[item.number] = sums.get(item.number, 0) + amount
