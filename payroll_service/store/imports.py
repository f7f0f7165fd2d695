"""Received files, written once, and what became of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection

from payroll_service.book.records import ImportEvent, StoredImport
from payroll_service.store.errors import NotStored
from payroll_service.store.events import append_event
from payroll_service.store.rows import find_row, find_rows, insert_row, is_stored
from payroll_service.store.sealed import pack, unpack
from payroll_service.store.tables import ImportEventRow, ImportRow
from payroll_service.store.vault import Vault


@dataclass(frozen=True)
class Imports:
    connection: Connection
    vault: Vault

    def save(self, received: StoredImport) -> bool:
        """Store a received file; False if its very bytes are stored already (their first name and sender stand)."""
        if is_stored(self.connection, ImportRow, bureau=received.bureau, content_hash=received.content_hash):
            return False
        packed = pack(self.vault, received.content, "import", received.bureau, received.content_hash)
        insert_row(self.connection, ImportRow, asdict(received) | {"content": packed})
        return True

    def get(self, bureau: str, content_hash: str) -> StoredImport:
        """The file with its bytes, which are checked against the hash."""
        found = find_row(self.connection, ImportRow, bureau=bureau, content_hash=content_hash)
        if found is None:
            raise NotStored("导入文件", content_hash)
        content = unpack(self.vault, found["content"], "导入文件", "import", bureau, content_hash)
        return StoredImport(**(dict(found) | {"content": content}))

    def append(
        self,
        bureau: str,
        content_hash: str,
        state: str,
        at: datetime,
        actor: str,
        detail: str = "",
        rule_set: str | None = None,
    ) -> ImportEvent:
        event = ImportEvent(bureau, 0, state, at, actor, detail, content_hash, rule_set)
        return append_event(self.connection, ImportEventRow, event)

    def events(self, bureau: str, content_hash: str) -> list[ImportEvent]:
        """What became of one file, oldest first."""
        found = find_rows(self.connection, ImportEventRow, "number", bureau=bureau, content_hash=content_hash)
        return [ImportEvent(**row) for row in found]

    def log(self, bureau: str) -> list[ImportEvent]:
        """All events of the bureau's imports, oldest first."""
        return [
            ImportEvent(**row) for row in find_rows(self.connection, ImportEventRow, "number", bureau=bureau)
        ]
