"""What the book says of one period: of everything earned in it, what is entitled, what money is there for it, what is paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.balances import Balances
from payroll_service.book.ledger.settlement import earned_until
from rules.language.period import Calendar, Period


@dataclass
class Sums:
    """In fen."""

    entitled: int = 0
    paid: int = 0

    @property
    def owed(self) -> int:
        return self.entitled - self.paid


def period_sums(
    balances: Balances, calendar: Calendar, period: Period, key: Callable[[Entitlement], str]
) -> dict[str, Sums]:
    """The claims whose earned period ends within `period`, summed by `key`."""
    found: defaultdict[str, Sums] = defaultdict(Sums)
    for claim in balances.entitlements():
        if period.first_day <= earned_until(claim.earned, calendar) <= period.last_day:
            sums = found[key(claim)]
            sums.entitled += balances.entitled.get(claim, 0)
            sums.paid += balances.paid_of(claim)
    return dict(found)


def arrived(balances: Balances, by_fund: dict[str, Sums]) -> int:
    """Of what is entitled, what money came in for: all that was paid, and of each fund what it has left for what it owes."""
    return sum(sums.paid + max(0, min(balances.cash_of(fund), sums.owed)) for fund, sums in by_fund.items())
