"""Publications of runs, objections to them, and what became of these. Only ever added to; what is said is sealed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, func, select

from payroll_service.book.records import Objection, ObjectionEvent, RunEvent, RunPublication
from payroll_service.book.run_states import PUBLISHED
from payroll_service.store.errors import AlreadyStored, NotStored
from payroll_service.store.events import append_event
from payroll_service.store.objection_tables import ObjectionEventRow, ObjectionRow, RunPublicationRow
from payroll_service.store.rows import find_row, find_rows, insert_row, is_stored, sql_table
from payroll_service.store.tables import Row, RunEventRow
from payroll_service.store.vault import Vault

Said = TypeVar("Said", Objection, ObjectionEvent)


@dataclass(frozen=True)
class Objections:
    connection: Connection
    vault: Vault

    def publish(self, publication: RunPublication) -> RunPublication:
        """Record that a run is published, once, and say so in its log, whose number the publication gets.

        The database refuses it for a run that is not approved.
        """
        key = {"bureau": publication.bureau, "run_id": publication.run_id}
        if is_stored(self.connection, RunPublicationRow, **key):
            raise AlreadyStored("公示", publication.run_id)
        told = f"{publication.first_day} 至 {publication.last_day}"
        event = RunEvent(
            publication.bureau,
            0,
            PUBLISHED,
            publication.at,
            publication.published_by,
            told,
            publication.run_id,
        )
        numbered = replace(publication, number=append_event(self.connection, RunEventRow, event).number)
        insert_row(self.connection, RunPublicationRow, asdict(numbered))
        return numbered

    def publication(self, bureau: str, run_id: str) -> RunPublication | None:
        found = find_row(self.connection, RunPublicationRow, bureau=bureau, run_id=run_id)
        return RunPublication(**found) if found else None

    def publications(self, bureau: str) -> dict[str, RunPublication]:
        """By run."""
        found = find_rows(self.connection, RunPublicationRow, "number", bureau=bureau)
        return {row["run_id"]: RunPublication(**row) for row in found}

    def add(self, objection: Objection) -> Objection:
        """Store an objection under the bureau's next number. The database refuses one to what is not published."""
        return self._insert(ObjectionRow, objection, "words")

    def get(self, bureau: str, number: int) -> Objection:
        found = self.find(bureau, number=number)
        if not found:
            raise NotStored("申诉", str(number))
        return found[0]

    def find(self, bureau: str, **key: Any) -> list[Objection]:
        """The bureau's objections with these values (`run_id`, `payee_id`, `number`), oldest first."""
        found = find_rows(self.connection, ObjectionRow, "number", bureau=bureau, **key)
        return [Objection(**self._opened(ObjectionRow, row, "words")) for row in found]

    def note(
        self, bureau: str, objection: int, state: str, at: datetime, actor: str, detail: str
    ) -> ObjectionEvent:
        """Say what became of an objection; the database refuses to say the same twice."""
        event = ObjectionEvent(bureau, 0, state, at, actor, detail, objection)
        return self._insert(ObjectionEventRow, event, "detail")

    def events(self, bureau: str, **key: Any) -> list[ObjectionEvent]:
        """What became of the bureau's objections, or of one (`objection`), oldest first."""
        found = find_rows(self.connection, ObjectionEventRow, "number", bureau=bureau, **key)
        return [ObjectionEvent(**self._opened(ObjectionEventRow, row, "detail")) for row in found]

    def _insert(self, table: type[Row], said: Said, words: str) -> Said:
        """Add it at the end of the bureau's rows, what it says in `words` sealed."""
        rows = sql_table(table)
        last = self.connection.scalar(select(func.max(rows.c.number)).where(rows.c.bureau == said.bureau))
        numbered = replace(said, number=(last or 0) + 1)
        row = asdict(numbered)
        content: str = row.pop(words)
        sealed = self.vault.seal(content.encode(), *_place(table, said.bureau, numbered.number))
        insert_row(self.connection, table, row | {"sealed": sealed})
        return numbered

    def _opened(self, table: type[Row], row: RowMapping, words: str) -> dict[str, Any]:
        """Raises StoredBytesChanged."""
        clear = dict(row)
        sealed: bytes = clear.pop("sealed")
        place = _place(table, row["bureau"], row["number"])
        return clear | {words: self.vault.open(sealed, "申诉", *place).decode()}


def _place(table: type[Row], bureau: str, number: int) -> tuple[str, str, str]:
    return str(table.__tablename__), bureau, str(number)
