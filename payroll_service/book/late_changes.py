"""Late changes (迟到更正): what a share's clause does where its period is calculated again after a run was approved.

重新分配 needs nothing: netting gives everybody the difference. 不追回 keeps what a colleague had and charges the gap to a
fund; a colleague is whoever has the same claim (pools and weights) as in the run approved last. 计入下期 leaves the line as
it stands, puts the difference off, and a run of a later period brings it in, as back pay for the period it was earned in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from payroll_service.book.earlier import Earlier, begins_after, inside, parsed
from payroll_service.book.payouts import BROUGHT, KEPT, LATE, PUT_OFF, Payouts
from rules.language.late import HARMLESS, LateClause, late_clauses
from rules.language.period import Period
from rules.language.program import Program

Key = tuple[Any, ...]  # payee (key, kind), unit, item number, earned period, event, fund
Wanted = Callable[[str], bool]  # which earned periods
Changes = dict[Key, list[int]]  # fen by `LATE`


def late_changes(program: Program, payouts: Payouts, earlier: Sequence[Earlier]) -> Changes:
    """What clauses change in a run that follows `earlier`, in the order of their approval; by key, nothing of zero."""
    changes: Changes = defaultdict(lambda: [0] * len(LATE))
    ours = parsed(program, payouts.period)
    clauses = late_clauses(program)
    for item in payouts.items:
        clause = clauses.get(item.number)
        last = _last(earlier, payouts.period, item.number)
        if clause is not None and last is not None:
            if clause.kind == HARMLESS:
                _keep(changes, clause, item.number, payouts, earlier[last].payouts)
            else:
                _put_off(changes, program, ours, item.number, payouts, earlier[last:])
        _bring(changes, program, ours, item.number, earlier)
    return {key: fen for key, fen in changes.items() if any(fen)}


def _last(earlier: Sequence[Earlier], period: str, item: str) -> int | None:
    """The run of that period, approved last, that has the item."""
    found = (
        place
        for place in range(len(earlier) - 1, -1, -1)
        if earlier[place].payouts.period == period
        and any(one.number == item for one in earlier[place].payouts.items)
    )
    return next(found, None)


def _keep(changes: Changes, clause: LateClause, item: str, payouts: Payouts, before: Payouts) -> None:
    """Who has the same claim as before and would get less keeps what she had; the fund of the clause bears the rest."""
    had, gets = _by_claim(before, item), _by_claim(payouts, item)
    for line, (fen, claim) in gets.items():
        kept, same = had.get(line, (0, ""))
        if claim and claim == same and kept > fen:
            changes[*line, clause.fund][KEPT] += kept - fen


def _by_claim(payouts: Payouts, item: str) -> dict[Key, tuple[int, str]]:
    """The lines of an item without their funds: fen of all funds, and the claim."""
    found: dict[Key, tuple[int, str]] = {}
    lines = _lines(payouts, item)
    amounts, claims = payouts.amount_fen[lines].tolist(), payouts.claim[lines].tolist()
    for key, fen, code in zip(_keys(payouts, lines), amounts, claims, strict=True):
        have, claim = found.get(key[:-1], (0, ""))
        found[key[:-1]] = have + fen, claim or payouts.claims[code]
    return found


def _put_off(
    changes: Changes, program: Program, ours: Period, item: str, payouts: Payouts, since: Sequence[Earlier]
) -> None:
    """The lines stay as the last run of the period (the first of `since`) has them, and what was brought since added."""
    here = _earned_inside(program, ours)
    standing: defaultdict[Key, int] = defaultdict(int, _amounts(since[0].payouts, item, here))
    for key, fen in _brought_since(program, ours, item, since):
        standing[key] += fen
    calculated = _amounts(payouts, item, here)
    for key in {*calculated, *standing}:
        changes[key][PUT_OFF] += calculated.get(key, 0) - standing[key]


def _bring(changes: Changes, program: Program, ours: Period, item: str, earlier: Sequence[Earlier]) -> None:
    """What the last run of an earlier period put off and no run has brought yet; and what runs of this period have."""
    for text in dict.fromkeys(one.payouts.period for one in earlier):
        period, last = program.calendar.parse(text), _last(earlier, text, item)
        if period is not None and period.last_day < ours.first_day and last is not None:
            since = earlier[last:]
            lines = _lines(since[0].payouts, item)
            put_off = since[0].payouts.late[PUT_OFF][lines].tolist()
            for key, fen in zip(_keys(since[0].payouts, lines), put_off, strict=True):
                changes[key][BROUGHT] += fen
            for key, fen in _brought_since(program, period, item, since):
                changes[key][BROUGHT] -= fen
    for one in earlier:
        if one.payouts.period == ours.text:
            for key, fen in _granted(one, item, lambda text: not inside(program, ours, text)):
                changes[key][BROUGHT] += fen


def _brought_since(
    program: Program, period: Period, item: str, since: Iterable[Earlier]
) -> Iterator[tuple[Key, int]]:
    """What runs of later periods granted for this one."""
    for one in since:
        if begins_after(program, one.payouts.period, period.last_day):
            yield from _granted(one, item, _earned_inside(program, period))


# Lines as words -------------------------------------------------------------------------------------------------------


def _earned_inside(program: Program, period: Period) -> Wanted:
    return lambda text: inside(program, period, text)


def _lines(payouts: Payouts, item: str, earned: Wanted | None = None) -> np.ndarray:
    """The lines of an item, of those earned periods that `earned` takes (None: all)."""
    number = next((place for place, one in enumerate(payouts.items) if one.number == item), -1)
    mine = payouts.item == number
    if earned is not None:
        mine &= np.array([earned(text) for text in payouts.earned_periods], bool)[payouts.earned]
    return np.flatnonzero(mine)


def _granted(one: Earlier, item: str, earned: Wanted) -> Iterator[tuple[Key, int]]:
    lines = _lines(one.payouts, item, earned)
    lines = lines[~one.payouts.held[lines] & (one.payouts.due_fen[lines] != 0)]
    yield from zip(_keys(one.payouts, lines), one.payouts.due_fen[lines].tolist(), strict=True)


def _amounts(payouts: Payouts, item: str, earned: Wanted) -> dict[Key, int]:
    lines = _lines(payouts, item, earned)
    return dict(zip(_keys(payouts, lines), payouts.amount_fen[lines].tolist(), strict=True))


def _keys(payouts: Payouts, lines: np.ndarray) -> list[Key]:
    columns = (payouts.payee, payouts.unit, payouts.item, payouts.earned, payouts.event, payouts.fund)
    return [
        (
            (payouts.payee_keys[payee], payouts.payee_kinds[payee]),
            payouts.unit_codes[unit],
            payouts.items[item].number,
            payouts.earned_periods[earned],
            payouts.events[event],
            payouts.funds[fund],
        )
        for payee, unit, item, earned, event, fund in zip(
            *(column[lines].tolist() for column in columns), strict=True
        )
    ]
