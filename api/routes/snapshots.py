"""Snapshots: the data that were accepted, and what they were made from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.models.imports import SnapshotAnswer, SnapshotRows, Snapshots
from api.rights import OFFICE, Caller, allow
from api.state import TheStore
from payroll_service.access.roles import Scope
from payroll_service.workflow.list_snapshots import list_snapshots, read_snapshot

router = APIRouter(prefix="/v1/snapshots", tags=["snapshots"])


@router.get("", operation_id="listSnapshots", summary="Accepted snapshots, the last first")
def list_(
    store: TheStore,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_AUDIT]),
    after: Annotated[
        str, Query(pattern="^([0-9a-f]{64})?$", description="The `next` of the page before.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Snapshots:
    found = list_snapshots(store, caller.bureau)
    start = next((place + 1 for place, one in enumerate(found) if one.fingerprint == after), 0)
    page = [SnapshotAnswer.of(one) for one in found[start : start + limit]]
    more = len(found) > start + limit
    return Snapshots(snapshots=page, next=page[-1].fingerprint if more else None)


@router.get("/{snapshot}", operation_id="readSnapshot", summary="The rows of each table, and its files")
def read(
    snapshot: Annotated[str, Path(pattern="^[0-9a-f]{64}$")],
    store: TheStore,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_AUDIT]),
) -> SnapshotRows:
    accepted, rows = read_snapshot(store, caller.bureau, snapshot)
    answer = SnapshotAnswer.of(accepted) if accepted else None
    return SnapshotRows(fingerprint=snapshot, rows=rows, accepted=answer)
