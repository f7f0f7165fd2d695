"""Uploaded files and what was found in them are not kept for longer than somebody needs to look at them."""

from __future__ import annotations

from datetime import datetime, timedelta

from payroll_service.store.store import Store

KEPT = timedelta(days=30)
SWEPT_EVERY = timedelta(hours=1)


def sweep_jobs(store: Store, now: datetime) -> None:
    """Drop what was asked for more than thirty days ago; an import that nobody accepted until then has expired."""
    with store.writing() as session:
        session.jobs.expire(now - KEPT, now)
