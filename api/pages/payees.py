"""The office's pages of payees and their bank accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response

from api.models.base import Number
from api.models.payees import PayeeId
from api.pages.render import FormToken, check_form, go, page
from api.paging import LISTED, AfterNumber, AfterRun
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.errors import Refused
from payroll_service.workflow.read_payees import (
    PayeeCard,
    find_payees,
    page_changes,
    read_change,
    read_payee,
)
from payroll_service.workflow.read_payouts import page_own_payouts
from payroll_service.workflow.set_bank_account import (
    WantedAccount,
    approve_accounts,
    propose_accounts,
    withdraw_accounts,
)

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=500)]


@router.get("/payees")
def payees(store: TheStore, after: AfterNumber = 0, caller: Caller = allow(*OFFICE)) -> Response:
    return _start(store, caller, after=after)


@router.post("/payees")
def search(
    text: Text, form_token: FormToken, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)
) -> Response:
    """By a form that is sent, so that an ID number stands in no address."""
    check_form(caller, form_token)
    try:
        found = find_payees(store, caller.bureau, text, caller.name, now)
    except Refused as refused:
        return _start(store, caller, 422, mistakes=[refused.message])
    return _start(store, caller, found=found)


@router.get("/payees/{payee}")
def payee(
    payee: PayeeId, store: TheStore, now: Now, after: AfterRun = "", caller: Caller = allow(*OFFICE)
) -> Response:
    return _payee(store, caller, payee, now, after=after)


@router.post("/payees/{payee}")
def propose(
    payee: PayeeId,
    bank: Text,
    account: Text,
    reason: Text,
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    check_form(caller, form_token)
    wanted = [WantedAccount(account, bank, payee_id=payee)]
    try:
        shown = propose_accounts(store, caller.bureau, wanted, reason, caller.name, now)
    except Refused as refused:
        given = {"bank": bank, "reason": reason}
        return _payee(store, caller, payee, now, 422, [refused.message, refused.remedy], given)
    return go(f"/account-changes/{shown.change.number}")


@router.get("/account-changes/{change}")
def change(change: Number, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)) -> Response:
    return _change(store, caller, change, now)


@router.post("/account-changes/{change}/approve")
def approve(
    change: Number, form_token: FormToken, store: TheStore, now: Now, caller: Caller = allow(Role.APPROVER)
) -> Response:
    check_form(caller, form_token)
    return _act(
        store, caller, change, now, lambda: approve_accounts(store, caller.bureau, change, caller.name, now)
    )


@router.post("/account-changes/{change}/withdraw")
def withdraw(
    change: Number,
    reason: Text,
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK, Role.APPROVER),
) -> Response:
    check_form(caller, form_token)
    return _act(
        store, caller, change, now,
        lambda: withdraw_accounts(store, caller.bureau, change, caller.name, reason, now),
    )  # fmt: skip


def _act(store: TheStore, caller: Caller, change: int, now: Now, act: Callable[[], object]) -> Response:
    try:
        act()
    except Refused as refused:
        return _change(store, caller, change, now, 409, [refused.message, refused.remedy])
    return go(f"/account-changes/{change}")


def _start(store: TheStore, caller: Caller, status: int = 200, after: int = 0, **content: Any) -> Response:
    changes = page_changes(store, caller.bureau, after, LISTED)
    shown: dict[str, Any] = {"found": None, "mistakes": [], "changes": changes, "after": after}
    return page("payees.html", caller, status, **(shown | content))


def _payee(
    store: TheStore,
    caller: Caller,
    payee: str,
    now: Now,
    status: int = 200,
    mistakes: list[str] | None = None,
    given: dict[str, str] | None = None,
    after: str = "",
) -> Response:
    card = read_payee(store, caller.bureau, payee, caller.name, now)
    payouts = page_own_payouts(store, caller.bureau, payee, after, LISTED)
    given = given or {"bank": card.account.bank, "reason": ""}
    return page(
        "payee.html",
        caller,
        status,
        card=card,
        payouts=payouts,
        after=after,
        mistakes=mistakes or [],
        given=given,
    )


def _change(
    store: TheStore,
    caller: Caller,
    number: int,
    now: Now,
    status: int = 200,
    mistakes: list[str] | None = None,
) -> Response:
    """Whoever may approve an open proposal sees the new account whole, to compare it with the bank's paper."""
    shown = read_change(store, caller.bureau, number, caller.name, now)
    whole = shown.decision is None and caller.has(Role.APPROVER)
    cards = {payee_id: PayeeCard(who) for payee_id, who in shown.payees.items()}
    return page(
        "account_change.html", caller, status, shown=shown, cards=cards, whole=whole, mistakes=mistakes or []
    )
