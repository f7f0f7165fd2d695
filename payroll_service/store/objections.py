"""Publications of runs, objections to them, and what became of these. Only ever added to; what is said is sealed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, delete, exists, func, select, update

from payroll_service.book.objection_states import OPEN, UPHELD
from payroll_service.book.records import Objection, ObjectionEvent, RunEvent, RunPublication
from payroll_service.book.run_states import PUBLISHED
from payroll_service.store.errors import AlreadyStored, NotStored
from payroll_service.store.events import append_event
from payroll_service.store.objection_tables import (
    ObjectionEventRow,
    ObjectionPendingRow,
    ObjectionRow,
    RunPublicationRow,
)
from payroll_service.store.paging import Page, place_of, read_page
from payroll_service.store.rows import find_row, find_rows, insert_row, is_stored, rows_of, sql_table
from payroll_service.store.tables import Row, RunEventRow
from payroll_service.store.vault import Vault

Said = TypeVar("Said", Objection, ObjectionEvent)
OBJECTIONS, EVENTS, PENDING = (
    sql_table(table) for table in (ObjectionRow, ObjectionEventRow, ObjectionPendingRow)
)
NUMBER = (OBJECTIONS.c.number,)


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

    def publications(self, bureau: str, run_ids: Collection[str] | None = None) -> dict[str, RunPublication]:
        """Of these runs or of all, by run."""
        found = rows_of(self.connection, RunPublicationRow, "number", "run_id", run_ids, bureau=bureau)
        return {row["run_id"]: RunPublication(**row) for row in found}

    def add(self, objection: Objection) -> Objection:
        """Store an objection under the bureau's next number. The database refuses one to what is not published."""
        numbered = self._insert(ObjectionRow, objection, "words")
        waits = {"bureau": objection.bureau, "number": numbered.number, "answer_by": objection.answer_by}
        insert_row(self.connection, ObjectionPendingRow, waits | {"state": OPEN})
        return numbered

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
        noted = self._insert(ObjectionEventRow, event, "detail")
        this = (PENDING.c.bureau == bureau, PENDING.c.number == objection)
        self.connection.execute(
            update(PENDING).where(*this).values(state=state)
            if state == UPHELD
            else delete(PENDING).where(*this)
        )
        return noted

    def events(self, bureau: str, objections: Collection[int] | None = None) -> list[ObjectionEvent]:
        """What became of these objections or of all, oldest first."""
        found = rows_of(self.connection, ObjectionEventRow, "number", "objection", objections, bureau=bureau)
        return [ObjectionEvent(**self._opened(ObjectionEventRow, row, "detail")) for row in found]

    def count(self, bureau: str, run_id: str) -> int:
        """How many there are to a run."""
        ours = (OBJECTIONS.c.bureau == bureau, OBJECTIONS.c.run_id == run_id)
        return self.connection.scalar(select(func.count()).where(*ours)) or 0

    def page(
        self, bureau: str, after: int, limit: int, state: str = "", late_on: date | None = None
    ) -> Page[Objection]:
        """The last raised first, in one state if it is named; only those still open and late on a day, if one is given."""
        if late_on and state not in ("", OPEN):
            return Page(())
        if late_on or state in (OPEN, UPHELD):
            rows = self._pending(bureau, state or OPEN)
            late = [PENDING.c.answer_by < late_on] if late_on else []
            return self._page(rows.where(*late), (PENDING.c.number,), after, limit)
        if state:
            same = (EVENTS.c.bureau == OBJECTIONS.c.bureau) & (EVENTS.c.objection == OBJECTIONS.c.number)
            noted = (EVENTS.c.bureau == bureau, EVENTS.c.state == state)
            rows = select(OBJECTIONS).select_from(EVENTS.join(OBJECTIONS, same)).where(*noted)
            return self._page(rows, (EVENTS.c.objection,), after, limit)
        return self._page(select(OBJECTIONS).where(OBJECTIONS.c.bureau == bureau), NUMBER, after, limit)

    def page_of_payee(self, bureau: str, payee_id: str, after: int, limit: int) -> Page[Objection]:
        """Those of one payee, the last raised first."""
        ours = (OBJECTIONS.c.bureau == bureau, OBJECTIONS.c.payee_id == payee_id)
        return self._page(select(OBJECTIONS).where(*ours), NUMBER, after, limit)

    def page_of_waiting(self, bureau: str, after: int, limit: int) -> Page[Objection]:
        """Those to be answered, by the last day for it. Raises UnknownPlace."""
        keys = (PENDING.c.answer_by, PENDING.c.number)
        last = select(OBJECTIONS.c.answer_by, OBJECTIONS.c.number)  # also of one that is answered by now
        asked = last.where(OBJECTIONS.c.bureau == bureau, OBJECTIONS.c.number == after)
        place = place_of(self.connection, asked, after)
        found = read_page(
            self.connection, self._pending(bureau, OPEN), keys, place, limit, newest_first=False
        )
        return found.of(self._objections(found.items))

    def page_of_answered(self, bureau: str, after: int, limit: int) -> Page[Objection]:
        """Those that are answered, the last raised first."""
        waits = (PENDING.c.bureau == bureau, PENDING.c.number == OBJECTIONS.c.number, PENDING.c.state == OPEN)
        rows = select(OBJECTIONS).where(OBJECTIONS.c.bureau == bureau, ~exists().where(*waits))
        return self._page(rows, NUMBER, after, limit)

    def _pending(self, bureau: str, state: str) -> Select[Any]:
        same = (PENDING.c.bureau == OBJECTIONS.c.bureau) & (PENDING.c.number == OBJECTIONS.c.number)
        wanted = (PENDING.c.bureau == bureau, PENDING.c.state == state)
        return select(OBJECTIONS).select_from(PENDING.join(OBJECTIONS, same)).where(*wanted)

    def _page(
        self, rows: Select[Any], keys: Sequence[ColumnElement[int]], after: int, limit: int
    ) -> Page[Objection]:
        found = read_page(self.connection, rows, keys, (after,) if after else (), limit)
        return found.of(self._objections(found.items))

    def _objections(self, rows: Sequence[RowMapping]) -> list[Objection]:
        return [Objection(**self._opened(ObjectionRow, row, "words")) for row in rows]

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
