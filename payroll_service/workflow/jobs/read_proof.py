"""Who had a run replayed, or the book proved, when; and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from payroll_service.store.jobs import Job
from payroll_service.store.store import Store
from payroll_service.workflow.jobs.kinds import (
    REPLAY,
    VERIFICATION,
    AskedReplay,
    AskedVerification,
    replay_of,
    verified_book_of,
    written,
)
from payroll_service.workflow.replay_run import Replay
from payroll_service.workflow.verify_book import VerifiedBook

LAST = 5


@dataclass(frozen=True)
class Proof:
    """A job of one of these kinds. What it found is None until it is done, and where it failed."""

    job: Job
    replay: Replay | None = None
    book: VerifiedBook | None = None

    @property
    def found(self) -> Replay | VerifiedBook | None:
        return self.replay or self.book

    @property
    def holds(self) -> bool:
        """Whether it is done, and every check of it holds."""
        return self.found is not None and all(check.holds for check in self.found.checks)


def proof_of(job: Job) -> Proof:
    """What came of a job; nothing of one of another kind."""
    return Proof(
        job,
        replay_of(job.result) if job.kind == REPLAY and job.result else None,
        verified_book_of(job.result) if job.kind == VERIFICATION and job.result else None,
    )


def last_replays(store: Store, bureau: str, run_id: str) -> list[Proof]:
    """The last that were asked for, the last first, whatever came of them."""
    return _last(store, bureau, REPLAY, written(AskedReplay(run_id)))


def last_verifications(store: Store, bureau: str) -> list[Proof]:
    """As `last_replays`, of the whole book."""
    return _last(store, bureau, VERIFICATION, written(AskedVerification()))


def _last(store: Store, bureau: str, kind: str, asked: str) -> list[Proof]:
    with store.reading() as session:
        return [proof_of(job) for job in session.jobs.newest(bureau, kind, asked, LAST)]
