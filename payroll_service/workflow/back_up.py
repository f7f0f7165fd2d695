"""Back a database up into one file: the copy, and a manifest that says what is in it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from payroll_service.errors import BackupRefused
from payroll_service.store.contents import TableContents
from payroll_service.store.copies import backend_of, copy_out

FORMAT = "payroll-backup-1"
MANIFEST, COPY = "manifest.json", "database"


@dataclass(frozen=True)
class Manifest:
    """`sha256`: of the copy's bytes; `tables`: rows and digest of each table at the moment of the copy."""

    backend: str
    revision: str
    made_at: str
    sha256: str
    tables: dict[str, TableContents]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    def to_bytes(self) -> bytes:
        told = {"format": FORMAT} | asdict(self)
        return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()


def back_up(url: str, target: Path, now: datetime) -> Manifest:
    """Write the backup of the database at `url` to the new file `target`, readable by its owner alone.

    Others may go on writing. Raises BackupRefused, and then there is no such file.
    """
    if target.exists():
        raise BackupRefused(f"文件“{target}”已经有了。", "备份从不覆盖，请换一个文件名。")
    target.resolve().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".payroll-backup-", dir=target.resolve().parent) as folder:
        copy, packed = Path(folder) / COPY, Path(folder) / "packed"
        contents = copy_out(url, copy)
        if contents.revision is None:
            raise BackupRefused("数据库是空的，没有可以备份的内容。", "请用 --database 写明要备份的数据库。")
        hashed = file_hash(copy)
        manifest = Manifest(backend_of(url), contents.revision, now.isoformat(), hashed, contents.tables)
        pack(copy, manifest, packed)
        packed.replace(target)  # whole, or not there
    return manifest


def pack(copy: Path, manifest: Manifest, packed: Path) -> None:
    os.close(os.open(packed, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(MANIFEST, manifest.to_bytes())
        archive.write(copy, COPY)
    with packed.open("rb") as written:
        os.fsync(written.fileno())


def file_hash(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
