"""Snapshots: the data that were accepted, and what they were made from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.models.imports import SnapshotAnswer, SnapshotRows, Snapshots
from api.paging import USUAL, AfterDigest, Limit
from api.rights import OFFICE, Caller, allow
from api.state import TheStore
from payroll_service.access.roles import Scope
from payroll_service.workflow.list_snapshots import page_snapshots, read_snapshot

router = APIRouter(prefix="/v1/snapshots", tags=["snapshots"])


@router.get("", operation_id="listSnapshots", summary="Accepted snapshots, the last first")
def list_(
    store: TheStore,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_AUDIT]),
    after: AfterDigest = "",
    limit: Limit = USUAL,
) -> Snapshots:
    """By their first acceptance: accepting the same data again changes `accepted_at`, and moves nothing."""
    page = page_snapshots(store, caller.bureau, after, limit)
    return Snapshots(snapshots=[SnapshotAnswer.of(one) for one in page.items], next=page.next)


@router.get("/{snapshot}", operation_id="readSnapshot", summary="The rows of each table, and its files")
def read(
    snapshot: Annotated[str, Path(pattern="^[0-9a-f]{64}$")],
    store: TheStore,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_AUDIT]),
) -> SnapshotRows:
    accepted, rows = read_snapshot(store, caller.bureau, snapshot)
    answer = SnapshotAnswer.of(accepted) if accepted else None
    return SnapshotRows(fingerprint=snapshot, rows=rows, accepted=answer)
