"""Getting back what was paid too much: withheld from a payment, handed back, or sent back by a bank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.balances import Balances
from payroll_service.book.ledger.movements import Line
from payroll_service.book.ledger.terms import Terms
from payroll_service.errors import MoneyShort
from rules.language.disbursement import OFFSET

Elsewhere = Callable[[Entitlement], int]


def recover(
    balances: Balances,
    fund: str,
    paid: Sequence[Line],
    terms: Terms,
    left: dict[str, int],
    elsewhere: Elsewhere,
) -> Iterator[Line]:
    """The negative lines that withhold from each payee what she was paid too much from the same fund.

    Never more than she gets now, nor than her plan has left in `left`, which is reduced, nor what other funds still owe
    her for the same after this payment (`elsewhere`). Without a plan all of it is withheld (抵扣) or nothing (按计划).
    Raises MoneyShort where no rule says which.
    """
    got: defaultdict[str, int] = defaultdict(int)
    for line in paid:
        got[line.entitlement.payee] += line.fen
    for payee, every in _debts(balances, fund, got).items():
        debts = {claim: fen - elsewhere(claim) for claim, fen in every.items() if fen > elsewhere(claim)}
        if not debts:
            continue
        if terms.rule is None:
            raise MoneyShort(
                f"资金“{fund}”有多发待追回的人要在本次付款，规则集没有说怎样追回。",
                "请在规则集里补上「支付」的「追回」：抵扣 或 按计划，写法见 docs/rule-language.md 第 19 节。",
            )
        allowed = left.get(payee, got[payee] if terms.rule.recovery == OFFSET else 0)
        amount = min(allowed, got[payee], sum(debts.values()))
        if payee in left:
            left[payee] -= amount
        yield from take_back(balances, debts, amount)


def owed_elsewhere(balances: Balances, paid: Iterable[Line] = ()) -> Elsewhere:
    """For a claim: what other funds owe the payee for the same item, unit, period and event, less what is `paid` now.

    Where a share moves from one fund to another (不追回, a renamed fund), she has been paid too much from the one only as
    far as the other does not make up for it.
    """
    funds = {claim.fund for claim, owed in balances.open.items() if owed > 0}
    now: defaultdict[Entitlement, int] = defaultdict(int)
    for line in paid:
        now[line.entitlement] += line.fen

    def elsewhere(claim: Entitlement) -> int:
        others = [claim._replace(fund=fund) for fund in funds if fund != claim.fund]
        return sum(max(0, balances.owed(each) - now.get(each, 0)) for each in others)

    return elsewhere


def debts_of(balances: Balances, payee: str, fund: str) -> dict[Entitlement, int]:
    """What the payee was paid too much from the fund, in fen by claim, ascending."""
    return _debts(balances, fund, [payee]).get(payee, {})


def take_back(balances: Balances, debts: Mapping[Entitlement, int], amount: int) -> Iterator[Line]:
    """Negative lines of `amount` in all on overpaid entitlements, in order, each back to the pots that paid it, and of
    each at most what `debts` says.

    Free money comes back first: earmarked money had been spent before it.
    """
    for debt, most in debts.items():
        here = min(amount, most)
        amount -= here
        for earmark, fen in sorted(balances.paid[debt].items()):
            back = min(here, max(fen, 0))
            here -= back
            if back:
                yield Line(debt, -back, earmark)
        if here:  # an entitlement below zero: nothing was paid that could go back to its pot
            yield Line(debt, -here)


def undo(lines: Sequence[Line], amount: int) -> Iterator[Line]:
    """The newest `amount` of what these lines paid, taken off again: what a bank sends back.

    What was withheld from the payment stays withheld, and taxes stay paid, so `amount` is at most what was sent.
    """
    for line in sorted(lines, key=lambda each: (each.entitlement.earned, each.entitlement), reverse=True):
        back = min(amount, max(line.fen, 0))
        amount -= back
        if back:
            yield Line(line.entitlement, -back, line.earmark)
    assert not amount, "no more comes back than was sent"


def _debts(balances: Balances, fund: str, payees: Iterable[str]) -> dict[str, dict[Entitlement, int]]:
    among = set(payees)
    found: defaultdict[str, dict[Entitlement, int]] = defaultdict(dict)
    for claim in sorted(each for each, owed in balances.open.items() if owed < 0 and each.fund == fund):
        if claim.payee in among:
            found[claim.payee][claim] = -balances.owed(claim)
    return dict(found)
