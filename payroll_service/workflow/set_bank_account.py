"""A payee's bank account, set by two persons: one proposes, for one payee or for many; another approves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from payroll_service.book.bank_accounts import (
    APPROVED,
    WITHDRAWN,
    AccountChange,
    AccountDecision,
    BankAccount,
    ChangedAccount,
    masked,
)
from payroll_service.book.records import PayeeIdentity
from payroll_service.errors import NotAcceptable, NotInBook, Overtaken, SamePerson, UnsoundFile
from payroll_service.snapshot.faults import BadCell
from payroll_service.snapshot.identifiers import account_hint, read_account
from payroll_service.store.store import Session, Store
from payroll_service.workflow.ledger import PAYEE_KINDS, all_payees

LONGEST = 200


@dataclass(frozen=True)
class WantedAccount:
    """What somebody asks for: whose by `payee_id` or by `number`; `name`, if given, must be the payee's.

    `place`: where it was written, as 第 3 行; "" for a form.
    """

    account: str
    bank: str
    number: str = ""
    payee_id: str = ""
    name: str = ""
    place: str = ""


@dataclass(frozen=True)
class ShownChange:
    """A proposal with who is in it; `decision` None while it is open. `hints`: what to look at twice."""

    change: AccountChange
    entries: tuple[ChangedAccount, ...]
    payees: Mapping[str, PayeeIdentity]
    decision: AccountDecision | None = None
    hints: tuple[str, ...] = ()


def propose_accounts(
    store: Store, bureau: str, wanted: Sequence[WantedAccount], reason: str, by: str, now: datetime
) -> ShownChange:
    """Store a proposal; whoever has that account already is left out. Nothing is paid there before it is approved.

    Raises UnsoundFile with everything that is wrong, and then nothing is stored.
    """
    if not reason.strip():
        raise NotAcceptable(["请写明为什么改账号"])
    with store.writing() as session:
        payees = all_payees(session, bureau)
        entries, hints = _entries(payees, wanted)
        number = session.bank_accounts.next_number(bureau)
        change = AccountChange(bureau, number, now, by, reason.strip(), len(entries))
        session.bank_accounts.propose(change, entries)
    return ShownChange(
        change, entries, {each.payee_id: payees[each.payee_id] for each in entries}, None, hints
    )


def approve_accounts(store: Store, bureau: str, number: int, by: str, now: datetime) -> ShownChange:
    """The accounts hold from now on. Raises NotInBook, SamePerson; Overtaken if one of them changed meanwhile."""
    with store.writing() as session:
        change = _open_change(session, bureau, number)
        if change.prepared_by == by:
            raise SamePerson(f"账号变更 {number} 是 {by} 提出的，本人不能批准。", "请换一个人批准。")
        payees, entries = all_payees(session, bureau), session.bank_accounts.entries(bureau, number)
        moved = [
            payees[each.payee_id].label
            for each in entries
            if account_of(payees[each.payee_id]) != each.before
        ]
        taken = _taken(payees, {each.payee_id: each.after.account for each in entries}, {})
        if moved or taken:
            why = taken or [f"{'、'.join(moved[:5])}的账号在提出以后改过"]
            raise Overtaken(
                f"账号变更 {number} 没有批准：{'；'.join(why[:5])}。", "请撤回，核对以后重新提出。"
            )
        session.payees.put_right(
            replace(payees[each.payee_id], bank=each.after.bank, account=each.after.account)
            for each in entries
        )
        decision = AccountDecision(bureau, number, APPROVED, change.prepared_by, by, now, "")
        session.bank_accounts.decide(decision)
    return _shown(change, entries, payees, decision)


def withdraw_accounts(
    store: Store, bureau: str, number: int, by: str, reason: str, now: datetime
) -> ShownChange:
    """An open proposal is given up, by whoever may propose or approve. Raises NotInBook, NotAcceptable."""
    if not reason.strip():
        raise NotAcceptable(["请写明为什么撤回"])
    with store.writing() as session:
        change = _open_change(session, bureau, number)
        decision = AccountDecision(bureau, number, WITHDRAWN, change.prepared_by, by, now, reason.strip())
        session.bank_accounts.decide(decision)
    return ShownChange(change, (), {}, decision)


def account_of(who: PayeeIdentity) -> BankAccount:
    return BankAccount(who.bank, who.account)


def _shown(
    change: AccountChange,
    entries: Sequence[ChangedAccount],
    payees: Mapping[str, PayeeIdentity],
    decision: AccountDecision | None,
) -> ShownChange:
    ours = {each.payee_id: payees[each.payee_id] for each in entries}
    return ShownChange(change, tuple(entries), ours, decision)


def _open_change(session: Session, bureau: str, number: int) -> AccountChange:
    change = session.bank_accounts.change(bureau, number)
    if change is None:
        raise NotInBook(f"没有编号为 {number} 的账号变更。", "用 payroll accounts list 查看。")
    decided = session.bank_accounts.decision(bureau, number)
    if decided is not None:
        what = "批准" if decided.state == APPROVED else "撤回"
        raise NotInBook(f"账号变更 {number} 已由 {decided.decided_by} {what}。", "要再改，请重新提出。")
    return change


def _entries(
    payees: Mapping[str, PayeeIdentity], wanted: Sequence[WantedAccount]
) -> tuple[tuple[ChangedAccount, ...], tuple[str, ...]]:
    """What changes, and hints. Raises UnsoundFile."""
    by_number = {(each.kind, each.number): each for each in payees.values()}
    wrong: list[str] = []
    hints: list[str] = []
    places: dict[str, str] = {}
    new: dict[str, BankAccount] = {}
    for each in wanted:
        who = payees.get(each.payee_id) or next(
            (found for kind in PAYEE_KINDS if (found := by_number.get((kind, each.number)))), None
        )
        at = f"{each.place}：" if each.place else ""
        if who is None:
            wrong.append(f"{at}账上没有这个证件号码或代码的收款人")
            continue
        if each.name and each.name != who.label:
            wrong.append(f"{at}姓名与账上的（{who.label}）不同")
        if who.payee_id in new:
            wrong.append(f"{at}{who.label}在{places[who.payee_id]}写过一次")
            continue
        try:
            account = read_account(each.account)
        except BadCell as bad:
            wrong.append(f"{at}{bad.message}，{bad.remedy}")
            continue
        bank = each.bank.strip()
        if not bank or len(bank) > LONGEST or "\0" in bank:
            wrong.append(f"{at}请写开户行")
        if hint := account_hint(account):
            hints.append(f"{at}{who.label}的{hint.message}，{hint.remedy}")
        new[who.payee_id], places[who.payee_id] = BankAccount(bank, account), each.place
    wrong += _taken(payees, {payee_id: each.account for payee_id, each in new.items()}, places)
    if wrong:
        raise UnsoundFile(
            "账号没有登记",
            wrong,
            "请改正后重新提出；一处有错就都没有保存。还没有在一次核算里出现过的人账上没有，请先从表里删去，核算以后再提出。",
        )
    entries = tuple(
        ChangedAccount(payee_id, account_of(payees[payee_id]), account)
        for payee_id, account in sorted(new.items())
        if account != account_of(payees[payee_id])
    )
    if not entries:
        raise UnsoundFile("没有要改的", ["写的账号与登记的都相同，或者一个人也没有写"], "不必再提。")
    return entries, tuple(hints)


def _taken(
    payees: Mapping[str, PayeeIdentity], new: Mapping[str, str], places: Mapping[str, str]
) -> list[str]:
    """Accounts that would be two persons', each with both."""
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for payee_id, account in new.items():
        holders[account].append(payee_id)
    for who in payees.values():
        if who.account in holders and who.payee_id not in new:
            holders[who.account].append(who.payee_id)
    return [
        f"{_named(payees[first], places)}和{_named(payees[other], places)}是同一个账号"
        for first, *others in holders.values()
        for other in others
    ]


def _named(who: PayeeIdentity, places: Mapping[str, str]) -> str:
    place = places.get(who.payee_id, "")
    return f"{place + ' ' if place else ''}{who.label}（{masked(who.number)}）"
