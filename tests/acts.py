"""A run's whole way to its approval, for tests of what comes after: rule set enacted, run submitted, approved."""

from __future__ import annotations

from datetime import datetime

from payroll_service.book.records import RunApproval
from payroll_service.book.run_states import CALCULATED
from payroll_service.store.store import Store
from payroll_service.workflow.approve_run import approve_run
from payroll_service.workflow.enact_rules import PassedExamples, enact_rules
from payroll_service.workflow.submit_run import submit_run

PASSED = PassedExamples((("手算.yaml", 1),))


def enact(store: Store, bureau: str, fingerprint: str, by: str, now: datetime) -> None:
    """Put a stored draft in force, as if one worked example had passed; nothing where it is in force."""
    with store.reading() as session:
        is_enacted = session.rule_sets.is_enacted(bureau, fingerprint)
    if not is_enacted:
        enact_rules(store, bureau, fingerprint, by, now, PASSED)


def make_ready(store: Store, bureau: str, run_id: str, now: datetime, enacted_by: str = "启用人") -> None:
    """Enact the run's rule set and submit the run, in its clerk's name, where that is not done yet."""
    with store.reading() as session:
        run = session.runs.get(bureau, run_id)
        state = session.runs.latest_events(bureau)[run_id].state
    enact(store, bureau, run.rule_set, enacted_by, now)
    if state == CALCULATED:
        submit_run(store, bureau, run_id, run.created_by, now)


def approve(store: Store, bureau: str, run_id: str, by: str, now: datetime) -> RunApproval:
    """All that has to come before, and the approval."""
    make_ready(store, bureau, run_id, now)
    return approve_run(store, bureau, run_id, by, now)
