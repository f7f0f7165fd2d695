"""How each item of a payout came about: one's own, or another's, which is put down."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from payroll_service.calculation.explanation import Explanation
from payroll_service.store.store import Store
from payroll_service.workflow.explain_payout import explain_own
from payroll_service.workflow.read_payees import PayeeCard
from payroll_service.workflow.read_payouts import no_record, own_payout


@dataclass(frozen=True)
class ExplainedPayout:
    """A payee's lines of a run as they are stored (`content`), and how each item came about.

    `explanations` None where the run's data do not have her any more: see `explain_own`.
    """

    run_id: str
    card: PayeeCard
    content: Mapping[str, Any]
    explanations: Sequence[Explanation] | None


def own_explanation(store: Store, bureau: str, payee: str, run_id: str) -> ExplainedPayout:
    """Of one's own payout in an approved run. Raises UnknownPayee, which tells nothing about the run."""
    return _explained(store, bureau, run_id, payee, own_payout(store, bureau, payee, run_id))


def read_explanation(
    store: Store, bureau: str, run_id: str, payee: str, by: str, now: datetime, approved_only: bool = False
) -> ExplainedPayout:
    """Of another person's payout; that `by` read it is put down. Raises UnknownPayee.

    `approved_only`: of any other run as if it were not there.
    """
    with store.writing() as session:
        record = session.runs.record(bureau, run_id, payee)
        if record is None or (approved_only and not session.runs.is_approved(bureau, run_id)):
            raise no_record()
        session.access.log_read(bureau, now, by, f"explain {run_id}", payee)
    return _explained(store, bureau, run_id, payee, record.content)


def _explained(store: Store, bureau: str, run_id: str, payee: str, content: bytes) -> ExplainedPayout:
    with store.reading() as session:
        who = session.payees.get(bureau, payee)
    explanations = explain_own(store, bureau, run_id, who.number)
    return ExplainedPayout(run_id, PayeeCard(who), json.loads(content), explanations)
