"""Where the money stands: what is owed by fund and period, what there is to pay it with, and every payment on its way."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from payroll_service.book.ledger.movements import (
    ADJUSTMENT,
    CONFIRMATION,
    FUNDING,
    PAYMENT,
    REJECT,
    Draft,
    Movement,
    Pot,
)
from payroll_service.book.ledger.settlement import earned_until
from payroll_service.store.store import Store
from payroll_service.workflow.drafts import has_moved
from payroll_service.workflow.leave_out_published import leave_out_published
from payroll_service.workflow.ledger import Ledger, read_ledger
from rules.language.period import Calendar

PREPARED, OVERTAKEN, APPROVED, CONFIRMED, REJECTED, RETURNED = (
    "prepared",
    "overtaken",
    "approved",
    "confirmed",
    "rejected",
    "returned",
)


@dataclass(frozen=True)
class PotState:
    """What was put into a pot and what is in it now, in fen."""

    pot: Pot
    funded_fen: int
    left_fen: int


@dataclass
class EarnedSums:
    """Sums in fen of what was earned in one period; `owed` leaves out what somebody was paid too much."""

    entitled: int = 0
    paid: int = 0
    owed: int = 0


@dataclass(frozen=True)
class FundState:
    """One fund: its pots, and what was earned from it, by period, the oldest first."""

    fund: str
    pots: tuple[PotState, ...]
    periods: tuple[tuple[str, EarnedSums], ...]

    @property
    def left_fen(self) -> int:
        return sum(pot.left_fen for pot in self.pots)

    @property
    def owed_fen(self) -> int:
        return sum(sums.owed for _, sums in self.periods)


@dataclass(frozen=True)
class ListedPayment:
    """A payment or an adjustment: its draft, the movement that it became, and what answered it.

    `is_overtaken`: the book has gone on, and nobody can approve it any more.
    """

    draft: Draft
    movement: Movement | None
    back: tuple[Movement, ...]
    is_overtaken: bool

    @property
    def state(self) -> str:
        """prepared, overtaken, approved, confirmed (by the bank), rejected (by it, in part) or returned (in part)."""
        if self.movement is None:
            return OVERTAKEN if self.is_overtaken else PREPARED
        kinds = {each.kind for each in self.back}
        if kinds <= {CONFIRMATION}:
            return CONFIRMED if kinds else APPROVED
        return REJECTED if REJECT in kinds else RETURNED

    @property
    def back_fen(self) -> int:
        return -sum(each.amount_fen for each in self.back)


@dataclass(frozen=True)
class PaymentSurvey:
    """`payments` and `adjustments`: the last prepared first; `items` by fund: what it is known to pay; `on_view`: approved
    runs that are not paid before their public view is closed."""

    funds: tuple[FundState, ...]
    payments: tuple[ListedPayment, ...]
    adjustments: tuple[ListedPayment, ...]
    items: Mapping[str, tuple[str, ...]]
    on_view: tuple[str, ...]


def survey_payments(store: Store, bureau: str) -> PaymentSurvey:
    """The book as it stands. Reads all of it."""
    with store.reading() as session:
        ledger = read_ledger(session, bureau)
        funds, items = _funds(ledger), _items(ledger)
        drafts = session.ledger.drafts(bureau)
        on_view = leave_out_published(session, ledger)
    return PaymentSurvey(
        funds,
        _listed(ledger, drafts, PAYMENT),
        _listed(ledger, drafts, ADJUSTMENT),
        items,
        tuple(on_view),
    )


def _funds(ledger: Ledger) -> tuple[FundState, ...]:
    funded: defaultdict[Pot, int] = defaultdict(int)
    for movement in ledger.movements:
        if movement.kind == FUNDING:
            noted = json.loads(movement.detail)
            funded[Pot(noted["fund"], noted["earmark"])] += movement.amount_fen
    earned: defaultdict[str, defaultdict[str, EarnedSums]] = defaultdict(lambda: defaultdict(EarnedSums))
    balances = ledger.balances
    for claim in balances.entitlements():
        sums = earned[claim.fund][claim.earned]
        sums.entitled += balances.entitled.get(claim, 0)
        sums.paid += balances.paid_of(claim)
        sums.owed += max(0, balances.owed(claim))
    pots = [PotState(pot, funded[pot], fen) for pot, fen in sorted(balances.cash.items())]
    calendar = Calendar()
    return tuple(
        FundState(
            fund,
            tuple(each for each in pots if each.pot.fund == fund),
            tuple(sorted(earned[fund].items(), key=lambda each: (earned_until(each[0], calendar), each[0]))),
        )
        for fund in sorted({*earned, *(each.pot.fund for each in pots)})
    )


def _items(ledger: Ledger) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for claim in ledger.balances.entitlements():
        found[claim.fund].add(claim.item)
    return {fund: tuple(sorted(items)) for fund, items in sorted(found.items())}


def _listed(ledger: Ledger, drafts: Iterable[Draft], kind: str) -> tuple[ListedPayment, ...]:
    became = {each.draft: each for each in ledger.movements if each.draft is not None}
    answers: defaultdict[int, list[Movement]] = defaultdict(list)
    for each in ledger.movements:
        if each.answers is not None:
            answers[each.answers].append(each)
    found = []
    for draft in drafts:
        if draft.kind == kind:
            movement = became.get(draft.number)
            back = tuple(answers[movement.number]) if movement else ()
            found.append(ListedPayment(draft, movement, back, has_moved(ledger, draft)))
    return tuple(reversed(found))
