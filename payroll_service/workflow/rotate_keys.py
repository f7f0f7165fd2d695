"""Keys of the personal data: a first file of them, and another key from now on."""

from __future__ import annotations

from pathlib import Path

from payroll_service.errors import NotConfirmed
from payroll_service.store.keys import make_key_file
from payroll_service.store.store import Store


def new_key_file(file: Path) -> None:
    """Write keys for a new database. Raises NotConfirmed where there is a file: its keys are needed for ever."""
    if file.exists():
        raise NotConfirmed(
            f"文件“{file}”已经有了，没有改动它。", "密钥从不覆盖：换掉它，用它加密的就再也读不出来。"
        )
    make_key_file(file)


def rotate_keys(store: Store) -> int:
    """Seal everybody's identity under a new key; returns how many. The earlier keys stay in the file."""
    return store.rotate_keys()
