"""What a monitoring system reads: requests by route and status, how long they took, how many are under way.

Nothing in it tells of a person or a bureau: labels are methods, route templates and statuses.
"""

from __future__ import annotations

import ipaddress
import secrets

from fastapi import Depends, Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from api.rights import Caller, NotThere, Rights
from api.state import address_of

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counted in this process, since its start."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "payroll_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "payroll_request_seconds",
            "From the request to its last byte",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.under_way = Gauge(
            "payroll_requests_under_way", "Requests not yet answered", registry=self.registry
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def to_bytes(self) -> bytes:
        return generate_latest(self.registry)


class Monitoring(Rights):
    """Lets in whoever has the token that the operator set; without one, only this machine, and not through a proxy."""

    def __call__(self, request: Request) -> Caller | None:
        token: str = request.app.state.metrics_token
        came = request.headers.get("authorization", "")
        allowed = (
            secrets.compare_digest(came.encode(), f"Bearer {token}".encode()) if token else near(request)
        )
        if not allowed:
            raise NotThere
        return None


MONITORING = Depends(Monitoring(frozenset(), frozenset()))


def near(request: Request) -> bool:
    """Whether somebody on this machine asks directly."""
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(address_of(request)).is_loopback
    except ValueError:
        return False
