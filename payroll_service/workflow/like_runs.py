"""The approved runs that a run can be held against: of the same kind of period, under the same rule set in any version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from payroll_service.book.receipt import NettedRun
from payroll_service.book.records import RunRecord
from payroll_service.store.store import Session


def like_runs(session: Session, run: RunRecord) -> list[RunRecord]:
    """Approved runs like this one, itself left out; the last period first, and of one period the one approved last."""
    names = {run.rule_set: session.rule_sets.get(run.bureau, run.rule_set).name}
    runs = {one.run_id: one for one in session.runs.all(run.bureau)}
    approved = [runs[one.run_id] for one in reversed(session.runs.approved(run.bureau))]
    same_kind = [one for one in approved if one.kind == run.kind and one.run_id != run.run_id]
    for fingerprint in {one.rule_set for one in same_kind} - {run.rule_set}:
        names[fingerprint] = session.rule_sets.get(run.bureau, fingerprint).name
    like = [one for one in same_kind if names[one.rule_set] == names[run.rule_set]]
    return sorted(like, key=lambda one: one.period, reverse=True)


def corrected_by(like: Sequence[RunRecord], run: RunRecord, netted: Iterable[NettedRun]) -> list[RunRecord]:
    """Those of them that the run corrects: of its period, and `netted` by it. Older runs netted other rule sets', too."""
    named = {one.run for one in netted}
    return [one for one in like if one.period == run.period and one.run_id in named]


def of_earlier_periods(like: Sequence[RunRecord], run: RunRecord) -> list[RunRecord]:
    """Those of them whose period lies before this run's. Names of periods of one kind ascend with time."""
    return [one for one in like if one.period < run.period]
