"""An approved run's lines piece by piece, in the order of its files, however many there are; who takes them is put down.

Records are stored by payee id, and files are ordered by number, which is sealed: the order is worked out first. It is all
that is kept of everybody, some hundred bytes each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from payroll_service.book.payouts import Payouts
from payroll_service.book.receipt import Receipt, read_receipt
from payroll_service.book.records import PayeeIdentity
from payroll_service.book.stored_lines import UnreadableRecord, payouts_from
from payroll_service.export.payroll_tables import RunName
from payroll_service.store.store import Store
from payroll_service.workflow.stored_runs import refuse_unapproved

AT_ONCE = 1000  # payees in memory


@dataclass(frozen=True)
class StreamedRun:
    """A run that is read in pieces. `order`: the payees, packed, as files have them."""

    store: Store
    bureau: str
    name: RunName
    receipt: Receipt
    order: list[bytes]

    def pieces(self) -> Iterator[Payouts]:
        """All lines from the beginning, at least one piece. Raises UnreadableRecord.

        However slowly they are fetched, no transaction stays open meanwhile: the records of a run never change.
        """
        for start in range(0, max(1, len(self.order)), AT_ONCE):
            yield self._piece([_unpacked(self.bureau, one) for one in self.order[start : start + AT_ONCE]])

    def _piece(self, people: list[PayeeIdentity]) -> Payouts:
        identities = {each.payee_id: each for each in people}
        with self.store.reading() as session:
            records = session.runs.records_of(self.bureau, self.name.run, identities)
        funds = {fund.name: fund.title for fund in self.receipt.funds}
        return payouts_from(records, identities, self.receipt.period, self.receipt.items, funds)


def stream_run(store: Store, bureau: str, run_id: str, by: str, now: datetime, what: str) -> StreamedRun:
    """What files of an approved run are made of; the log says `what` file it was.

    Raises UnknownRun, also for a run that is not approved; UnreadableRecord where a record has no identity.
    """
    with store.writing() as session:
        refuse_unapproved(session, bureau, run_id)
        session.access.log_read(bureau, now, by, f"{what} {run_id}", "")
        content = session.runs.receipt(bureau, run_id)
    assert content is not None, "only a calculated run is approved"
    receipt = read_receipt(content)
    order = sorted(_people(store, bureau, run_id))
    return StreamedRun(store, bureau, RunName.of(run_id, receipt), receipt, order)


def _people(store: Store, bureau: str, run_id: str) -> Iterator[bytes]:
    """Everybody who has lines in the run, packed."""
    after = ""
    while True:
        with store.reading() as session:
            page = [each.payee_id for each in session.runs.records_after(bureau, run_id, after, AT_ONCE)]
            known = session.payees.some(bureau, page)
        if not page:
            return
        for payee_id in page:
            if payee_id not in known:
                raise UnreadableRecord(payee_id, "没有对应的身份")
            yield _packed(known[payee_id])
        after = page[-1]


def _packed(who: PayeeIdentity) -> bytes:
    """Ascending as files are: by number, then kind. No text of an identity has a NUL."""
    return "\0".join((who.number, who.kind, who.payee_id, who.label)).encode()


def _unpacked(bureau: str, packed: bytes) -> PayeeIdentity:
    number, kind, payee_id, label = packed.decode().split("\0")
    return PayeeIdentity(bureau, payee_id, kind, number, label, "", "")
