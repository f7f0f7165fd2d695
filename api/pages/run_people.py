"""The office's pages of a run's people: how one payee's payout came about."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.models.base import RunId
from api.models.payees import PayeeId
from api.pages.breakdown import breakdown
from api.pages.render import page
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from payroll_service.workflow.read_explanation import read_explanation

router = APIRouter(prefix="/runs/{run_id}", include_in_schema=False)


@router.get("/payees/{payee}")
def payout(
    run_id: RunId, payee: PayeeId, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)
) -> Response:
    found = read_explanation(store, caller.bureau, run_id, payee, caller.name, now)
    return page("run_payee.html", caller, card=found.card, **breakdown(found))
