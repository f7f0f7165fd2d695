"""The only clock: every other module takes the time as an argument, and the linter sees to it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, in UTC and aware of it."""
    return datetime.now(UTC)
