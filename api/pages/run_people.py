"""The office's pages of a run's people: what has to be looked at, by name; how one payee's payout came about."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.models.base import RunId
from api.models.findings import Check
from api.models.payees import PayeeId
from api.pages.breakdown import breakdown
from api.pages.render import page
from api.paging import LISTED, AfterNumber
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from payroll_service.workflow.list_findings import list_findings
from payroll_service.workflow.read_explanation import read_explanation

router = APIRouter(prefix="/runs/{run_id}", include_in_schema=False)


@router.get("/payees/{payee}")
def payout(
    run_id: RunId, payee: PayeeId, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)
) -> Response:
    found = read_explanation(store, caller.bureau, run_id, payee, caller.name, now)
    return page("run_payee.html", caller, card=found.card, **breakdown(found))


@router.get("/findings")
def findings(
    run_id: RunId,
    store: TheStore,
    now: Now,
    check: Check = "",
    after: AfterNumber = 0,
    caller: Caller = allow(*OFFICE),
) -> Response:
    found = list_findings(store, caller.bureau, run_id, check, after, LISTED, caller.name, now)
    return page("run_findings.html", caller, run_id=run_id, found=found, check=check, after=after)
