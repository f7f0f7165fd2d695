"""How often somebody may try to sign in: few times for one account, more for one address, counted over all processes."""

from __future__ import annotations

from datetime import timedelta

WINDOW = timedelta(minutes=15)
MOST = {"account": 5, "address": 50}  # failures within the window; a school shares one address


def is_blocked(failures: dict[str, int]) -> bool:
    """Whether another try has to wait, from the failures of the last `WINDOW` by kind of key."""
    return any(failures.get(kind, 0) >= most for kind, most in MOST.items())
