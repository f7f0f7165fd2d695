"""The administrator's page of finance systems that may call."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Response

from api.models.clients import ClientId
from api.pages.render import FormToken, check_form, go, page
from api.paging import LISTED, AfterId
from api.rights import Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role, Scope
from payroll_service.errors import NotAcceptable
from payroll_service.workflow.manage_accounts import add_client, disable_client, page_clients

router = APIRouter(prefix="/clients", include_in_schema=False)
SCOPES = {
    Scope.READ_PAYOUTS: "读发放明细",
    Scope.READ_LEDGER: "读账",
    Scope.WRITE_PAYMENTS: "登记付款结果",
    Scope.READ_AUDIT: "读复算和日志",
}


@router.get("")
def clients(store: TheStore, after: AfterId = "", caller: Caller = allow(Role.ADMIN)) -> Response:
    return _page(store, caller, after=after)


@router.post("")
def add(
    name: Annotated[str, Form(max_length=200)],
    form_token: FormToken,
    store: TheStore,
    now: Now,
    scopes: Annotated[list[Scope] | None, Form()] = None,
    caller: Caller = allow(Role.ADMIN),
) -> Response:
    """The page that shows the secret is the only one that ever does: it is not led on to another."""
    check_form(caller, form_token)
    assert caller.account is not None, "roles belong to accounts"
    wanted = frozenset(scopes or [])
    try:
        client, secret = add_client(store, name, wanted, caller.account, now)
    except NotAcceptable as refused:
        return _page(store, caller, 422, mistakes=refused.mistakes, given=name, wanted=wanted)
    return _page(store, caller, 201, client=client, secret=secret)


@router.post("/{client_id}/disable")
def disable(
    client_id: ClientId,
    form_token: FormToken,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.ADMIN),
) -> Response:
    check_form(caller, form_token)
    assert caller.account is not None, "roles belong to accounts"
    disable_client(store, client_id, caller.account, now)
    return go("/clients")


def _page(store: TheStore, caller: Caller, status: int = 200, after: str = "", **content: Any) -> Response:
    shown: dict[str, Any] = {
        "mistakes": [],
        "given": "",
        "wanted": frozenset(),
        "client": None,
        "secret": "",
        "SCOPES": SCOPES,
    }
    found = page_clients(store, caller.bureau, after, LISTED)
    return page("clients.html", caller, status, **(shown | content), clients=found, after=after)
