"""One's own: who I am, and what I was paid. No route here takes a person's id."""

from __future__ import annotations

from fastapi import APIRouter

from api.models.base import RunId
from api.models.own import Me, OwnPayout, OwnPayouts, PayoutChange
from api.paging import USUAL, AfterRun, Limit
from api.rights import ANYONE_SIGNED_IN, Caller, allow
from api.state import TheStore
from payroll_service.access.roles import Role
from payroll_service.book.money import fen_text
from payroll_service.workflow.explain_change import explain_change
from payroll_service.workflow.read_payouts import page_own_payouts

router = APIRouter(prefix="/v1/me", tags=["me"])


@router.get("", operation_id="whoAmI", summary="The account that is signed in")
def me(caller: Caller = allow(*ANYONE_SIGNED_IN)) -> Me:
    assert caller.account is not None, "roles belong to accounts"
    return Me.of(caller.account)


@router.get(
    "/payouts", operation_id="listOwnPayouts", summary="The approved runs that pay me, the last first"
)
def payouts(
    store: TheStore, after: AfterRun = "", limit: Limit = USUAL, caller: Caller = allow(Role.TEACHER)
) -> OwnPayouts:
    assert caller.account is not None, "roles belong to accounts"
    page = page_own_payouts(store, caller.bureau, caller.account.payee, after, limit)
    listed = [
        OwnPayout(run=one.run.run_id, period=one.run.period, total=fen_text(one.amount_fen))
        for one in page.items
    ]
    return OwnPayouts(payouts=listed, next=page.next)


@router.get(
    "/payouts/{run_id}/change",
    operation_id="explainOwnChange",
    summary="Why a payout differs from my last one of this kind: causes that add up, to the fen",
)
def change(run_id: RunId, store: TheStore, caller: Caller = allow(Role.TEACHER)) -> PayoutChange:
    """Compares with what it corrects, or with the period before. Calculates the period again, for the caller alone."""
    assert caller.account is not None, "roles belong to accounts"
    return PayoutChange.of(explain_change(store, caller.bureau, caller.account.payee, run_id))
