"""Finance systems that may call: added with their scopes, listed, disabled."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from api.models.clients import AddClient, ClientAnswer, ClientId, Clients, NewClientAnswer
from api.once import Doing
from api.paging import USUAL, AfterId, Limit
from api.rights import Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role
from payroll_service.workflow.manage_accounts import add_client, disable_client, page_clients

router = APIRouter(prefix="/v1/clients", tags=["clients"])


@router.get("", operation_id="listClients", summary="Finance systems that may call, by id")
def list_(
    store: TheStore, after: AfterId = "", limit: Limit = USUAL, caller: Caller = allow(Role.ADMIN)
) -> Clients:
    page = page_clients(store, caller.bureau, after, limit)
    return Clients(clients=[ClientAnswer.of(one) for one in page.items], next=page.next)


@router.post(
    "",
    operation_id="addClient",
    summary="Add a finance system; its secret is in this answer and nowhere else",
    status_code=201,
    response_model=NewClientAnswer,
)
def add(
    asked: AddClient,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.ADMIN),
) -> Response:
    assert caller.account is not None, "roles belong to accounts"
    by, secrets = caller.account, []

    def act() -> ClientAnswer:
        client, secret = add_client(store, asked.name, frozenset(asked.scopes), by, now)
        secrets.append(secret)
        return ClientAnswer.of(client)

    kept = doing.once(caller, act)  # what is kept for a second time has no secret
    told = NewClientAnswer.model_validate_json(bytes(kept.body))
    answer = told.model_copy(update={"client_secret": secrets[0] if secrets else None})
    return JSONResponse(answer.model_dump(mode="json"), 201)


@router.post(
    "/{client_id}/disabling",
    operation_id="disableClient",
    summary="A finance system may not call any more; its tokens end at once",
    status_code=201,
    response_model=ClientAnswer,
)
def disable(
    client_id: ClientId,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.ADMIN),
) -> Response:
    assert caller.account is not None, "roles belong to accounts"
    by = caller.account
    return doing.once(caller, lambda: ClientAnswer.of(disable_client(store, client_id, by, now)))
