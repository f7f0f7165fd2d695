"""A teacher's pages: what I was paid, and how each item came about."""

from __future__ import annotations

import json

from fastapi import APIRouter, Response

from api.models.base import RunId
from api.pages.render import page
from api.rights import Caller, allow
from api.state import TheStore
from payroll_service.access.roles import Role
from payroll_service.export.explanation import to_text
from payroll_service.workflow.explain_payout import explain_stored
from payroll_service.workflow.read_payees import own_account
from payroll_service.workflow.read_payouts import own_payout, own_payouts

router = APIRouter(prefix="/my", include_in_schema=False)


@router.get("")
def payouts(store: TheStore, caller: Caller = allow(Role.TEACHER)) -> Response:
    assert caller.account is not None, "roles belong to accounts"
    payee = caller.account.payee
    paid, card = own_payouts(store, caller.bureau, payee), own_account(store, caller.bureau, payee)
    return page("my_payouts.html", caller, payouts=paid, card=card)


@router.get("/{run_id}")
def payout(run_id: RunId, store: TheStore, caller: Caller = allow(Role.TEACHER)) -> Response:
    assert caller.account is not None, "roles belong to accounts"
    content = json.loads(own_payout(store, caller.bureau, caller.account.payee, run_id))
    with store.reading() as session:
        number = session.payees.get(caller.bureau, caller.account.payee).number
    explained = to_text(explain_stored(store, caller.bureau, run_id, number))
    return page("my_payout.html", caller, run_id=run_id, content=content, explained=explained)
