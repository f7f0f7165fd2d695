"""What every request may use: the store, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from payroll_service.store.store import Store

Clock = Callable[[], datetime]


def store_of(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def now_of(request: Request) -> datetime:
    clock: Clock = request.app.state.clock
    return clock()


def address_of(request: Request) -> str:
    """Where a request comes from, as the server sees it."""
    return request.client.host if request.client else ""


TheStore = Annotated[Store, Depends(store_of)]
Now = Annotated[datetime, Depends(now_of)]
Address = Annotated[str, Depends(address_of)]
