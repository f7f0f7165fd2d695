"""Idempotency-Key: a request that is sent again gets the answer of the first time, and nothing happens twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.rights import Caller
from api.state import now_of, store_of
from payroll_service.errors import KeyReused, Refused
from payroll_service.store.database import WAIT_SECONDS
from payroll_service.store.errors import StoreBusy
from payroll_service.store.idempotency import Answered

Proved = TypeVar("Proved")
PROVING = Lock()  # one at a time in a process: what is proved may be a million payees in memory
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="Chosen by the caller, one for each thing to be done; kept 30 days.",
    ),
]


async def body_of(request: Request) -> bytes:
    """The body as it came; read before the route runs in a thread."""
    return await request.body()


def once(
    request: Request, body: bytes, caller: Caller, key: str, act: Callable[[], BaseModel], status: int = 201
) -> Response:
    """Do it and keep the answer in the same transaction; or give the answer that was kept. Raises KeyReused."""
    asked = digest_of(request, body)
    found = done_once(
        request, asked, caller, key, lambda: act().model_dump_json(by_alias=True).encode(), status
    )
    return _told_again(found, asked)


def done_once(
    request: Request, asked: str, caller: Caller, key: str, act: Callable[[], bytes], status: int
) -> Answered:
    """What was answered with this key, by `act` if it was not before; `asked` is the digest of the request.

    What is refused is not kept: it can be tried again.
    """
    with store_of(request).writing() as session:
        found = session.answers.find(caller.bureau, caller.name, key)
        if found is None:
            found = Answered(caller.bureau, caller.name, key, asked, status, act(), now_of(request))
            session.answers.save(found)
    return found


def digest_of(request: Request, body: bytes) -> str:
    """What a request asks, in short: method, path and body."""
    told = f"{request.method} {request.url.path}\n".encode() + body
    return hashlib.sha256(told).hexdigest()


def _told_again(found: Answered, asked: str) -> Response:
    if found.request != asked:
        raise KeyReused("这个 Idempotency-Key 已经用在另一个请求上。", "每办一件事，请换一个新的。")
    return Response(found.content, found.status, media_type="application/json")


@dataclass(frozen=True)
class Asked:
    """A request that does something, with its body and the key that its caller chose for it."""

    request: Request
    body: bytes
    key: str

    def once(self, caller: Caller, act: Callable[[], BaseModel], status: int = 201) -> Response:
        return once(self.request, self.body, caller, self.key, act, status)

    def once_proved(
        self, caller: Caller, prove: Callable[[], Proved], act: Callable[[Proved], BaseModel]
    ) -> Response:
        """As `once`, but what takes long and writes nothing is done before other writers have to wait for it.

        Nothing is proved again for a request that was answered, be it by another process meanwhile. Raises StoreBusy.
        """
        if not PROVING.acquire(timeout=WAIT_SECONDS):
            raise StoreBusy
        try:
            return self._kept(caller) or self.once(caller, partial(act, prove()))
        except Refused:
            if (kept := self._kept(caller)) is not None:
                return kept
            raise
        finally:
            PROVING.release()

    def _kept(self, caller: Caller) -> Response | None:
        with store_of(self.request).reading() as session:
            found = session.answers.find(caller.bureau, caller.name, self.key)
        return None if found is None else _told_again(found, digest_of(self.request, self.body))


def _asked(request: Request, body: Annotated[bytes, Depends(body_of)], key: Key) -> Asked:
    return Asked(request, body, key)


Doing = Annotated[Asked, Depends(_asked)]
