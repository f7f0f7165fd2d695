"""Bytes addressed by their hash: packed and sealed for the shelf, opened and checked when they are taken down."""

from __future__ import annotations

import zlib

from payroll_service.book.records import sha256
from payroll_service.store.errors import StoredBytesChanged
from payroll_service.store.vault import Vault

FAST = 1


def pack(vault: Vault, content: bytes, table: str, bureau: str, content_hash: str) -> bytes:
    """What stands in the column `content` of the table."""
    assert sha256(content) == content_hash, f"these bytes are not those of {content_hash}"
    return vault.seal(zlib.compress(content, FAST), table, bureau, content_hash)


def unpack(vault: Vault, packed: bytes, what: str, table: str, bureau: str, content_hash: str) -> bytes:
    """The bytes with that hash, or `StoredBytesChanged`."""
    content = zlib.decompress(vault.open(packed, what, table, bureau, content_hash))
    if sha256(content) != content_hash:
        raise StoredBytesChanged(what, content_hash)
    return content
