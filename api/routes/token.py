"""OAuth 2.0 client credentials, for finance systems."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form

from api.models.own import Token
from api.rights import PUBLIC
from api.state import Address, Now, TheStore
from payroll_service.access.roles import Scope
from payroll_service.access.tokens import ACCESS_LASTS
from payroll_service.workflow.open_token import open_token

router = APIRouter(prefix="/v1", tags=["token"])
Field = Annotated[str, Form(min_length=1, max_length=200)]


@router.post(
    "/token", operation_id="openToken", summary="Trade a client's secret for a token", dependencies=[PUBLIC]
)
def token(
    grant_type: Annotated[Literal["client_credentials"], Form()],
    bureau: Field,
    client_id: Field,
    client_secret: Field,
    store: TheStore,
    now: Now,
    address: Address,
    scope: Annotated[str, Form(max_length=500)] = "",
) -> Token:
    """The token lasts fifteen minutes. Without `scope` it is good for all that the client was granted."""
    wanted = frozenset(Scope(one) for one in scope.split() if one in set(Scope))
    opened, granted = open_token(store, bureau, client_id, client_secret, wanted, address, now)
    return Token(
        access_token=opened,
        expires_in=int(ACCESS_LASTS.total_seconds()),
        scope=" ".join(sorted(granted)),
    )
