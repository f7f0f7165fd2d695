"""Every request is counted, timed and logged under the route's template, and carries an id in and out."""

from __future__ import annotations

import re
import uuid
from time import perf_counter

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import mark_of
from api.metrics import Metrics

REQUEST_ID = "X-Request-ID"
AN_ID = re.compile(
    r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)  # too long for a person's number
UNKNOWN_ROUTE = "(none)"
QUIET = ("/healthz", "/readyz", "/metrics")  # asked every few seconds; logged when they fail
CUT_OFF = 499  # the caller went away before an answer began


class Observed:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        status = CUT_OFF

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        metrics: Metrics = scope["app"].state.metrics
        began = perf_counter()
        try:
            with metrics.under_way.track_inprogress():
                await self.app(scope, receive, sent)
        except Exception:
            status = 500
            raise
        finally:
            seconds = perf_counter() - began
            metrics.count(method_of(scope), route_of(scope), status, seconds)
            tell(scope, status, seconds)


def tell(scope: Scope, status: int, seconds: float) -> None:
    """One line; nothing of what was asked but the method and the route."""
    route = route_of(scope)
    if route in QUIET and status < 400:
        return
    structlog.get_logger().log(
        40 if status >= 500 else 20,
        "request",
        request=scope["state"]["request_id"],
        method=method_of(scope),
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 1),
        **mark_of(scope["state"].get("caller")),
    )


def request_id_of(headers: Headers) -> str:
    """The id that came, if it can only be an id; else a new one."""
    came = headers.get(REQUEST_ID, "")
    return came if AN_ID.fullmatch(came) else uuid.uuid4().hex


def route_of(scope: Scope) -> str:
    """The route's template; what somebody typed is never part of it."""
    return getattr(scope.get("route"), "path", UNKNOWN_ROUTE)


def method_of(scope: Scope) -> str:
    """One of the usual methods: any other word is the caller's own."""
    method: str = scope["method"]
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "OTHER"
