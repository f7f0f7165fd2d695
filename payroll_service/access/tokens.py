"""Tokens: 256 random bits for the holder, their hash for us. Who reads the database cannot use one."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

SESSION_LASTS = timedelta(hours=10)
SETUP_LASTS = timedelta(hours=24)
ACCESS_LASTS = timedelta(minutes=15)  # of a finance system's bearer token


def new_token() -> str:
    return secrets.token_urlsafe(32)


def new_id() -> str:
    return secrets.token_hex(16)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
