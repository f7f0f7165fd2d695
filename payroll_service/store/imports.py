"""Received files, written once, and what became of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, literal, select

from payroll_service.book.records import ImportEvent, StoredImport
from payroll_service.store.errors import NotStored
from payroll_service.store.events import append_event
from payroll_service.store.paging import Page, place_of, read_page
from payroll_service.store.rows import find_row, find_rows, insert_row, is_stored, rows_of, sql_table
from payroll_service.store.sealed import pack, unpack
from payroll_service.store.tables import ImportEventRow, ImportRow
from payroll_service.store.vault import Vault

RECEIVED, ACCEPTED = "received", "accepted"
EVENTS = sql_table(ImportEventRow)
IS_ACCEPTED = EVENTS.c.state == literal(ACCEPTED, literal_execute=True)  # as the index says it


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

    def page_of_accepted(self, bureau: str, after: str, limit: int) -> Page[str]:
        """Fingerprints of accepted snapshots, the one that was first accepted last first. Raises UnknownPlace."""
        before = EVENTS.alias()
        earlier = exists().where(
            before.c.bureau == bureau,
            before.c.state == literal(ACCEPTED, literal_execute=True),
            before.c.detail == EVENTS.c.detail,
            before.c.number < EVENTS.c.number,
        )
        first = (EVENTS.c.bureau == bureau, IS_ACCEPTED, ~earlier)
        asked = select(EVENTS.c.number).where(*first, EVENTS.c.detail == after)
        place = place_of(self.connection, asked, after)
        rows = select(EVENTS.c.detail).where(*first)
        found = read_page(self.connection, rows, (EVENTS.c.number,), place, limit, named="detail")
        return found.of([row["detail"] for row in found.items])

    def acceptances(self, bureau: str, fingerprints: Collection[str]) -> list[ImportEvent]:
        """Every event that accepted one of these snapshots, oldest first."""
        ours = select(EVENTS).where(EVENTS.c.bureau == bureau, IS_ACCEPTED, EVENTS.c.detail.in_(fingerprints))
        found = self.connection.execute(ours.order_by(EVENTS.c.number)).mappings()
        return [ImportEvent(**row) for row in found]

    def receptions(self, bureau: str, content_hashes: Collection[str]) -> list[ImportEvent]:
        """When these files came, oldest first."""
        found = rows_of(
            self.connection,
            ImportEventRow,
            "number",
            "content_hash",
            content_hashes,
            bureau=bureau,
            state=RECEIVED,
        )
        return [ImportEvent(**row) for row in found]
