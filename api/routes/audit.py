"""What the auditor reads beside runs and events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.models.audit import ReadAnswer, Reads
from api.rights import Caller, allow
from api.state import TheStore
from payroll_service.access.roles import Role, Scope
from payroll_service.workflow.log_read import list_reads

router = APIRouter(prefix="/v1/audit", tags=["audit"])
Before = Annotated[int | None, Query(ge=1, lt=2**53, description="The `next` of the page before.")]


@router.get("/access", operation_id="listReads", summary="Who read whose data, the last first")
def access(
    store: TheStore,
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    caller: Caller = allow(Role.AUDITOR, scopes=[Scope.READ_AUDIT]),
) -> Reads:
    found = list_reads(store, caller.bureau, before, limit + 1)
    page = [ReadAnswer.of(one) for one in found[:limit]]
    return Reads(reads=page, next=page[-1].number if len(found) > limit else None)
