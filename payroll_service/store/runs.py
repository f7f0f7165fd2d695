"""Runs: what was calculated from what, and everything that happened to it. Only ever added to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, astuple, dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.grants import grants_of
from payroll_service.book.records import (
    PayeeRecord,
    PoolRecord,
    RunApproval,
    RunEvent,
    RunOutcome,
    RunRecord,
    TotalRecord,
    sha256,
)
from payroll_service.book.run_states import APPROVED, PREPARED
from payroll_service.store.bulk import write_rows
from payroll_service.store.enrolled import check_payees
from payroll_service.store.errors import AlreadyStored, NotStored
from payroll_service.store.events import append_event
from payroll_service.store.paging import Page, place_of, read_page
from payroll_service.store.rows import (
    ROWS_AT_ONCE,
    as_bytes,
    find_row,
    find_rows,
    insert_row,
    is_stored,
    rows_of,
    sql_table,
)
from payroll_service.store.tables import (
    RunApprovalRow,
    RunEventRow,
    RunPoolRow,
    RunReceiptRow,
    RunRecordRow,
    RunRow,
    RunTotalRow,
)

RECORDS = sql_table(RunRecordRow)
RECORD = [RECORDS.c[field.name] for field in fields(PayeeRecord)]
EVENTS = sql_table(RunEventRow)
RUNS = sql_table(RunRow)
APPROVALS = sql_table(RunApprovalRow)


@dataclass(frozen=True)
class Runs:
    connection: Connection

    # Writing ------------------------------------------------------------------------------------

    def create(self, run: RunRecord) -> None:
        """Record what is to be calculated from what."""
        if is_stored(self.connection, RunRow, bureau=run.bureau, run_id=run.run_id):
            raise AlreadyStored("核算批次", run.run_id)
        insert_row(self.connection, RunRow, asdict(run))

    def append(
        self, bureau: str, run_id: str, state: str, at: datetime, actor: str, detail: str = ""
    ) -> RunEvent:
        """Add what happened to the run at the end of the bureau's log."""
        event = RunEvent(bureau, 0, state, at, actor, detail, run_id)
        return append_event(self.connection, RunEventRow, event)

    def save_outcome(
        self, bureau: str, run_id: str, records: Collection[PayeeRecord], outcome: RunOutcome
    ) -> int:
        """Store what the run calculated, once; returns the number of records.

        Raises NotStored for an unknown run or payee.
        """
        self.get(bureau, run_id)
        if is_stored(self.connection, RunReceiptRow, bureau=bureau, run_id=run_id):
            raise AlreadyStored("核算结果", run_id)
        key = (bureau, run_id)
        rows = ((*key, each.payee_id, each.content, each.amount_fen, each.digest) for each in records)
        written = write_rows(self.connection, RECORDS, rows)
        check_payees(self.connection, RECORDS, records, bureau, run_id=run_id)
        pools = ((*key, position, *astuple(pool)) for position, pool in enumerate(outcome.pools))
        write_rows(self.connection, sql_table(RunPoolRow), pools)
        totals = ((*key, position, *astuple(total)) for position, total in enumerate(outcome.totals))
        write_rows(self.connection, sql_table(RunTotalRow), totals)
        receipt = {"content": outcome.receipt, "digest": sha256(outcome.receipt)}
        insert_row(self.connection, RunReceiptRow, {"bureau": bureau, "run_id": run_id} | receipt)
        return written

    def approve(self, approval: RunApproval) -> RunApproval:
        """Record that a run is approved, once, and say so in the log, whose number the approval gets.

        The database refuses an approval by the person who created the run, and of a run without a receipt.
        """
        key = {"bureau": approval.bureau, "run_id": approval.run_id}
        if is_stored(self.connection, RunApprovalRow, **key):
            raise AlreadyStored("审批", approval.run_id)
        event = self.append(
            approval.bureau, approval.run_id, APPROVED, approval.at, approval.approved_by, approval.receipt
        )
        numbered = replace(approval, number=event.number)
        insert_row(self.connection, RunApprovalRow, asdict(numbered))
        return numbered

    # Reading ------------------------------------------------------------------------------------

    def get(self, bureau: str, run_id: str) -> RunRecord:
        found = self.find(bureau, run_id)
        if found is None:
            raise NotStored("核算批次", run_id)
        return found

    def find(self, bureau: str, run_id: str) -> RunRecord | None:
        found = find_row(self.connection, RunRow, bureau=bureau, run_id=run_id)
        return RunRecord(**found) if found is not None else None

    def all(self, bureau: str) -> list[RunRecord]:
        """Oldest first."""
        return [RunRecord(**row) for row in find_rows(self.connection, RunRow, "created_at", bureau=bureau)]

    def page(self, bureau: str, after: str, limit: int) -> Page[RunRecord]:
        """The last begun first, from the one begun before the run `after`. Raises UnknownPlace."""
        begun = (EVENTS.c.bureau == bureau, EVENTS.c.state == PREPARED)
        same = (RUNS.c.bureau == EVENTS.c.bureau) & (RUNS.c.run_id == EVENTS.c.run_id)
        asked = select(EVENTS.c.number).where(*begun, EVENTS.c.run_id == after)
        place = place_of(self.connection, asked, after)
        rows = select(RUNS).select_from(EVENTS.join(RUNS, same)).where(*begun)
        found = read_page(self.connection, rows, (EVENTS.c.number,), place, limit, named="run_id")
        return found.of([RunRecord(**row) for row in found.items])

    def page_of_payee(self, bureau: str, payee_id: str, after: str, limit: int) -> Page[str]:
        """The approved runs with a record of this payee, the last approved first. Raises UnknownPlace."""
        approved = APPROVALS.c.bureau == bureau
        same = (RECORDS.c.bureau == APPROVALS.c.bureau) & (RECORDS.c.run_id == APPROVALS.c.run_id)
        asked = select(APPROVALS.c.number).where(approved, APPROVALS.c.run_id == after)
        place = place_of(self.connection, asked, after)
        paid = APPROVALS.join(RECORDS, same & (RECORDS.c.payee_id == payee_id))
        rows = select(APPROVALS.c.run_id).select_from(paid).where(approved)
        found = read_page(self.connection, rows, (APPROVALS.c.number,), place, limit, named="run_id")
        return found.of([row["run_id"] for row in found.items])

    def page_of_events(self, bureau: str, run_id: str, after: int, limit: int) -> Page[RunEvent]:
        """What happened to one run, oldest first."""
        rows = select(EVENTS).where(EVENTS.c.bureau == bureau, EVENTS.c.run_id == run_id)
        place = (after,) if after else ()
        found = read_page(self.connection, rows, (EVENTS.c.number,), place, limit, newest_first=False)
        return found.of([RunEvent(**row) for row in found.items])

    def events(self, bureau: str, run_id: str) -> list[RunEvent]:
        """What happened to one run, oldest first."""
        found = find_rows(self.connection, RunEventRow, "number", bureau=bureau, run_id=run_id)
        return [RunEvent(**row) for row in found]

    def log(self, bureau: str) -> list[RunEvent]:
        """Everything that happened to the bureau's runs, oldest first."""
        return [RunEvent(**row) for row in find_rows(self.connection, RunEventRow, "number", bureau=bureau)]

    def last_event(self, bureau: str, run_id: str) -> RunEvent:
        """What happened to a run last: its state."""
        return self.latest_events(bureau, (run_id,))[run_id]

    def latest_events(self, bureau: str, run_ids: Collection[str] | None = None) -> dict[str, RunEvent]:
        """The last event of these runs, or of every run: their states."""
        last = select(func.max(EVENTS.c.number)).where(EVENTS.c.bureau == bureau).group_by(EVENTS.c.run_id)
        if run_ids is not None:
            last = last.where(EVENTS.c.run_id.in_(run_ids))
        latest = select(EVENTS).where(EVENTS.c.bureau == bureau, EVENTS.c.number.in_(last))
        found = self.connection.execute(latest.order_by(EVENTS.c.number)).mappings()
        return {row["run_id"]: RunEvent(**row) for row in found}

    def records(self, bureau: str, run_id: str) -> Iterator[PayeeRecord]:
        """Every payee's lines, ascending by payee id, some thousand in memory at a time."""
        ours = select(*RECORD).where(RECORDS.c.bureau == bureau, RECORDS.c.run_id == run_id)
        streamed = ours.order_by(RECORDS.c.payee_id).execution_options(yield_per=ROWS_AT_ONCE)
        for payee_id, content, fen, digest in self.connection.execute(streamed):
            yield PayeeRecord(payee_id, as_bytes(content), fen, digest)

    def records_after(self, bureau: str, run_id: str, payee_id: str, limit: int) -> list[PayeeRecord]:
        """The next so many records after a payee's, ascending by payee id; from the first after ""."""
        ours = (RECORDS.c.bureau == bureau, RECORDS.c.run_id == run_id, RECORDS.c.payee_id > payee_id)
        page = select(*RECORD).where(*ours).order_by(RECORDS.c.payee_id).limit(limit)
        return [PayeeRecord(*row) for row in self.connection.execute(page)]

    def records_of(self, bureau: str, run_id: str, payee_ids: Collection[str]) -> list[PayeeRecord]:
        """Of these payees, those who have lines in the run."""
        ours = (RECORDS.c.bureau == bureau, RECORDS.c.run_id == run_id, RECORDS.c.payee_id.in_(payee_ids))
        return [PayeeRecord(*row) for row in self.connection.execute(select(*RECORD).where(*ours))]

    def record(self, bureau: str, run_id: str, payee_id: str) -> PayeeRecord | None:
        """One payee's lines in one run, by one indexed look-up."""
        row = find_row(self.connection, RunRecordRow, bureau=bureau, run_id=run_id, payee_id=payee_id)
        return PayeeRecord(**facts(row)) if row is not None else None

    def paying(self, bureau: str, payee_id: str) -> dict[str, PayeeRecord]:
        """One payee's lines in every approved run that has some, by run id, in the order of approval."""
        same = (APPROVALS.c.bureau == RECORDS.c.bureau, APPROVALS.c.run_id == RECORDS.c.run_id)
        ours = (APPROVALS.c.bureau == bureau, RECORDS.c.payee_id == payee_id)
        found = select(RECORDS.c.run_id, *RECORD).where(*same, *ours).order_by(APPROVALS.c.number)
        return {run_id: PayeeRecord(*row) for run_id, *row in self.connection.execute(found)}

    def approved(self, bureau: str) -> list[RunApproval]:
        """Every approval, in the order in which they were given."""
        return [
            RunApproval(**row) for row in find_rows(self.connection, RunApprovalRow, "number", bureau=bureau)
        ]

    def approvals(self, bureau: str, run_ids: Collection[str]) -> dict[str, RunApproval]:
        """Of these runs, by run."""
        found = rows_of(self.connection, RunApprovalRow, "number", "run_id", run_ids, bureau=bureau)
        return {row["run_id"]: RunApproval(**row) for row in found}

    def is_approved(self, bureau: str, run_id: str) -> bool:
        return is_stored(self.connection, RunApprovalRow, bureau=bureau, run_id=run_id)

    def granted(self, bureau: str) -> Iterator[tuple[RunRecord, Entitlement, int]]:
        """(run, entitlement, due fen) of all that approved runs grant, in the order of approval, then of payee ids.

        Nothing of zero, and nothing of a payee whom the run holds back. Equal entitlements add up to what is granted.
        """
        for approval in self.approved(bureau):
            run = self.get(bureau, approval.run_id)
            for record in self.records(bureau, approval.run_id):
                for entitlement, fen in grants_of(record):
                    yield run, entitlement, fen

    def pools(self, bureau: str, run_id: str) -> list[PoolRecord]:
        """In the order in which they were saved."""
        found = find_rows(self.connection, RunPoolRow, "position", bureau=bureau, run_id=run_id)
        return [PoolRecord(**facts(row)) for row in found]

    def totals(self, bureau: str, run_id: str) -> list[TotalRecord]:
        """In the order in which they were saved."""
        found = find_rows(self.connection, RunTotalRow, "position", bureau=bureau, run_id=run_id)
        return [TotalRecord(**facts(row)) for row in found]

    def receipt(self, bureau: str, run_id: str) -> bytes | None:
        """The receipt in its very bytes; None before the run is calculated."""
        found = find_row(self.connection, RunReceiptRow, bureau=bureau, run_id=run_id)
        return None if found is None else as_bytes(found["content"])

    def receipts(self, bureau: str, run_ids: Collection[str]) -> dict[str, bytes]:
        """The receipts of those of the runs that are calculated."""
        found = rows_of(self.connection, RunReceiptRow, "run_id", "run_id", run_ids, bureau=bureau)
        return {row["run_id"]: as_bytes(row["content"]) for row in found}


def facts(row: RowMapping) -> dict[str, Any]:
    """A row without its run and its place there."""
    return {name: value for name, value in row.items() if name not in ("bureau", "run_id", "position")}
