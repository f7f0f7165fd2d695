"""What the auditor reads beside runs and events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.models.audit import ReadAnswer, Reads
from api.paging import USUAL, AfterNumber, Limit
from api.rights import Caller, allow
from api.state import TheStore
from payroll_service.access.roles import Role, Scope
from payroll_service.workflow.log_read import page_reads

router = APIRouter(prefix="/v1/audit", tags=["audit"])
Before = Annotated[int, Query(ge=0, lt=2**53, deprecated=True, description="The old name of `after`.")]


@router.get("/access", operation_id="listReads", summary="Who read whose data, the last first")
def access(
    store: TheStore,
    after: AfterNumber = 0,
    before: Before = 0,
    limit: Limit = USUAL,
    caller: Caller = allow(Role.AUDITOR, scopes=[Scope.READ_AUDIT]),
) -> Reads:
    page = page_reads(store, caller.bureau, after or before, limit)
    return Reads(reads=[ReadAnswer.of(one) for one in page.items], next=page.next)
