"""The administrator's page: accounts of the bureau."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response

from api.files import download
from api.pages.render import FormToken, check_form, go, page
from api.paging import LISTED
from api.rights import Caller, allow
from api.state import Now, TheStore
from payroll_service.access.accounts import Account, login_of
from payroll_service.access.roles import Role
from payroll_service.errors import NotAcceptable
from payroll_service.export.handouts_xlsx import handouts_xlsx
from payroll_service.store.errors import AlreadyStored
from payroll_service.store.paging import Page
from payroll_service.store.store import Store
from payroll_service.workflow.manage_accounts import (
    add_account,
    change_account,
    find_account,
    get_account,
    page_accounts,
    payee_of,
    reset_password,
)
from payroll_service.workflow.open_accounts import (
    count_waiting,
    find_accounts,
    open_teachers_accounts,
    renew_teachers_links,
)

router = APIRouter(prefix="/accounts", include_in_schema=False)
Text = Annotated[str, Form(max_length=500)]
Login = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]
NOTHING: dict[str, Any] = {"login": "", "name": "", "roles": [], "unit": ""}


@router.get("")
def accounts(
    store: TheStore,
    after: Login = "",
    login: Login = "",
    caller: Caller = allow(Role.ADMIN),
) -> Response:
    return _page(store, caller, after=after, login=login)


@router.post("")
def add(
    login: Text,
    name: Text,
    password: Text,
    form_token: FormToken,
    store: TheStore,
    now: Now,
    roles: Annotated[list[Role] | None, Form()] = None,
    unit: Text = "",
    number: Text = "",
    caller: Caller = allow(Role.ADMIN),
) -> Response:
    check_form(caller, form_token)
    by, wanted = _account(caller), frozenset(roles or [])

    def act() -> None:
        payee = payee_of(store, caller.bureau, number) if Role.TEACHER in wanted else ""
        new = Account(caller.bureau, "", login_of(login), name.strip(), wanted, unit.strip(), payee)
        add_account(store, new, password, by, now)

    given = {"login": login, "name": name, "roles": [role.value for role in wanted], "unit": unit}
    return _act(store, caller, act, given)


@router.post("/password")
def password(
    account_id: Text,
    fresh: Text,
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.ADMIN),
) -> Response:
    check_form(caller, form_token)
    account = get_account(store, caller.bureau, account_id)
    return _act(store, caller, lambda: reset_password(store, account, fresh, _account(caller), now))


@router.post("/roles")
def roles(
    account_id: Text,
    form_token: FormToken,
    store: TheStore,
    now: Now,
    roles: Annotated[list[Role] | None, Form()] = None,
    unit: Text = "",
    number: Text = "",
    caller: Caller = allow(Role.ADMIN),
) -> Response:
    """Whose account was a 教职工's stays the same person's where no number is given."""
    check_form(caller, form_token)
    account, wanted = get_account(store, caller.bureau, account_id), frozenset(roles or [])

    def act() -> None:
        payee = payee_of(store, caller.bureau, number) if number.strip() else account.payee
        bound = payee if Role.TEACHER in wanted else ""
        if Role.TEACHER in wanted and not bound:
            raise NotAcceptable(["教职工账号请写证件号码"])
        changed = replace(account, roles=wanted, unit=unit.strip(), payee=bound)
        change_account(store, changed, _account(caller), now)

    return _act(store, caller, act, login=account.login)


@router.post("/search")
def search(
    text: Text, form_token: FormToken, store: TheStore, now: Now, caller: Caller = allow(Role.ADMIN)
) -> Response:
    """By a form that is sent, so that a name stands in no address."""
    check_form(caller, form_token)
    try:
        found = find_accounts(store, caller.bureau, text, caller.name, now)
    except NotAcceptable as refused:
        return _page(store, caller, 422, refused.mistakes)
    return _page(store, caller, found=Page(tuple(found)))


@router.post("/teachers")
def teachers(
    form_token: FormToken,
    request: Request,
    store: TheStore,
    now: Now,
    unit: Text = "",
    renew: Text = "",
    caller: Caller = allow(Role.ADMIN),
) -> Response:
    """The file is the only one that ever has these links. Sent twice, nobody gets a second account; links that were sent
    again are those that work."""
    check_form(caller, form_token)
    act = renew_teachers_links if renew else open_teachers_accounts
    try:
        handouts = act(store, caller.bureau, caller.name, now, unit.strip())
    except NotAcceptable as refused:
        return _page(store, caller, 422, refused.mistakes)
    return download("教职工账号名单.xlsx", handouts_xlsx(handouts, str(request.base_url)))


@router.post("/{account_id}/{act}")
def switch(
    account_id: str,
    act: Literal["disable", "enable"],
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.ADMIN),
) -> Response:
    check_form(caller, form_token)
    account = replace(get_account(store, caller.bureau, account_id), disabled=act == "disable")
    return _act(store, caller, lambda: change_account(store, account, _account(caller), now))


def _act(
    store: Store, caller: Caller, act: Callable[[], object], given: dict[str, Any] = NOTHING, login: str = ""
) -> Response:
    try:
        act()
    except NotAcceptable as refused:
        return _page(store, caller, 422, refused.mistakes, given, login=login)
    except AlreadyStored as taken:
        told = f"登录名“{taken.key}”已经有人用，停用的账号也占着；请换一个登录名"
        return _page(store, caller, 409, [told], given)
    return go(f"/accounts?login={quote(login)}" if login else "/accounts")


def _page(
    store: Store,
    caller: Caller,
    status: int = 200,
    mistakes: list[str] | None = None,
    given: dict[str, Any] = NOTHING,
    after: str = "",
    login: str = "",
    found: Page[Account] | None = None,
) -> Response:
    """`login`: that account alone; `found`: those that were looked for."""
    if found is None and login:
        one = find_account(store, caller.bureau, login.strip())
        found = Page((one,) if one else ())
    return page(
        "accounts.html",
        caller,
        status,
        accounts=found or page_accounts(store, caller.bureau, after, LISTED),
        waiting=count_waiting(store, caller.bureau),
        after=after or login,
        login=login,
        mistakes=mistakes or [],
        given=given,
    )


def _account(caller: Caller) -> Account:
    assert caller.account is not None, "roles belong to accounts"
    return caller.account
