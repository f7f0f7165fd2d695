"""One's own: who I am, and what I was paid. No route here takes a person's id."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from api.models.base import RunId
from api.models.own import Me, OwnPayout, OwnPayouts
from api.rights import ANYONE_SIGNED_IN, OWN_BREAKDOWN, Caller, allow
from api.state import TheStore
from payroll_service.access.roles import Role
from payroll_service.book.money import fen_text
from payroll_service.workflow.read_payouts import own_payouts

router = APIRouter(prefix="/v1/me", tags=["me"])


@router.get(
    "/payouts/{run_id}",
    operation_id="readOwnPayout",
    summary="My lines in one approved run, in the very bytes that were stored",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def payout(run_id: RunId, content: Annotated[bytes, OWN_BREAKDOWN]) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": "private, no-store"})


@router.get("", operation_id="whoAmI", summary="The account that is signed in")
def me(caller: Caller = allow(*ANYONE_SIGNED_IN)) -> Me:
    assert caller.account is not None, "roles belong to accounts"
    return Me.of(caller.account)


@router.get(
    "/payouts", operation_id="listOwnPayouts", summary="The approved runs that pay me, the last first"
)
def payouts(store: TheStore, caller: Caller = allow(Role.TEACHER)) -> OwnPayouts:
    assert caller.account is not None, "roles belong to accounts"
    found = own_payouts(store, caller.bureau, caller.account.payee)
    listed = [
        OwnPayout(run=one.run.run_id, period=one.run.period, total=fen_text(one.amount_fen)) for one in found
    ]
    return OwnPayouts(payouts=listed)
