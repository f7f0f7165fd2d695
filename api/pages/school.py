"""A school clerk's pages: the approved runs, and what one comes to in her school, by item and fund."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.models.base import RunId
from api.pages.render import page
from api.paging import LISTED, AfterRun
from api.rights import Caller, NotThere, allow
from api.state import TheStore
from payroll_service.access.roles import Role
from payroll_service.workflow.list_runs import page_runs, read_run
from payroll_service.workflow.read_payouts import run_totals

router = APIRouter(prefix="/school", include_in_schema=False)


@router.get("")
def runs(store: TheStore, after: AfterRun = "", caller: Caller = allow(Role.SCHOOL_CLERK)) -> Response:
    found = page_runs(store, caller.bureau, after, LISTED)
    approved = [one for one in found.items if one.approval]
    return page("school.html", caller, runs=found, approved=approved, after=after)


@router.get("/{run_id}")
def totals(run_id: RunId, store: TheStore, caller: Caller = allow(Role.SCHOOL_CLERK)) -> Response:
    """As the API answers her: of a run that is not approved, too."""
    one = read_run(store, caller.bureau, run_id)
    if one is None:
        raise NotThere
    found = run_totals(store, caller.bureau, run_id, caller.unit)
    names = {item.number: item.name for item in one.receipt.items} if one.receipt else {}
    return page("school_run.html", caller, one=one, totals=found, names=names)
