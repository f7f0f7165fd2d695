"""Sealing personal data: AES-256-GCM, bound to the place where it stands; and a blind index that finds it again.

What is sealed says under which key: a version byte, the key id behind its length, a random nonce of 96 bits, ciphertext.
Bytes that were altered, or brought from another row, do not open.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, insert, select

from payroll_service.store.database import Database
from payroll_service.store.errors import KeysUnusable, StoredBytesChanged
from payroll_service.store.keys import (
    INDEX,
    Keys,
    is_beside,
    make_key_file,
    read_keys,
    replace_key_file,
)
from payroll_service.store.rows import sql_table
from payroll_service.store.tables import SealingKeyRow

VERSION, NONCE = 1, 12
KNOWN = sql_table(SealingKeyRow)


class Vault:
    """The keys at work. `file`: read again when something is sealed under a key that was added since."""

    def __init__(self, keys: Keys, file: Path) -> None:
        self.keys, self.file = keys, file
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.sealing.items()}
        key_id = keys.current.encode()
        self._head = bytes([VERSION, len(key_id)]) + key_id

    def seal(self, content: bytes, *place: str) -> bytes:
        """`place`: table, bureau and key of the row; what is sealed opens nowhere else."""
        return next(iter(self.seal_all([(content, place)])))

    def seal_all(self, contents: Sequence[tuple[bytes, Sequence[str]]]) -> Iterable[bytes]:
        """As `seal`, for many, in order."""
        nonces, head = os.urandom(NONCE * len(contents)), self._head
        encrypt = self._ciphers[self.keys.current].encrypt
        for place, (content, bound_to) in zip(range(0, len(nonces), NONCE), contents, strict=True):
            nonce = nonces[place : place + NONCE]
            yield head + nonce + encrypt(nonce, content, "\0".join(bound_to).encode())

    def open(self, sealed: bytes, what: str, *place: str) -> bytes:
        """What was sealed for this place. Raises StoredBytesChanged naming `what` and the row's key; KeysUnusable."""
        if len(sealed) < 2 or sealed[0] != VERSION:
            raise StoredBytesChanged(what, place[-1])
        start = 2 + sealed[1]
        end = start + NONCE
        try:
            cipher = self._cipher(sealed[2:start])
            return cipher.decrypt(sealed[start:end], sealed[end:], "\0".join(place).encode())
        except (InvalidTag, ValueError):
            raise StoredBytesChanged(what, place[-1]) from None

    def index(self, *parts: str) -> str:
        """The blind index, 128 bits in hex: the same parts have the same, and without the key nobody can tell which."""
        return hmac.digest(self.keys.index, "\0".join(parts).encode(), "sha256").hex()[:32]

    def rotated(self) -> Vault:
        """With a new key, which is in the file already."""
        keys = read_keys(self.file).with_new_key()
        replace_key_file(self.file, keys)
        return Vault(keys, self.file)

    def _cipher(self, written: bytes) -> AESGCM:
        key_id = written.decode()
        if key_id not in self._ciphers:
            found = read_keys(self.file).sealing
            if key_id not in found:
                raise KeysUnusable(f"密钥文件“{self.file}”里没有密钥 {key_id}")
            self._ciphers[key_id] = AESGCM(found[key_id])
        return self._ciphers[key_id]


def open_vault(database: Database, file: Path) -> Vault:
    """The vault of a database at the newest revision, from the keys in `file`. Raises KeysUnusable for other keys."""
    with database.reading() as connection:
        known = known_keys(connection)
    vault = find_vault(database.url, file, known)
    if known.keys() != vault.keys.fingerprints().keys():
        with database.writing() as connection:
            enter_keys(connection, vault)
    return vault


def find_vault(url: str, file: Path, known: dict[str, str]) -> Vault:
    """The keys in `file`, which must be those that the database knows.

    A SQLite file that never sealed anything gets its keys now. Raises KeysUnusable.
    """
    if not known and is_beside(url, file) and not file.exists():
        return Vault(make_key_file(file), file)
    keys = read_keys(file)
    found = keys.fingerprints()
    for key_id, fingerprint in known.items():
        if found.get(key_id) != fingerprint:
            named = "索引密钥" if key_id == INDEX else f"密钥 {key_id}"
            raise KeysUnusable(
                f"密钥文件“{file}”里的{named}不是这个数据库的"
                if key_id in found
                else f"密钥文件“{file}”里没有{named}"
            )
    return Vault(keys, file)


def known_keys(connection: Connection) -> dict[str, str]:
    """The fingerprints of the keys that sealed something here, by id; empty before the first."""
    return {row.key_id: row.fingerprint for row in connection.execute(select(KNOWN))}


def enter_keys(connection: Connection, vault: Vault) -> None:
    """Put down which keys this database uses."""
    known = known_keys(connection)
    new = [
        {"key_id": key_id, "fingerprint": fingerprint}
        for key_id, fingerprint in vault.keys.fingerprints().items()
        if key_id not in known
    ]
    if new:
        connection.execute(insert(KNOWN), new)
