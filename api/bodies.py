"""What somebody may send at most: the framework reads a body before it asks who sends it, and reads it whole.

What was read stays at hand until the answer is written, so that no problem repeats any of it (`api/sent.py`).
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.sent import BODY

MOST_BYTES = 8 * 2**20  # of any request but an upload, which counts by itself, once its sender is known
COUNTS_BY_ITSELF = "counts_by_itself"


class LimitedBodies:
    """ASGI middleware. Who reads more gets an HTTPException 413, unless the request's state says COUNTS_BY_ITSELF."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        said = Headers(scope=scope).get("content-length", "0")
        announced = int(said) if said.isdecimal() else 0
        read = 0

        async def limited() -> Message:
            nonlocal read
            free = COUNTS_BY_ITSELF in state
            if announced > MOST_BYTES and not free:
                raise HTTPException(413)
            message = await receive()
            read += len(message.get("body", b""))
            if read > MOST_BYTES and not free:
                raise HTTPException(413)
            if not free:
                state.setdefault(BODY, []).append(message.get("body", b""))
            return message

        await self.app(scope, limited, send)
