"""Who had a run replayed, or the book proved, when; and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from payroll_service.store.jobs import Job
from payroll_service.store.paging import Page
from payroll_service.store.store import Session, Store
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
from payroll_service.workflow.stored_runs import find_run
from payroll_service.workflow.verify_book import VerifiedBook

LAST = 5  # on a page that has more to show


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


def page_replays(store: Store, bureau: str, run_id: str, after: str = "", limit: int = LAST) -> Page[Proof]:
    """The last that was asked for first, whatever came of it, from the one before the job `after`.

    Raises UnknownRun, UnknownPlace.
    """
    with store.reading() as session:
        find_run(session, bureau, run_id)
        return _page(session, bureau, REPLAY, written(AskedReplay(run_id)), after, limit)


def page_verifications(store: Store, bureau: str, after: str = "", limit: int = LAST) -> Page[Proof]:
    """As `page_replays`, of the whole book."""
    with store.reading() as session:
        return _page(session, bureau, VERIFICATION, written(AskedVerification()), after, limit)


def _page(session: Session, bureau: str, kind: str, asked: str, after: str, limit: int) -> Page[Proof]:
    found = session.jobs.page(bureau, [kind], "", after, limit, asked)
    return found.of([proof_of(job) for job in found.items])
