"""Who is who, for those who keep accounts: found by number or name, masked; whoever looks is put down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from payroll_service.book.bank_accounts import APPROVED, AccountChange, AccountDecision, BankAccount, masked
from payroll_service.book.records import PayeeIdentity
from payroll_service.errors import NotAcceptable, NotInBook
from payroll_service.store.paging import AT_ONCE, Page, walk
from payroll_service.store.store import Session, Store
from payroll_service.workflow.ledger import PAYEE_KINDS, all_payees
from payroll_service.workflow.set_bank_account import ShownChange, account_of

MOST = 50
SCHOOL = "学校"


@dataclass(frozen=True)
class DecidedChange:
    """`decision` None while the change is open."""

    change: AccountChange
    decision: AccountDecision | None


@dataclass(frozen=True)
class PayeeCard:
    """A payee as the office sees her, with the changes of her account, the last first."""

    who: PayeeIdentity
    changes: tuple[DecidedChange, ...] = ()

    @property
    def number(self) -> str:
        """Masked, but for a school's code."""
        return self.who.number if self.who.kind == SCHOOL else masked(self.who.number)

    @property
    def account(self) -> BankAccount:
        return account_of(self.who)


def find_payees(store: Store, bureau: str, asked: str, by: str, now: datetime) -> list[PayeeCard]:
    """Who has this ID number or code; or else those whose name has these words, at most fifty, by name."""
    words = asked.strip()
    if not words:
        raise NotAcceptable(["请写证件号码、代码或姓名"])
    with store.writing() as session:
        found = [
            who
            for kind in PAYEE_KINDS
            if (who := session.payees.find(bureau, kind, words.upper())) is not None
        ] or [who for who in all_payees(session, bureau).values() if words in who.label]
        found = sorted(found, key=lambda who: (who.label, who.payee_id))[:MOST]
        if found:
            subject = found[0].payee_id if len(found) == 1 else ""
            session.access.log_read(bureau, now, by, "payees", subject)
    return [PayeeCard(who) for who in found]


def read_payee(store: Store, bureau: str, payee_id: str, by: str, now: datetime) -> PayeeCard:
    """One payee. Raises NotStored."""
    with store.writing() as session:
        who = session.payees.get(bureau, payee_id)
        session.access.log_read(bureau, now, by, "payee", payee_id)
        return PayeeCard(who, _changes(session, bureau, payee_id))


def read_change(store: Store, bureau: str, number: int, by: str, now: datetime) -> ShownChange:
    """A proposal with its payees; that `by` read it is put down. Raises NotInBook."""
    with store.writing() as session:
        found = shown_change(session, bureau, number)
        session.access.log_read(bureau, now, by, f"account change {number}", _one(found.payees))
        return found


def shown_change(session: Session, bureau: str, number: int) -> ShownChange:
    """A proposal with its payees. Raises NotInBook."""
    change = session.bank_accounts.change(bureau, number)
    if change is None:
        raise NotInBook(f"没有编号为 {number} 的账号变更。", "请核对编号。")
    entries = tuple(session.bank_accounts.entries(bureau, number))
    payees = {each.payee_id: session.payees.get(bureau, each.payee_id) for each in entries}
    return ShownChange(change, entries, payees, session.bank_accounts.decision(bureau, number))


def page_changes(store: Store, bureau: str, after: int, limit: int) -> Page[DecidedChange]:
    """Proposals, the last first; nobody is named."""
    with store.reading() as session:
        page = session.bank_accounts.page(bureau, after, limit)
        decisions = session.bank_accounts.decisions(bureau, [each.number for each in page.items])
    return page.of([DecidedChange(each, decisions.get(each.number)) for each in page.items])


def list_changes(store: Store, bureau: str) -> list[DecidedChange]:
    """Every proposal, the last first."""
    with store.reading():
        return [*walk(lambda after: page_changes(store, bureau, after, AT_ONCE), 0)]


def own_account(store: Store, bureau: str, payee_id: str) -> PayeeCard:
    """One's own account, with the changes that were approved."""
    with store.reading() as session:
        who = session.payees.get(bureau, payee_id)
        changes = _changes(session, bureau, payee_id)
    made = tuple(each for each in changes if each.decision and each.decision.state == APPROVED)
    return PayeeCard(who, made)


def _changes(session: Session, bureau: str, payee_id: str) -> tuple[DecidedChange, ...]:
    found = []
    for number in reversed(session.bank_accounts.of_payee(bureau, payee_id)):
        change = session.bank_accounts.change(bureau, number)
        assert change is not None, "an entry belongs to a change"
        found.append(DecidedChange(change, session.bank_accounts.decision(bureau, number)))
    return tuple(found)


def _one(payees: Mapping[str, PayeeIdentity]) -> str:
    return next(iter(payees)) if len(payees) == 1 else ""
