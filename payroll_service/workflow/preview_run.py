"""A run beside the last one of its kind, for whoever submits or approves it: sums, people by name, what looks odd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from payroll_service.book.records import RunRecord
from payroll_service.book.run_change import Thresholds
from payroll_service.store.store import Store
from payroll_service.workflow.compare_runs import EXAMPLES, ComparedRuns, compare_runs, run_to_compare
from payroll_service.workflow.like_runs import like_runs
from payroll_service.workflow.read_payees import PayeeCard
from payroll_service.workflow.stored_runs import find_run


@dataclass(frozen=True)
class Preview:
    """`compared` None where there is nothing to compare with; `people`: everybody whom it lists, by payee id.

    `others`: the approved runs that this one can be compared with, the last period first.
    """

    compared: ComparedRuns | None
    people: Mapping[str, PayeeCard]
    others: tuple[RunRecord, ...]


def preview_run(
    store: Store,
    bureau: str,
    run_id: str,
    by: str,
    now: datetime,
    other: str = "",
    thresholds: Thresholds = EXAMPLES,
) -> Preview:
    """As `compare_runs`, with names; that `by` read them is put down. Raises UnknownRun, UnknownPeriod."""
    with store.reading() as session:
        run = find_run(session, bureau, run_id)
        others = tuple(like_runs(session, run))
        followed = None if other else run_to_compare(session, run)
    if not other and followed is None:
        return Preview(None, {}, others)
    compared = compare_runs(store, bureau, run_id, followed.run_id if followed else other, thresholds)
    change = compared.change
    listed = {one.payee_id for one in (*change.largest, *change.odd, *change.new, *change.gone)}
    with store.writing() as session:
        people = {payee: PayeeCard(session.payees.get(bureau, payee)) for payee in listed}
        if people:
            session.access.log_read(bureau, now, by, f"preview {run_id}", "")
    return Preview(compared, people, others)
