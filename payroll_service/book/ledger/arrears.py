"""Arrears: entitled, paid and owed, summed in several ways, and how old what is owed has become."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.balances import Balances
from payroll_service.book.ledger.settlement import earned_until
from rules.language.period import Calendar

AGES = ("一年以内", "一至二年", "二至三年", "三年以上")
WAYS: dict[str, Callable[[Entitlement], str]] = {
    "payee": lambda claim: claim.payee,
    "unit": lambda claim: claim.unit,
    "item": lambda claim: claim.item,
    "fund": lambda claim: claim.fund,
    "age": lambda claim: claim.earned,
}


@dataclass(frozen=True)
class ArrearsRow:
    """Sums in fen: entitled - paid = owed - recoverable. `aged`: what is owed, by the classes of `AGES`."""

    key: str
    entitled_fen: int
    paid_fen: int
    owed_fen: int
    recoverable_fen: int
    aged: tuple[int, ...]


def arrears_by(
    balances: Balances, way: str, day: date, payees: Collection[str] | None = None
) -> tuple[ArrearsRow, ...]:
    """A row for each payee, unit, item, fund or earned period (`WAYS`), ascending; the periods by their end.

    Only of these payees, if they are named.
    """
    calendar = Calendar()
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (4 + len(AGES)))
    for claim in balances.entitlements():
        if payees is not None and claim.payee not in payees:
            continue
        entitled, paid = balances.entitled.get(claim, 0), balances.paid_of(claim)
        if not entitled and not paid:
            continue
        row = sums[WAYS[way](claim)]
        owed = entitled - paid
        row[0] += entitled
        row[1] += paid
        row[2] += max(owed, 0)
        row[3] += max(-owed, 0)
        row[4 + age_of(claim.earned, day, calendar)] += max(owed, 0)
    ordered = sorted(sums, key=lambda key: (earned_until(key, calendar) if way == "age" else 0, key))
    return tuple(_row(key, sums[key]) for key in ordered)


def _row(key: str, sums: list[int]) -> ArrearsRow:
    entitled, paid, owed, recoverable, *aged = sums
    return ArrearsRow(key, entitled, paid, owed, recoverable, tuple(aged))


def total_row(rows: Collection[ArrearsRow]) -> ArrearsRow:
    """The sum of all rows."""
    ages = tuple(sum(row.aged[place] for row in rows) for place in range(len(AGES)))
    return ArrearsRow(
        "合计",
        sum(row.entitled_fen for row in rows),
        sum(row.paid_fen for row in rows),
        sum(row.owed_fen for row in rows),
        sum(row.recoverable_fen for row in rows),
        ages,
    )


def age_of(earned: str, day: date, calendar: Calendar) -> int:
    """Which of `AGES` a period has on a day: whole years since its end, three and more together. The future is new."""
    end = earned_until(earned, calendar)
    if not end:
        return len(AGES) - 1
    since = date.fromordinal(end)
    years = day.year - since.year - ((day.month, day.day) < (since.month, since.day))
    return min(max(years, 0), len(AGES) - 1)
