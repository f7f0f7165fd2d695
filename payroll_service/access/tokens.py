"""Tokens: random bits for the holder, 256 or as many as can be typed; their hash for us. Who reads the database cannot
use one."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

SESSION_LASTS = timedelta(hours=10)
SETUP_LASTS = timedelta(hours=24)
HANDOUT_LASTS = timedelta(
    days=14
)  # of a teacher's first link: a list goes from the bureau to schools to people
ACCESS_LASTS = timedelta(minutes=15)  # of a finance system's bearer token

UNMISTAKABLE = "23456789bcdfghjkmnpqrstvwxz"  # typed from paper: none looks like another, none make a word


def new_token() -> str:
    return secrets.token_urlsafe(32)


def new_id() -> str:
    return secrets.token_hex(16)


def new_slip() -> str:
    """A token that can be typed from paper: 95 bits, in groups of four."""
    return "-".join(_drawn(4) for _ in range(5))


def new_login() -> str:
    """A login that says nothing about its holder; the letter before keeps a sheet from taking it for a number."""
    return f"t{_drawn(6)}"


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _drawn(length: int) -> str:
    return "".join(secrets.choice(UNMISTAKABLE) for _ in range(length))
