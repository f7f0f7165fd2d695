"""Bytes addressed by their hash: packed for the shelf, checked when they are taken down."""

from __future__ import annotations

import zlib

from payroll_service.book.records import sha256
from payroll_service.store.errors import StoredBytesChanged

FAST = 1


def pack(content: bytes, content_hash: str) -> bytes:
    assert sha256(content) == content_hash, f"these bytes are not those of {content_hash}"
    return zlib.compress(content, FAST)


def unpack(packed: bytes, content_hash: str, what: str) -> bytes:
    """The bytes with that hash, or `StoredBytesChanged`."""
    try:
        content = zlib.decompress(packed)
    except zlib.error:
        raise StoredBytesChanged(what, content_hash) from None
    if sha256(content) != content_hash:
        raise StoredBytesChanged(what, content_hash)
    return content
