"""All that a payee was ever granted, as she sees it: every payout with how far it has come, and what she is still owed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from payroll_service.book.run_states import PUBLISHED, STATES
from payroll_service.store.paging import Page
from payroll_service.store.store import Store
from payroll_service.workflow.read_payouts import Paid, page_own_payouts
from payroll_service.workflow.state_arrears import Claim, PayeeArrears, explain_arrears


@dataclass(frozen=True)
class OwnPay:
    """An approved run that pays the payee, and in a word how far the money has come; until when she may object to it,
    None where it is not on public view."""

    paid: Paid
    state: str
    open_until: date | None


@dataclass(frozen=True)
class OwnBook:
    """Payouts, the last approved first; what is owed in all, and what was paid too much, by all funds, and has to come back."""

    payouts: Page[OwnPay]
    owed_fen: int
    recoverable_fen: int


def read_own_book(store: Store, bureau: str, payee: str, after: str, limit: int) -> OwnBook:
    """What one payee is owed in all, and some of her payouts, from her own records. Raises UnknownPlace."""
    arrears = _arrears(store, bureau, payee)
    with store.reading() as session:
        page = page_own_payouts(store, bureau, payee, after, limit)
        latest = session.runs.latest_events(bureau, [paid.run.run_id for paid in page.items])
        published = [run_id for run_id, event in latest.items() if event.state == PUBLISHED]
        views = session.objections.publications(bureau, published)
    payouts = page.of(
        [
            OwnPay(
                paid,
                _state(paid, latest[paid.run.run_id].state, arrears),
                view.last_day if (view := views.get(paid.run.run_id)) else None,
            )
            for paid in page.items
        ]
    )
    owed = sum(max(0, claim.owed_fen) for claim in arrears.claims)
    return OwnBook(payouts, owed, sum(claim.overpaid_fen for claim in arrears.claims))


def own_claims(store: Store, bureau: str, payee: str, content: Mapping[str, Any]) -> list[Claim]:
    """What was granted, paid and is owed of the lines of one payout, by all runs and payments so far."""
    return _of(content, _arrears(store, bureau, payee).claims)


def _arrears(store: Store, bureau: str, payee: str) -> PayeeArrears:
    with store.reading() as session:
        number = session.payees.get(bureau, payee).number
    return explain_arrears(store, bureau, number)


def _of(content: Mapping[str, Any], claims: Sequence[Claim]) -> list[Claim]:
    names = ("item", "unit", "fund", "earned")
    lines = {(*(line[name] for name in names), line.get("event", "")) for line in content["lines"]}
    return [claim for claim in claims if tuple(claim.entitlement[1:]) in lines]


def _state(paid: Paid, state: str, arrears: PayeeArrears) -> str:
    content = json.loads(paid.content)
    if content["held"]:
        return "暂缓发放"
    if state == PUBLISHED:
        return STATES[PUBLISHED]
    claims = _of(content, arrears.claims)
    if all(claim.owed_fen <= 0 for claim in claims):
        return "已付"
    return "付了一部分" if any(claim.paid_fen for claim in claims) else "还没有付"
