"""Reading what approved runs pay: one's own, or everybody's for a finance system. Whoever reads others is put down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from payroll_service.access.tokens import token_hash
from payroll_service.book.records import PayeeRecord, RunRecord, TotalRecord
from payroll_service.errors import UnknownPayee
from payroll_service.store.breakdowns import OwnBreakdown
from payroll_service.store.paging import Page
from payroll_service.store.store import Session, Store
from payroll_service.workflow.ledger import all_payees
from payroll_service.workflow.stored_runs import find_run, refuse_unapproved

AT_ONCE = 1000  # records in memory while they are sent


@dataclass(frozen=True)
class Paid:
    """One approved run that pays a payee: `content` are the bytes that the payee is sent."""

    run: RunRecord
    amount_fen: int
    content: bytes


def page_own_payouts(store: Store, bureau: str, payee: str, after: str, limit: int) -> Page[Paid]:
    """The approved runs with a record of this payee, the last approved first. Raises UnknownPlace."""
    with store.reading() as session:
        page = session.runs.page_of_payee(bureau, payee, after, limit)
        return page.of([_paid(session, bureau, run_id, payee) for run_id in page.items])


def _paid(session: Session, bureau: str, run_id: str, payee: str) -> Paid:
    record = session.runs.record(bureau, run_id, payee)
    assert record is not None, "the run was found by it"
    return Paid(session.runs.get(bureau, run_id), record.amount_fen, record.content)


def own_payout(store: Store, bureau: str, payee: str, run_id: str) -> bytes:
    """The payee's lines in one approved run. Raises UnknownPayee, which tells nothing about the run."""
    with store.reading() as session:
        record = (
            session.runs.record(bureau, run_id, payee) if session.runs.is_approved(bureau, run_id) else None
        )
    if record is None:
        raise not_paid(run_id)
    return record.content


async def own_breakdown(store: Store, token: str, run_id: str, now: datetime) -> OwnBreakdown | None:
    """Who holds the token of an open session, and what `own_payout` gives them; by one query, for the many who look."""
    return await store.breakdowns.own(token_hash(token), run_id, now)


def not_paid(run_id: str) -> UnknownPayee:
    return UnknownPayee(f"批次 {run_id} 里没有您的发放。", "请在“我的工资”里选一次发放。")


def no_record() -> UnknownPayee:
    return UnknownPayee("没有这位收款人的记录。", "请核对批次和收款人。")


def read_payout(store: Store, bureau: str, run_id: str, payee: str, by: str, now: datetime) -> bytes:
    """Another person's lines in a run; that `by` read them is put down. Raises UnknownPayee."""
    with store.writing() as session:
        record = session.runs.record(bureau, run_id, payee)
        if record is None:
            raise no_record()
        session.access.log_read(bureau, now, by, f"payout {run_id}", payee)
        return record.content


def run_totals(store: Store, bureau: str, run_id: str, unit: str = "") -> list[TotalRecord]:
    """The totals of a run by unit, item and fund; of one unit alone if it is named. Raises UnknownRun."""
    with store.reading() as session:
        find_run(session, bureau, run_id)
        found = session.runs.totals(bureau, run_id)
    return [one for one in found if unit in ("", one.unit)]


def approved_payouts(store: Store, bureau: str, run_id: str, by: str, now: datetime) -> Iterator[bytes]:
    """Every payee's lines of an approved run as JSON lines, ascending by payee id, with number and name.

    Raises UnknownRun at once, also for a run that is not approved: nobody pays from it.
    """
    with store.writing() as session:
        refuse_unapproved(session, bureau, run_id)
        session.access.log_read(bureau, now, by, f"payouts {run_id}", "")
    return _lines(store, bureau, run_id)


def _lines(store: Store, bureau: str, run_id: str) -> Iterator[bytes]:
    """However slowly they are fetched, no transaction stays open meanwhile: the records of a run never change."""
    with store.reading() as session:
        identities = all_payees(session, bureau)
    after = ""
    while page := _page(store, bureau, run_id, after):
        for record in page:
            who = identities[record.payee_id]
            head = {"payee": who.payee_id, "kind": who.kind, "number": who.number, "name": who.label}
            yield json.dumps(head | json.loads(record.content), ensure_ascii=False).encode() + b"\n"
        after = page[-1].payee_id


def _page(store: Store, bureau: str, run_id: str, after: str) -> list[PayeeRecord]:
    with store.reading() as session:
        return session.runs.records_after(bureau, run_id, after, AT_ONCE)
