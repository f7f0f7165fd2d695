"""How each item of a payout came about, down to the data and the clauses: one's own, or another's by right."""

from __future__ import annotations

from fastapi import APIRouter

from api.models.base import RunId
from api.models.explanations import PayoutExplanation
from api.models.payees import PayeeId
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from payroll_service.access.roles import Role, Scope
from payroll_service.workflow.read_explanation import ExplainedPayout, own_explanation, read_explanation

router = APIRouter(prefix="/v1")


@router.get(
    "/me/payouts/{run_id}/explanation",
    operation_id="explainOwnPayout",
    summary="How each item of my payout came about: formula, numbers, rates, clauses",
    tags=["me"],
    response_model_exclude_unset=True,
)
def own(run_id: RunId, store: TheStore, caller: Caller = allow(Role.TEACHER)) -> PayoutExplanation:
    """Of an approved run. Made from the data and the rules that the run is proved by, when it is asked for."""
    assert caller.account is not None, "roles belong to accounts"
    return _answer(own_explanation(store, caller.bureau, caller.account.payee, run_id))


@router.get(
    "/runs/{run_id}/payees/{payee}/explanation",
    operation_id="explainPayout",
    summary="How each item of a payee's payout came about: formula, numbers, rates, clauses",
    tags=["runs"],
    response_model_exclude_unset=True,
)
def another(
    run_id: RunId,
    payee: PayeeId,
    store: TheStore,
    now: Now,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_PAYOUTS]),
) -> PayoutExplanation:
    """Reading another person's pay is put down in the bureau's log. To a system only of approved runs."""
    is_system = caller.account is None
    found = read_explanation(store, caller.bureau, run_id, payee, caller.name, now, approved_only=is_system)
    return _answer(found)


def _answer(found: ExplainedPayout) -> PayoutExplanation:
    return PayoutExplanation.of(found.run_id, found.content["period"], found.explanations or ())
