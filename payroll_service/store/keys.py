"""The keys that personal data are sealed with: in a file of their own, never in the database and never in a backup.

A SQLite file has its keys beside it, made when it is first used; those of a PostgreSQL are named by PAYROLL_KEY_FILE.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import make_url

from payroll_service.store.errors import KeysUnusable

VARIABLE, ENDING, FORMAT = "PAYROLL_KEY_FILE", ".keys", "payroll-keys-1"
BYTES = 32
INDEX = "index"  # where a key is asked for by its id


@dataclass(frozen=True)
class Keys:
    """AES-256 keys by id, which of them seals now, and the key of the blind index. 32 bytes each."""

    current: str
    sealing: Mapping[str, bytes]
    index: bytes

    def fingerprints(self) -> dict[str, str]:
        """By id, what the database knows of a key: it tells whether this is the one, and nothing about it."""
        keys = {**self.sealing, INDEX: self.index}
        return {
            key_id: hashlib.sha256(b"payroll key\0" + key_id.encode() + b"\0" + key).hexdigest()
            for key_id, key in keys.items()
        }

    def with_new_key(self) -> Keys:
        """Another key seals from now on; the earlier ones still open."""
        key_id = f"k{secrets.token_hex(4)}"
        return replace(self, current=key_id, sealing={**self.sealing, key_id: secrets.token_bytes(BYTES)})

    def to_bytes(self) -> bytes:
        written = {
            "format": FORMAT,
            "current": self.current,
            "keys": {key_id: base64.b64encode(key).decode() for key_id, key in self.sealing.items()},
            "index": base64.b64encode(self.index).decode(),
        }
        return json.dumps(written, indent=1).encode() + b"\n"


def new_keys() -> Keys:
    return Keys("", {}, secrets.token_bytes(BYTES)).with_new_key()


def key_file_of(url: str) -> Path:
    """Where the keys of the database at `url` are. Raises KeysUnusable for a PostgreSQL whose keys nobody named."""
    if named := os.environ.get(VARIABLE, ""):
        return Path(named)
    place = make_url(url)
    if place.get_backend_name() != "sqlite":
        raise KeysUnusable(f"没有设置 {VARIABLE}，不知道密钥文件在哪里")
    return Path(f"{place.database}{ENDING}")


def is_beside(url: str, file: Path) -> bool:
    """Whether the file is where a SQLite file's own keys are made."""
    place = make_url(url)
    return place.get_backend_name() == "sqlite" and file == Path(f"{place.database}{ENDING}")


def read_keys(file: Path) -> Keys:
    """Raises KeysUnusable."""
    try:
        written = json.loads(file.read_bytes())
        sealing = {key_id: _key(text) for key_id, text in written["keys"].items()}
        keys = Keys(written["current"], sealing, _key(written["index"]))
        sound = written["format"] == FORMAT and keys.current in sealing
    except FileNotFoundError:
        raise KeysUnusable(f"没有密钥文件“{file}”") from None
    except OSError as why:
        raise KeysUnusable(f"读不了密钥文件“{file}”（{type(why).__name__}）") from None
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        sound = False
    if not sound:
        raise KeysUnusable(f"“{file}”不是完整的密钥文件")
    return keys


def make_key_file(file: Path) -> Keys:
    """New keys in a new file that its owner alone may read; if another process was faster, the keys that it made."""
    with _written(file, new_keys()) as path, suppress(FileExistsError):
        os.link(path, file)
        _settle(file.resolve().parent)
    return read_keys(file)


def replace_key_file(file: Path, keys: Keys) -> None:
    """The file has the old keys or the new ones, whatever happens meanwhile."""
    place = file.resolve()  # a link stays one
    with _written(place, keys) as path:
        os.replace(path, place)
        _settle(place.parent)


@contextmanager
def _written(file: Path, keys: Keys) -> Iterator[Path]:
    """The keys in a temporary file beside `file`, safe on the disk, mode 0600; gone afterwards."""
    folder = file.resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(prefix=".payroll-keys-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(keys.to_bytes())
            out.flush()
            os.fsync(handle)
        yield Path(path)
    finally:
        Path(path).unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """The file's name is on the disk before anything is sealed with its keys."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != BYTES:
        raise ValueError("a key of another length")
    return key
