"""Idempotency-Key: a request that is sent again gets the answer of the first time, and nothing happens twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.rights import Caller
from api.state import now_of, store_of
from payroll_service.errors import KeyReused
from payroll_service.store.idempotency import Answered

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
    """Do it and keep the answer in the same transaction; or give the answer that was kept.

    Raises KeyReused if the key came with another request. What is refused is not kept: it can be tried again.
    """
    told = f"{request.method} {request.url.path}\n".encode() + body
    asked = hashlib.sha256(told).hexdigest()
    with store_of(request).writing() as session:
        found = session.answers.find(caller.bureau, caller.name, key)
        if found is None:
            content = act().model_dump_json(by_alias=True).encode()
            found = Answered(caller.bureau, caller.name, key, asked, status, content, now_of(request))
            session.answers.save(found)
        elif found.request != asked:
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


def _asked(request: Request, body: Annotated[bytes, Depends(body_of)], key: Key) -> Asked:
    return Asked(request, body, key)


Doing = Annotated[Asked, Depends(_asked)]
