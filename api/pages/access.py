"""The auditor's page: who read whose data."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.pages.render import page
from api.paging import LISTED, AfterNumber
from api.rights import Caller, allow
from api.state import TheStore
from payroll_service.access.roles import Role
from payroll_service.workflow.log_read import page_reads, said

router = APIRouter(prefix="/access", include_in_schema=False)


@router.get("")
def access(
    store: TheStore,
    after: AfterNumber = 0,
    caller: Caller = allow(Role.AUDITOR),
) -> Response:
    found = page_reads(store, caller.bureau, after, LISTED)
    return page("access.html", caller, reads=found, after=after, said=said)
