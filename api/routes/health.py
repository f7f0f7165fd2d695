"""Whether the service lives, whether it can work, and what it has been doing."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.metrics import MONITORING, Metrics
from api.rights import PUBLIC
from api.state import TheStore
from payroll_service.store.migrations import check_revision

router = APIRouter(tags=["health"])
PAGE = {"text/html": {"schema": {"type": "string"}}}  # outside /v1 a problem is a page


@router.get(
    "/healthz",
    operation_id="isAlive",
    summary="The process answers",
    response_class=Response,
    status_code=204,
    dependencies=[PUBLIC],
)
def alive() -> None:
    """Asks nobody else."""


@router.get(
    "/readyz",
    operation_id="isReady",
    summary="The database answers and has the schema of this program",
    response_class=Response,
    status_code=204,
    responses={503: {"description": "The database is away, or waits for a migration.", "content": PAGE}},
    dependencies=[PUBLIC],
)
def ready(request: Request, store: TheStore) -> None:
    """503 while the database is away, or waits for a migration."""
    check_revision(store.database, request.app.state.revision)


@router.get(
    "/metrics",
    operation_id="readMetrics",
    summary="Counts and durations for a monitoring system",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {}}},
        404: {"description": "Not for this caller.", "content": PAGE},
    },
    dependencies=[MONITORING],
)
def metrics(request: Request) -> Response:
    """In Prometheus' text format. Only for the holder of the token, or this machine where none is set."""
    counted: Metrics = request.app.state.metrics
    return Response(counted.to_bytes(), media_type=CONTENT_TYPE_LATEST)
