"""Balances: entitled, paid and owed of every entitlement, and the cash of every pot, folded from grants and movements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.movements import ADJUSTMENT, PAYMENT, REJECT, RETURN, Line, Posting, Pot
from payroll_service.book.ledger.postings import CASH


class Balances:
    """What the book says at one moment, in fen. owed = entitled - paid for every entitlement, by definition.

    A negative debt is money to be recovered (应追回). `paid` is kept by the pot that paid, so that what comes back goes
    back to where it came from; `came_back` is what banks and payees sent back, by claim and earmark, and was not sent
    again: it is set aside for that claim (`set_aside`). `open` is what is owed or overpaid, and is not zero.
    """

    def __init__(self) -> None:
        self.entitled: defaultdict[Entitlement, int] = defaultdict(int)
        self.paid: defaultdict[Entitlement, dict[str, int]] = defaultdict(dict)
        self.cash: defaultdict[Pot, int] = defaultdict(int)
        self.came_back: defaultdict[tuple[Entitlement, str], int] = defaultdict(int)
        self.open: dict[Entitlement, int] = {}

    def grant(self, entitlement: Entitlement, fen: int) -> None:
        self.entitled[entitlement] += fen
        self._owe(entitlement, fen)

    def move(self, kind: str, lines: Iterable[Line], postings: Iterable[Posting]) -> None:
        """Apply one movement."""
        for line in lines:
            if kind == ADJUSTMENT:
                self.grant(line.entitlement, line.fen)
            else:
                by_pot = self.paid[line.entitlement]
                by_pot[line.earmark] = by_pot.get(line.earmark, 0) + line.fen
                self._owe(line.entitlement, -line.fen)
                self._note_way_back(kind, line)
        for posting in postings:
            if posting.account == CASH:
                self.cash[Pot(posting.fund, posting.earmark)] += posting.fen

    def _owe(self, entitlement: Entitlement, fen: int) -> None:
        owed = self.open.get(entitlement, 0) + fen
        if owed:
            self.open[entitlement] = owed
        else:
            self.open.pop(entitlement, None)

    def _note_way_back(self, kind: str, line: Line) -> None:
        key = (line.entitlement, line.earmark)
        if kind in (REJECT, RETURN):
            self.came_back[key] -= line.fen
        elif kind == PAYMENT and line.fen > 0 and key in self.came_back:
            self.came_back[key] = max(0, self.came_back[key] - line.fen)

    def set_aside(self, fund: str) -> Iterator[tuple[Entitlement, Pot, int]]:
        """What came back from payees of a fund and is still owed to them, claims ascending: theirs before anybody's."""
        for (claim, earmark), fen in sorted(self.came_back.items()):
            if claim.fund == fund and (part := min(fen, self.owed(claim))) > 0:
                yield claim, Pot(fund, earmark), part

    def paid_of(self, entitlement: Entitlement) -> int:
        return sum(self.paid[entitlement].values()) if entitlement in self.paid else 0

    def owed(self, entitlement: Entitlement) -> int:
        return self.open.get(entitlement, 0)

    def entitlements(self) -> Iterator[Entitlement]:
        """Everything that was ever granted, adjusted or paid."""
        yield from self.entitled
        yield from (found for found in self.paid if found not in self.entitled)

    def cash_of(self, fund: str) -> int:
        """All money of a fund, earmarked or not."""
        return sum(fen for pot, fen in self.cash.items() if pot.fund == fund)

    def __eq__(self, other: object) -> bool:
        """Two books say the same of everybody and of every pot; what is zero counts as not there."""
        return isinstance(other, Balances) and self._said() == other._said()

    __hash__ = None  # type: ignore[assignment]

    def _said(self) -> tuple[dict[Entitlement, tuple[int, int]], dict[Pot, int]]:
        claims = {found: (self.entitled.get(found, 0), self.paid_of(found)) for found in self.entitlements()}
        return {found: both for found, both in claims.items() if any(both)}, {
            pot: fen for pot, fen in self.cash.items() if fen
        }
