"""Sealed snapshots, written once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from payroll_service.book.records import StoredSnapshot
from payroll_service.store.errors import NotStored
from payroll_service.store.rows import find_row, find_rows, insert_row, is_stored, sql_table
from payroll_service.store.sealed import pack, unpack
from payroll_service.store.tables import SnapshotImportRow, SnapshotRow
from payroll_service.store.vault import Vault


@dataclass(frozen=True)
class Snapshots:
    connection: Connection
    vault: Vault

    def save(self, snapshot: StoredSnapshot) -> bool:
        """Store it with the imports it was made from; False if the same tables are stored already (the first stands)."""
        key = {"bureau": snapshot.bureau, "fingerprint": snapshot.fingerprint}
        if is_stored(self.connection, SnapshotRow, **key):
            return False
        content = pack(self.vault, snapshot.content, "snapshot", snapshot.bureau, snapshot.fingerprint)
        insert_row(self.connection, SnapshotRow, key | {"rule_set": snapshot.rule_set, "content": content})
        for position, content_hash in enumerate(snapshot.imports):
            origin = key | {"position": position, "content_hash": content_hash}
            insert_row(self.connection, SnapshotImportRow, origin)
        return True

    def checked_under(self, bureau: str, fingerprint: str) -> str:
        """The fingerprint of the rule set that the snapshot was checked under; its tables are not read."""
        columns = sql_table(SnapshotRow).c
        chosen = select(columns.rule_set).where(columns.bureau == bureau, columns.fingerprint == fingerprint)
        if (found := self.connection.scalar(chosen)) is None:
            raise NotStored("数据快照", fingerprint)
        return str(found)

    def get(self, bureau: str, fingerprint: str) -> StoredSnapshot:
        """The snapshot with its canonical bytes, which are checked against the fingerprint."""
        key = {"bureau": bureau, "fingerprint": fingerprint}
        found = find_row(self.connection, SnapshotRow, **key)
        if found is None:
            raise NotStored("数据快照", fingerprint)
        origins = find_rows(self.connection, SnapshotImportRow, "position", **key)
        content = unpack(self.vault, found["content"], "数据快照", "snapshot", bureau, fingerprint)
        imports = tuple(row["content_hash"] for row in origins)
        return StoredSnapshot(bureau, fingerprint, found["rule_set"], content, imports)
