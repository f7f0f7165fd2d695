"""Drafts: what one person prepares and another approves, as long as the book has not moved in between."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from payroll_service.book.ledger.movements import CONFIRMATION, KINDS, Draft
from payroll_service.book.ledger.records import PaidTo
from payroll_service.book.payee_records import records_fingerprint
from payroll_service.errors import NotInBook, Overtaken, SamePerson
from payroll_service.store.store import Session
from payroll_service.workflow.ledger import Ledger, refuse_distant

POSITION = "book"  # in a request: how many approvals and movements the book had


@dataclass(frozen=True)
class Proposal:
    """What is to be kept as a draft; `request` answers itself anew when the draft is approved."""

    kind: str
    day: date
    by: str
    reason: str
    reference: str
    request: Mapping[str, Any]
    payees: Sequence[PaidTo]


def prepare_draft(session: Session, ledger: Ledger, proposal: Proposal, now: datetime) -> Draft:
    """Store it with the book's position and the fingerprint of the records that it would make. Raises NotAcceptable."""
    refuse_distant(proposal.day, now)
    request = {**proposal.request, POSITION: _position(ledger)}
    draft = Draft(
        bureau=ledger.bureau,
        number=session.ledger.next_draft(ledger.bureau),
        kind=proposal.kind,
        day=proposal.day,
        at=now,
        prepared_by=proposal.by,
        reason=proposal.reason,
        reference=proposal.reference,
        request=json.dumps(request, ensure_ascii=False, sort_keys=True),
        payees=len(proposal.payees),
        amount_fen=sum(paid.gross_fen for paid in proposal.payees),
        digest=records_fingerprint(paid.record for paid in proposal.payees),
    )
    session.ledger.prepare(draft)
    return draft


def open_draft(session: Session, ledger: Ledger, number: int, kind: str, by: str) -> Draft:
    """A draft that `by` may approve. Raises NotInBook if there is none or it is approved, SamePerson, and Overtaken if
    the book has moved since it was prepared."""
    draft = session.ledger.draft(ledger.bureau, number)
    what = f"{KINDS[kind]}单"
    if draft is None or draft.kind != kind:
        raise NotInBook(f"没有编号为 {number} 的{what}。", "待批的见付款页面，或 payroll movements。")
    if (done := session.ledger.approved(ledger.bureau, number)) is not None:
        raise NotInBook(
            f"{what} {number} 已由 {done.approved_by} 批准（第 {done.number} 号）。", "不必再批。"
        )
    if draft.prepared_by == by:
        raise SamePerson(f"{what} {number} 是 {by} 准备的，本人不能批准。", "请换一个人批准。")
    refuse_moved(ledger, draft)
    return draft


def has_moved(ledger: Ledger, draft: Draft) -> bool:
    """Whether the book has gone on since the draft was prepared; then nobody can approve it any more."""
    place: list[int] = json.loads(draft.request)[POSITION]
    return place != _position(ledger)


def refuse_moved(ledger: Ledger, draft: Draft) -> None:
    """Raises Overtaken if the book is not at the place where the draft was prepared."""
    if has_moved(ledger, draft):
        raise overtaken(draft)


def refuse_other(draft: Draft, payees: Sequence[PaidTo]) -> None:
    """Raises Overtaken if these are not the records that were shown when the draft was prepared."""
    if records_fingerprint(paid.record for paid in payees) != draft.digest:
        raise overtaken(draft)


def overtaken(draft: Draft) -> Overtaken:
    return Overtaken(
        f"{KINDS[draft.kind]}单 {draft.number} 准备好以后账上有了变动，没有批准。",
        "请重新准备，看过新的单再批。",
    )


def _position(ledger: Ledger) -> list[int]:
    return [ledger.approvals, sum(each.kind != CONFIRMATION for each in ledger.movements)]
