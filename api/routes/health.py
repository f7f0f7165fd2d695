"""Whether the service lives, and whether it can work."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.rights import PUBLIC
from api.state import TheStore

router = APIRouter(tags=["health"], dependencies=[PUBLIC])


@router.get(
    "/healthz",
    operation_id="isAlive",
    summary="The process answers",
    response_class=Response,
    status_code=204,
)
def alive() -> None:
    """Asks nobody else."""


@router.get(
    "/readyz",
    operation_id="isReady",
    summary="The database answers",
    response_class=Response,
    status_code=204,
)
def ready(store: TheStore) -> None:
    with store.reading() as session:
        session.bureaus()
