"""A payment as a person looks at it: prepared or approved, summed by unit, who is in it, and what came back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.grants import grants_of
from payroll_service.book.ledger.movements import ADJUSTMENT, PAYMENT, Draft, Line, Movement
from payroll_service.book.ledger.records import PaidTo
from payroll_service.errors import NotInBook, Refused
from payroll_service.store.store import Session, Store
from payroll_service.workflow.ledger import Ledger, paid_by
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.pay_claims import PreparedPayment
from payroll_service.workflow.read_payees import PayeeCard
from payroll_service.workflow.read_payment import read_payment
from payroll_service.workflow.send_back import still_out

MOST = 50


@dataclass(frozen=True)
class UnitPaid:
    """What a payment pays to the payees of one unit from one fund, in fen before deductions."""

    unit: str
    fund: str
    payees: int
    fen: int


@dataclass(frozen=True)
class ShownPayment:
    """`payment` is None and `refusal` says why where a draft cannot be approved any more; `back`: what came back."""

    draft: Draft
    payment: PreparedPayment | None
    refusal: Refused | None
    units: tuple[UnitPaid, ...]
    back: tuple[Movement, ...]


@dataclass(frozen=True)
class PaidCard:
    """Who is paid; `out_fen`: what was sent and has not come back, None before the approval."""

    card: PayeeCard
    paid: PaidTo
    out_fen: int | None


@dataclass(frozen=True)
class PaidPage:
    """Some of those whom a payment pays, ascending by number; `next` continues the list, None at its end."""

    payment: PreparedPayment
    people: tuple[PaidCard, ...]
    found: int
    next: str | None


def show_payment(store: Store, bureau: str, number: int) -> ShownPayment:
    """A payment by its draft's number; nobody is named. Raises NotInBook."""
    with store.reading() as session:
        draft = session.ledger.draft(bureau, number)
        if draft is None or draft.kind != PAYMENT:
            raise NotInBook(f"没有编号为 {number} 的付款单。", "请核对付款单号。")
        try:
            payment = read_payment(store, bureau, number)
        except Refused as refused:
            return ShownPayment(draft, None, refused, (), ())
        back = _answers(session, bureau, payment.movement)
    return ShownPayment(draft, payment, None, by_unit(payment.payees), back)


def granting_runs(store: Store, bureau: str, payment: Movement, payees: Iterable[PaidTo]) -> tuple[str, ...]:
    """The approved runs that granted what an approved payment pays, in the order of approval.

    Reads the records of the last runs before it, as far back as all that it pays was granted or adjusted.
    """
    due = {paid.payee: _sums(line for line in paid.lines if line.fen > 0) for paid in payees}
    found = []
    with store.reading() as session:
        for movement in session.ledger.movements(bureau):
            if movement.kind == ADJUSTMENT and movement.number < payment.number:
                for paid in paid_by(session, movement):
                    _take(due, paid.payee, ((line.entitlement, line.fen) for line in paid.lines))
        for approval in reversed(session.runs.approved(bureau)[: payment.approvals]):
            if not any(due.values()):
                break
            records = session.runs.records(bureau, approval.run_id)
            took = [_take(due, each.payee_id, grants_of(each)) for each in records if due.get(each.payee_id)]
            if any(took):
                found.append(approval.run_id)
    return tuple(reversed(found))


def _sums(lines: Iterable[Line]) -> Counter[Entitlement]:
    sums: Counter[Entitlement] = Counter()
    for line in lines:
        sums[line.entitlement] += line.fen
    return sums


def _take(
    due: Mapping[str, Counter[Entitlement]], payee: str, granted: Iterable[tuple[Entitlement, int]]
) -> bool:
    """Take what was granted to a payee off what is due to her; whether there was anything to take it off."""
    hers, took = due.get(payee, Counter()), False
    for claim, fen in granted:
        if claim in hers:
            took = True
            hers[claim] -= fen
            if hers[claim] <= 0:
                del hers[claim]
    return took


def by_unit(payees: Iterable[PaidTo]) -> tuple[UnitPaid, ...]:
    """Sums by unit and fund, ascending."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    people: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for paid in payees:
        for line in paid.lines:
            key = (line.entitlement.unit, line.entitlement.fund)
            sums[key] += line.fen
            people[key].add(paid.payee)
    return tuple(UnitPaid(*key, len(people[key]), fen) for key, fen in sorted(sums.items()))


def list_paid(
    store: Store,
    bureau: str,
    number: int,
    by: str,
    now: datetime,
    unit: str = "",
    words: str = "",
    after: str = "",
) -> PaidPage:
    """Those of a payment, of one unit alone or with these words in their name (or this number), fifty at a time.

    That `by` read them is put down. Raises NotInBook, Overtaken.
    """
    with store.reading() as session:
        payment = read_payment(store, bureau, number)
        found = [paid for paid in payment.by_number if _is_meant(payment, paid, unit, words.strip())]
        place = next((at for at, paid in enumerate(found, 1) if paid.payee == after), 0)
        people = found[place : place + MOST]
        cards = _cards(session, bureau, payment, people)
    log_read(store, bureau, f"payment list {number}", by, now)
    more = place + MOST < len(found)
    return PaidPage(payment, cards, len(found), people[-1].payee if more else None)


def read_paid(store: Store, bureau: str, number: int, payee: str, by: str, now: datetime) -> PaidCard:
    """One of those whom an approved payment paid. That `by` read it is put down. Raises NotInBook."""
    with store.reading() as session:
        payment = read_payment(store, bureau, number)
        paid = next((each for each in payment.payees if each.payee == payee), None)
        if paid is None:
            raise NotInBook(f"这位收款人不在付款单 {number} 里。", "请从付款单的名单里选。")
        (card,) = _cards(session, bureau, payment, [paid])
    log_read(store, bureau, f"payment list {number}", by, now, payee=payee)
    return card


def _is_meant(payment: PreparedPayment, paid: PaidTo, unit: str, words: str) -> bool:
    who = payment.identities[paid.payee]
    if unit and all(line.entitlement.unit != unit for line in paid.lines):
        return False
    return not words or words in who.label or words.upper() == who.number


def _cards(
    session: Session, bureau: str, payment: PreparedPayment, people: Sequence[PaidTo]
) -> tuple[PaidCard, ...]:
    cards = [PayeeCard(payment.identities[paid.payee]) for paid in people]
    if (movement := payment.movement) is None:
        return tuple(PaidCard(card, paid, None) for card, paid in zip(cards, people, strict=True))
    answering = Ledger(bureau, movements=list(_answers(session, bureau, movement)))
    out = [still_out(session, answering, movement, paid.payee).net_fen for paid in people]
    return tuple(starmap(PaidCard, zip(cards, people, out, strict=True)))


def _answers(session: Session, bureau: str, movement: Movement | None) -> tuple[Movement, ...]:
    if movement is None:
        return ()
    return tuple(each for each in session.ledger.movements(bureau) if each.answers == movement.number)
