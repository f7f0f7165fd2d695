"""The work of a replay job, and of one that proves the whole book: every check is kept with the job.

Something that was altered is what such a job is for: it is done, and its result says so.
"""

from __future__ import annotations

from dataclasses import replace

from payroll_service.audit.evidence import AuditCheck
from payroll_service.store.jobs import DONE
from payroll_service.workflow.jobs.hold import Hold
from payroll_service.workflow.jobs.kinds import AskedReplay, written
from payroll_service.workflow.masking import masked
from payroll_service.workflow.replay_run import Replay, replay_run
from payroll_service.workflow.verify_book import VerifiedBook, verify_book


def replay_job(hold: Hold, asked: AskedReplay) -> None:
    """Ends the job `done` with a Replay. Raises UnknownRun, LostLease."""
    _end(hold, replay_run(hold.store, hold.job.bureau, asked.run, hold.progress))


def verification_job(hold: Hold) -> None:
    """Ends the job `done` with a VerifiedBook. Raises LostLease."""
    _end(hold, verify_book(hold.store, hold.job.bureau, hold.progress))


def _end(hold: Hold, found: Replay | VerifiedBook) -> None:
    told = replace(found, checks=tuple(map(_masked, found.checks)))
    with hold.store.writing() as session:
        hold.end(session, DONE, written(told))


def _masked(check: AuditCheck) -> AuditCheck:
    """Lines that differ name people by their numbers, and a result lies in clear."""
    return replace(check, detail=masked(check.detail))
