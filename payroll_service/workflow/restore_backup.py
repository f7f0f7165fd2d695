"""Restore a backup, or prove that it could be restored."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from payroll_service.audit.evidence import AuditCheck
from payroll_service.errors import BackupRefused
from payroll_service.store.contents import TableContents
from payroll_service.store.copies import backend_of, contents_at, copy_in, is_occupied, scratch
from payroll_service.store.keys import key_file_of
from payroll_service.store.migrations import is_known, migrate
from payroll_service.store.store import Store, open_store
from payroll_service.workflow.back_up import COPY, FORMAT, MANIFEST, Manifest, file_hash
from payroll_service.workflow.replay_run import replay_run
from payroll_service.workflow.verify_book import verify_book

LAST_RUNS = 3  # of each bureau, recalculated when a backup is checked


@dataclass(frozen=True)
class CheckedBackup:
    manifest: Manifest
    checks: tuple[AuditCheck, ...]

    @property
    def sound(self) -> bool:
        return all(check.holds for check in self.checks)


def restore_backup(file: Path, url: str, force: bool = False) -> CheckedBackup:
    """Put the backup in the database at `url` and compare what is there now with the manifest.

    Raises BackupRefused if something is there already and nobody insists, or the file is no sound backup.
    """
    with unpacked(file) as (manifest, copy):
        fits(manifest, url)
        if is_occupied(url) and not force:
            raise BackupRefused(
                "目标数据库里已有内容，没有恢复。",
                "请换一个空的数据库；确实要覆盖，请先备份它，再加 --force。",
            )
        copy_in(copy, url)
    return CheckedBackup(manifest, tuple(compare(manifest, contents_at(url).tables)))


def check_backup(file: Path, url: str) -> CheckedBackup:
    """Restore into a scratch database of `url`'s server (or a temporary file), compare, verify, and replay.

    The database at `url` itself is neither read nor changed; its keys open the backup, which has none. Raises
    BackupRefused for a file that is no backup, KeysUnusable without the keys.
    """
    with unpacked(file) as (manifest, copy), scratch(url) as place:
        fits(manifest, url)
        keys = key_file_of(url)
        copy_in(copy, place)
        checks = compare(manifest, contents_at(place).tables)
        if all(check.holds for check in checks):
            migrate(place, key_file=keys)  # a backup may be older than this program
            store = open_store(place, keys)
            try:
                checks += prove(store)
            finally:
                store.close()
    return CheckedBackup(manifest, tuple(checks))


def compare(manifest: Manifest, found: dict[str, TableContents]) -> list[AuditCheck]:
    """One check a table of either side."""
    checks = []
    for table in sorted(manifest.tables.keys() | found.keys()):
        told, there = manifest.tables.get(table), found.get(table)
        rows = f"备份 {told.rows if told else '无'}，恢复后 {there.rows if there else '无'} 行"
        detail = rows if told != there else f"{rows}，逐行摘要相符"
        checks.append(AuditCheck(f"备份：表 {table} 与清单相符", told == there, detail))
    return checks


def prove(store: Store) -> list[AuditCheck]:
    """The ledger of every bureau, and its last approved runs calculated again."""
    with store.reading() as session:
        bureaus = [bureau.bureau for bureau in session.bureaus()]
        runs = {bureau: [one.run_id for one in session.runs.approved(bureau)] for bureau in bureaus}
    checks: list[AuditCheck] = []
    for bureau in bureaus:
        checks += verify_book(store, bureau).checks
        for run in runs[bureau][-LAST_RUNS:]:
            replayed = replay_run(store, bureau, run).checks
            checks += [AuditCheck(f"{run} {each.name}", each.holds, each.detail) for each in replayed]
    return checks


def fits(manifest: Manifest, url: str) -> None:
    """Raises BackupRefused for another kind of database, or a newer program's."""
    if manifest.backend != backend_of(url):
        raise BackupRefused(
            f"这是 {manifest.backend} 的备份，而数据库是 {backend_of(url)}。",
            "请用 --database 写明同一种数据库。",
        )
    if not is_known(manifest.revision):
        raise BackupRefused(
            f"备份的结构版本 {manifest.revision} 比本程序新。", "请用做备份的那一版程序，或更新的。"
        )


@contextmanager
def unpacked(file: Path) -> Iterator[tuple[Manifest, Path]]:
    """The manifest, and the copy in a temporary folder with exactly the bytes that the manifest names."""
    with tempfile.TemporaryDirectory(prefix="payroll-restore-") as folder:
        copy = Path(folder) / COPY
        try:
            with zipfile.ZipFile(file) as archive:
                manifest = read_manifest(archive.read(MANIFEST))
                with archive.open(COPY) as packed, copy.open("wb") as out:
                    shutil.copyfileobj(packed, out, 1 << 20)
        except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error) as why:
            raise BackupRefused(
                f"“{file}”不是完整的备份（{type(why).__name__}）。", "请核对文件，或换另一份备份。"
            ) from None
        if file_hash(copy) != manifest.sha256:
            raise BackupRefused(f"“{file}”里的数据与清单的校验值不符。", "文件可能被改动过，请换另一份备份。")
        yield manifest, copy


def read_manifest(content: bytes) -> Manifest:
    told = json.loads(content)
    if told.pop("format", None) != FORMAT:
        raise ValueError("not the manifest of a backup")
    tables = {name: TableContents(**table) for name, table in told.pop("tables").items()}
    return Manifest(**told, tables=tables)
