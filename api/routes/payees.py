"""Payees and their bank accounts: found, proposed by one person, approved by another."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.models.base import Number
from api.models.payees import (
    AccountChangeAnswer,
    AccountChanges,
    AccountChangeWithPayees,
    OwnAccount,
    Payee,
    PayeeId,
    Payees,
    PayeeWithChanges,
    ProposeAccounts,
    Search,
    WithdrawAccounts,
)
from api.once import Doing
from api.paging import USUAL, AfterNumber, Limit
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from api.versions import IfMatch, IfNoneMatch, refuse_changed, tagged
from payroll_service.access.roles import Role
from payroll_service.store.store import Store
from payroll_service.workflow.read_payees import (
    DecidedChange,
    find_payees,
    own_account,
    page_changes,
    read_change,
    read_payee,
    shown_change,
)
from payroll_service.workflow.set_bank_account import (
    WantedAccount,
    approve_accounts,
    propose_accounts,
    withdraw_accounts,
)

router = APIRouter(prefix="/v1", tags=["payees"])


@router.post("/payees/search", operation_id="findPayees", summary="Payees by ID number, code or name, masked")
def find(asked: Search, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)) -> Payees:
    """At most fifty. That they were looked at is put down in the bureau's log."""
    found = find_payees(store, caller.bureau, asked.text, caller.name, now)
    return Payees(payees=[Payee.of(card) for card in found])


@router.get(
    "/payees/{payee}", operation_id="readPayee", summary="One payee, masked, with changes of the account"
)
def read(payee: PayeeId, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)) -> PayeeWithChanges:
    """That it was looked at is put down in the bureau's log."""
    return PayeeWithChanges.of(read_payee(store, caller.bureau, payee, caller.name, now))


@router.get(
    "/me/account", operation_id="readOwnAccount", summary="My bank account, masked, and who changed it"
)
def own(store: TheStore, caller: Caller = allow(Role.TEACHER)) -> OwnAccount:
    assert caller.account is not None, "roles belong to accounts"
    return OwnAccount.of(own_account(store, caller.bureau, caller.account.payee))


@router.get("/account-changes", operation_id="listAccountChanges", summary="Proposals, the last first")
def changes(
    store: TheStore, after: AfterNumber = 0, limit: Limit = USUAL, caller: Caller = allow(*OFFICE)
) -> AccountChanges:
    page = page_changes(store, caller.bureau, after, limit)
    return AccountChanges(changes=[AccountChangeAnswer.of(one) for one in page.items], next=page.next)


@router.get(
    "/account-changes/{change}",
    operation_id="readAccountChange",
    summary="One proposal with its payees",
    response_model=AccountChangeWithPayees,
)
def change(
    change: Number,
    store: TheStore,
    now: Now,
    known: IfNoneMatch = None,
    caller: Caller = allow(*OFFICE),
) -> Response:
    """That it was looked at is put down in the bureau's log. Approving and withdrawing may name the `ETag` in `If-Match`."""
    found = read_change(store, caller.bureau, change, caller.name, now)
    return tagged(AccountChangeWithPayees.of_shown(found), known)


@router.post(
    "/account-changes",
    operation_id="proposeAccounts",
    summary="Propose new bank accounts; another person approves them",
    status_code=201,
    response_model=AccountChangeWithPayees,
)
def propose(
    asked: ProposeAccounts,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    wanted = [WantedAccount(one.account, one.bank, payee_id=one.payee) for one in asked.accounts]

    def act() -> AccountChangeWithPayees:
        shown = propose_accounts(store, caller.bureau, wanted, asked.reason, caller.name, now)
        return AccountChangeWithPayees.of_shown(shown)

    return doing.once(caller, act)


@router.post(
    "/account-changes/{change}/approval",
    operation_id="approveAccounts",
    summary="Approve what somebody else proposed; later payments go there",
    status_code=201,
    response_model=AccountChangeAnswer,
)
def approve(
    change: Number,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(Role.APPROVER),
) -> Response:
    def act() -> AccountChangeAnswer:
        refuse_changed(seen, lambda: _shown(store, caller, change))
        done = approve_accounts(store, caller.bureau, change, caller.name, now)
        return AccountChangeAnswer.of(DecidedChange(done.change, done.decision))

    return doing.once(caller, act)


@router.post(
    "/account-changes/{change}/withdrawal",
    operation_id="withdrawAccounts",
    summary="Give up a proposal before it is approved, with a reason",
    status_code=201,
    response_model=AccountChangeAnswer,
)
def withdraw(
    change: Number,
    asked: WithdrawAccounts,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(Role.CLERK, Role.APPROVER),
) -> Response:
    def act() -> AccountChangeAnswer:
        refuse_changed(seen, lambda: _shown(store, caller, change))
        done = withdraw_accounts(store, caller.bureau, change, caller.name, asked.reason, now)
        return AccountChangeAnswer.of(DecidedChange(done.change, done.decision))

    return doing.once(caller, act)


def _shown(store: Store, caller: Caller, number: int) -> AccountChangeWithPayees:
    """For comparing: nobody is told of it."""
    with store.reading() as session:
        return AccountChangeWithPayees.of_shown(shown_change(session, caller.bureau, number))
