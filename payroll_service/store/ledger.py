"""The ledger in the database: drafts, movements with their records and postings, and what was decided about payees."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from payroll_service.book.ledger.movements import Draft, Movement, Posting, Pot
from payroll_service.book.ledger.postings import CASH
from payroll_service.book.records import PayeeEvent, PayeeRecord
from payroll_service.store.bulk import write_rows
from payroll_service.store.enrolled import check_payees
from payroll_service.store.errors import AlreadyStored
from payroll_service.store.events import append_event
from payroll_service.store.ledger_tables import (
    DraftRow,
    MovementPostingRow,
    MovementRecordRow,
    MovementRow,
    PayeeEventRow,
)
from payroll_service.store.paging import Page, read_page
from payroll_service.store.rows import ROWS_AT_ONCE, as_bytes, find_row, find_rows, insert_row, sql_table
from payroll_service.store.tables import Row

RECORDS = sql_table(MovementRecordRow)
RECORD = [RECORDS.c[field.name] for field in fields(PayeeRecord)]
POSTINGS = sql_table(MovementPostingRow)
MOVEMENTS, DRAFTS = sql_table(MovementRow), sql_table(DraftRow)


@dataclass(frozen=True)
class Ledger:
    connection: Connection

    # Writing ------------------------------------------------------------------------------------

    def prepare(self, draft: Draft) -> None:
        """Store what one person prepared."""
        insert_row(self.connection, DraftRow, asdict(draft))

    def append(
        self, movement: Movement, records: Collection[PayeeRecord], postings: Sequence[Posting]
    ) -> None:
        """Store a movement whole. Raises AlreadyStored for a draft that is approved already, NotStored for an unknown
        payee; the database refuses an approval by the person who prepared."""
        bureau, number = movement.bureau, movement.number
        if movement.draft is not None and self.approved(bureau, movement.draft) is not None:
            raise AlreadyStored("审批", f"单 {movement.draft}")
        insert_row(self.connection, MovementRow, asdict(movement))
        rows = (
            (bureau, number, each.payee_id, each.content, each.amount_fen, each.digest) for each in records
        )
        write_rows(self.connection, RECORDS, rows)
        check_payees(self.connection, RECORDS, records, bureau, number=number)
        placed = ((bureau, number, place, *astuple(posting)) for place, posting in enumerate(postings))
        write_rows(self.connection, POSTINGS, placed)

    def note(
        self, bureau: str, payee_id: str, state: str, at: datetime, actor: str, detail: str
    ) -> PayeeEvent:
        """Add what was decided about a payee at the end of the bureau's log."""
        event = PayeeEvent(bureau, 0, state, at, actor, detail, payee_id)
        return append_event(self.connection, PayeeEventRow, event)

    # Reading ------------------------------------------------------------------------------------

    def next_number(self, bureau: str) -> int:
        return self._last(MovementRow, bureau) + 1

    def next_draft(self, bureau: str) -> int:
        return self._last(DraftRow, bureau) + 1

    def _last(self, table: type[Row], bureau: str) -> int:
        columns = sql_table(table).c
        return self.connection.scalar(select(func.max(columns.number)).where(columns.bureau == bureau)) or 0

    def draft(self, bureau: str, number: int) -> Draft | None:
        found = find_row(self.connection, DraftRow, bureau=bureau, number=number)
        return Draft(**found) if found is not None else None

    def drafts(self, bureau: str) -> list[Draft]:
        """Oldest first."""
        return [Draft(**row) for row in find_rows(self.connection, DraftRow, "number", bureau=bureau)]

    def approved(self, bureau: str, draft: int) -> Movement | None:
        """The movement that a draft became, or None."""
        found = find_row(self.connection, MovementRow, bureau=bureau, draft=draft)
        return Movement(**found) if found is not None else None

    def movements(self, bureau: str) -> list[Movement]:
        """Oldest first."""
        return [Movement(**row) for row in find_rows(self.connection, MovementRow, "number", bureau=bureau)]

    def page(self, bureau: str, after: int, limit: int, *, newest_first: bool = False) -> Page[Movement]:
        """The movements after one, oldest or newest first."""
        rows = select(MOVEMENTS).where(MOVEMENTS.c.bureau == bureau)
        place = (after,) if after else ()
        keys = (MOVEMENTS.c.number,)
        found = read_page(self.connection, rows, keys, place, limit, newest_first=newest_first)
        return found.of([Movement(**row) for row in found.items])

    def waiting(self, bureau: str) -> list[Draft]:
        """The drafts that are not approved, oldest first."""
        became = (MOVEMENTS.c.bureau == bureau, MOVEMENTS.c.draft == DRAFTS.c.number)
        ours = select(DRAFTS).where(DRAFTS.c.bureau == bureau, ~exists().where(*became))
        found = self.connection.execute(ours.order_by(DRAFTS.c.number)).mappings()
        return [Draft(**row) for row in found]

    def records(self, bureau: str, number: int) -> Iterator[PayeeRecord]:
        """Every payee's record of one movement, ascending by payee id."""
        ours = select(*RECORD).where(RECORDS.c.bureau == bureau, RECORDS.c.number == number)
        streamed = ours.order_by(RECORDS.c.payee_id).execution_options(yield_per=ROWS_AT_ONCE)
        for payee_id, content, fen, digest in self.connection.execute(streamed):
            yield PayeeRecord(payee_id, as_bytes(content), fen, digest)

    def of_payee(self, bureau: str, payee_id: str) -> list[tuple[int, PayeeRecord]]:
        """One payee's records with the numbers of their movements, ascending; one indexed look-up."""
        ours = select(RECORDS.c.number, *RECORD).where(
            RECORDS.c.bureau == bureau, RECORDS.c.payee_id == payee_id
        )
        found = self.connection.execute(ours.order_by(RECORDS.c.number))
        return [(row[0], PayeeRecord(*row[1:])) for row in found]

    def postings(self, bureau: str, number: int) -> list[Posting]:
        """In the order in which they were saved."""
        found = find_rows(self.connection, MovementPostingRow, "position", bureau=bureau, number=number)
        names = [field.name for field in fields(Posting)]
        return [Posting(**{name: row[name] for name in names}) for row in found]

    def cash(self, bureau: str) -> dict[Pot, int]:
        """What is in every pot, in fen, summed by the database."""
        found = self.connection.execute(
            select(POSTINGS.c.fund, POSTINGS.c.earmark, func.sum(POSTINGS.c.fen))
            .where(POSTINGS.c.bureau == bureau, POSTINGS.c.account == CASH)
            .group_by(POSTINGS.c.fund, POSTINGS.c.earmark)
        )
        return {Pot(fund, earmark): int(fen) for fund, earmark, fen in found}

    def payee_log(self, bureau: str) -> list[PayeeEvent]:
        """Everything that was decided about payees, oldest first."""
        return [
            PayeeEvent(**row) for row in find_rows(self.connection, PayeeEventRow, "number", bureau=bureau)
        ]
