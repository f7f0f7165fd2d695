"""The auditor's page: who read whose data."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.pages.render import page
from api.rights import Caller, allow
from api.state import TheStore
from payroll_service.access.roles import Role
from payroll_service.workflow.log_read import list_reads, said

router = APIRouter(prefix="/access", include_in_schema=False)
SHOWN = 100


@router.get("")
def access(
    store: TheStore,
    before: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
    caller: Caller = allow(Role.AUDITOR),
) -> Response:
    found = list_reads(store, caller.bureau, before, SHOWN + 1)
    reads = found[:SHOWN]
    older = reads[-1].number if len(found) > SHOWN else None
    return page("access.html", caller, reads=reads, older=older, said=said)
