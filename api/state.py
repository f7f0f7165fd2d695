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


def open_imports_of(request: Request) -> int:
    """How many imports of one sender may wait to be examined."""
    most: int = request.app.state.open_imports
    return most


TheStore = Annotated[Store, Depends(store_of)]
Now = Annotated[datetime, Depends(now_of)]
OpenImports = Annotated[int, Depends(open_imports_of)]
Address = Annotated[str, Depends(address_of)]
