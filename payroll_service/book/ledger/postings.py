"""Double entry: the postings of each kind of movement. They add up to zero, always."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from payroll_service.book.ledger.movements import ADJUSTMENT, Line, Posting, Pot

COST, OWED, CASH, SOURCE = "应发成本", "应付职工薪酬", "可用资金", "拨款来源"


def line_postings(kind: str, lines: Iterable[Line]) -> tuple[Posting, ...]:
    """The postings of a movement with lines: an adjustment changes cost and debt, all others debt and cash."""
    sums: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for line in lines:
        what = line.entitlement
        claim = (what.item, what.unit, what.earned)
        if kind == ADJUSTMENT:
            sums[COST, what.fund, "", *claim] += line.fen
            sums[OWED, what.fund, "", *claim] -= line.fen
        else:
            sums[OWED, what.fund, "", *claim] += line.fen
            sums[CASH, what.fund, line.earmark, "", "", ""] -= line.fen
    return tuple(_posting(key, fen) for key, fen in sorted(sums.items()) if fen)


def funding_postings(pot: Pot, fen: int) -> tuple[Posting, ...]:
    """Money that comes into a pot, or, negative, is taken out of it again."""
    return (
        Posting(CASH, pot.fund, pot.earmark, "", "", "", fen),
        Posting(SOURCE, pot.fund, pot.earmark, "", "", "", -fen),
    )


def grant_postings(lines: Iterable[Line]) -> tuple[Posting, ...]:
    """What an approved run does to the accounts."""
    return line_postings(ADJUSTMENT, lines)


def _posting(key: tuple[str, ...], fen: int) -> Posting:
    account, fund, earmark, item, unit, earned = key
    return Posting(account, fund, earmark, item, unit, earned, fen)
