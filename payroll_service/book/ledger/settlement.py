"""Settling: which claims the money at hand pays, by the rule set's 支付. Pure arithmetic; the same book, the same lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.apportion import apportion
from payroll_service.book.ledger.balances import Balances
from payroll_service.book.ledger.movements import Line, Pot
from payroll_service.book.ledger.recovery import owed_elsewhere, recover
from payroll_service.book.ledger.terms import Terms
from payroll_service.book.money import grouped
from payroll_service.errors import MoneyShort
from rules.language.disbursement import BY_ORDER, EARNED
from rules.language.period import Calendar

SHOW_CLAUSE = "支付: {不足: 按比例, 追回: 抵扣, 依据: …}"


@dataclass(frozen=True)
class Wanted:
    """What a payment shall settle: these funds, at most `limit` fen in all (None: whatever is there), by `terms` of each.

    `held`: payees who are skipped. `plans`: what may be withheld from a payee at most, in fen. `only`: one payee, who
    then gets just what she would get if all were paid.
    """

    funds: tuple[str, ...]
    terms: Mapping[str, Terms]
    limit: int | None = None
    held: frozenset[str] = frozenset()
    plans: Mapping[str, int] = field(default_factory=dict)
    only: str = ""


@dataclass(frozen=True)
class FundResult:
    """What one fund could do, in fen: its money before, all claims on it, what was settled and what was withheld.

    `short`: the money did not suffice; `held_fen`: claims of payees who were skipped.
    """

    fund: str
    rule_set: str
    cash_fen: int
    claims_fen: int
    settled_fen: int
    offset_fen: int
    held_fen: int

    @property
    def short(self) -> bool:
        return self.settled_fen < self.claims_fen


def settle(balances: Balances, wanted: Wanted) -> tuple[list[Line], list[FundResult]]:
    """The lines of a payment, and what each fund could do for everybody. A line never exceeds what is owed, a pot never
    what is in it.

    Raises MoneyShort where money does not suffice, or something is to be recovered, and no rule says how.
    """
    claims, held = _claims(balances, wanted)
    limit = wanted.limit
    left = dict(wanted.plans)
    paid: dict[str, list[Line]] = {}
    for fund in wanted.funds:
        paid[fund] = list(_settle_fund(balances, fund, claims.get(fund, {}), wanted.terms[fund], limit))
        if limit is not None:
            limit -= sum(line.fen for line in paid[fund])
    lines: list[Line] = []
    results = []
    elsewhere = owed_elsewhere(balances, chain.from_iterable(paid.values()))
    for fund, of_fund in paid.items():
        terms = wanted.terms[fund]
        withheld = list(recover(balances, fund, of_fund, terms, left, elsewhere))
        lines += [line for line in (*of_fund, *withheld) if wanted.only in ("", line.entitlement.payee)]
        results.append(
            FundResult(
                fund,
                terms.rule_set,
                balances.cash_of(fund),
                sum(claims.get(fund, {}).values()),
                sum(line.fen for line in of_fund),
                -sum(line.fen for line in withheld),
                held.get(fund, 0),
            )
        )
    return lines, results


def of_lines(results: Iterable[FundResult], lines: Iterable[Line]) -> tuple[FundResult, ...]:
    """What these lines alone settle and withhold of each fund: less than it could do, where one payee is paid by herself."""
    settled: defaultdict[str, int] = defaultdict(int)
    withheld: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        (settled if line.fen > 0 else withheld)[line.entitlement.fund] += abs(line.fen)
    return tuple(
        replace(each, settled_fen=settled[each.fund], offset_fen=withheld[each.fund]) for each in results
    )


def _claims(balances: Balances, wanted: Wanted) -> tuple[dict[str, dict[Entitlement, int]], dict[str, int]]:
    """By fund: what is owed to everybody who may be paid, entitlements ascending; and what is owed to those held."""
    found: defaultdict[str, dict[Entitlement, int]] = defaultdict(dict)
    held: defaultdict[str, int] = defaultdict(int)
    wanted_funds = frozenset(wanted.funds)
    for claim, owed in sorted(balances.open.items()):
        if owed < 0 or claim.fund not in wanted_funds:
            continue
        if claim.payee in wanted.held:
            held[claim.fund] += owed
        else:
            found[claim.fund][claim] = owed
    return found, held


def _settle_fund(
    balances: Balances, fund: str, owed: dict[Entitlement, int], terms: Terms, limit: int | None
) -> Iterator[Line]:
    """What came back goes to whom it was sent before; then earmarked money, the narrowest first, and free money last."""
    due = dict(owed)
    left = sum(due.values()) if limit is None else limit
    free = {pot: fen for pot, fen in balances.cash.items() if pot.fund == fund and fen > 0}
    for claim, pot, fen in balances.set_aside(fund):
        kept = min(fen, free.get(pot, 0))
        free[pot] = free.get(pot, 0) - kept
        part = min(kept, due.get(claim, 0), left)
        if part:
            due[claim] -= part
            left -= part
            yield Line(claim, part, pot.earmark)
    for pot in sorted(free, key=lambda each: (not each.earmark, len(each.items), each)):
        for line in _spend(pot, min(free[pot], left), due, terms):
            due[line.entitlement] -= line.fen
            left -= line.fen
            yield line
    if any(due.values()) and terms.rule is None:
        raise _short(balances, fund, owed, terms, limit)


def _spend(pot: Pot, fen: int, due: Mapping[Entitlement, int], terms: Terms) -> list[Line]:
    """The money of one pot over the open claims that it serves, level by level."""
    lines: list[Line] = []
    for level in _levels([claim for claim, rest in due.items() if rest and pot.serves(claim.item)], terms):
        amounts = [due[claim] for claim in level]
        amount = min(fen, sum(amounts))
        fen -= amount
        parts = zip(level, apportion(amount, amounts), strict=True)
        lines += [Line(claim, part, pot.earmark) for claim, part in parts if part]
    return lines


def _short(
    balances: Balances, fund: str, owed: Mapping[Entitlement, int], terms: Terms, limit: int | None
) -> MoneyShort:
    cash, due = balances.cash_of(fund), sum(owed.values())
    told = f"，本次限付 {grouped(limit)}" if limit is not None else ""
    short = f"资金“{fund}”可用 {grouped(cash)}{told}，应付 {grouped(due)}，不够付清"
    if not terms.rule_set:
        return MoneyShort(
            f"{short}，而没有一个批准的批次用到它。",
            "请写明按哪一版规则集的「支付」（--rules）；别的资金可以先付，只选那一笔（--fund）。",
        )
    return MoneyShort(
        f"{short}（指定项目的拨款只能付那些项目），规则集没有说先付谁。",
        f"请在规则集里补上一条并注明依据，如「{SHOW_CLAUSE}」，写法见 docs/rule-language.md 第 19 节；"
        "再导入这一版，付款时写明按它（--rules）。别的资金可以先付，只选那一笔（--fund）。",
    )


def _levels(claims: Sequence[Entitlement], terms: Terms) -> list[list[Entitlement]]:
    """The claims in the classes in which they are paid; one class unless the rule set ranks them."""
    rule = terms.rule
    if rule is None or rule.shortage != BY_ORDER:
        return [list(claims)] if claims else []
    place = {item: number for number, level in enumerate(rule.items) for item in level}
    found: defaultdict[tuple[int, ...], list[Entitlement]] = defaultdict(list)
    for claim in claims:
        key = tuple(
            earned_until(claim.earned, terms.calendar) if by == EARNED else place.get(claim.item, len(place))
            for by in rule.order
        )
        found[key].append(claim)
    return [found[key] for key in sorted(found)]


def earned_until(period: str, calendar: Calendar) -> int:
    """The day number on which a period ends; 0 for a text that is none: the oldest."""
    found = calendar.parse(period)
    return found.last_day if found else 0


def funds_of(balances: Balances) -> tuple[str, ...]:
    """Every fund that anything is owed from, ascending."""
    return tuple(sorted({claim.fund for claim, owed in balances.open.items() if owed > 0}))


def crossing(balances: Balances, pot: Pot) -> tuple[Pot, ...]:
    """Earmarks with money of the same fund that share some items with this one and neither contains the other.

    Narrow before wide spends as much as can be spent only while earmarks nest.
    """
    return tuple(
        other
        for other, fen in sorted(balances.cash.items())
        if fen > 0 and other.fund == pot.fund and _crosses(other.items, pot.items)
    )


def _crosses(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one & other) and not one <= other and not other <= one
