"""Passwords: what one must be like, and how it is kept (argon2id, never the password itself)."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 128
_HASHER = PasswordHasher()


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has; made when first asked for, since it takes its time."""
    return _HASHER.hash("somebody who is not there takes as long as somebody who is")


def find_weakness(password: str, login: str, name: str) -> str:
    """All that is wrong with a new password, in one sentence; "" if nothing is."""
    written = unicodedata.normalize("NFKC", password)
    found = []
    if not SHORTEST <= len(written) <= LONGEST:
        found.append(f"密码要有 {SHORTEST} 到 {LONGEST} 个字，可以是一句话")
    if len(set(written)) < 5:
        found.append("密码里至少要有 5 个不同的字")
    if (login and login.lower() in written.lower()) or (len(name) > 1 and name in written):
        found.append("密码里不要有登录名或姓名")
    return "；".join(found)


def hashed(password: str) -> str:
    """The hash that is stored; its salt makes every one different."""
    return _HASHER.hash(unicodedata.normalize("NFKC", password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the stored hash. Takes as long where there is none, or no password was set yet
    (""), so that nobody learns that."""
    written = unicodedata.normalize("NFKC", password[: 4 * LONGEST])
    try:
        _HASHER.verify(stored or _nobodys(), written)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)
