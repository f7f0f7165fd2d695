"""A job in one worker's hands: its lease is renewed by a thread beside the work, its progress is told, it ends once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from types import TracebackType

from payroll_service.store.errors import StoreBusy
from payroll_service.store.jobs import WAITING, Job
from payroll_service.store.store import Session, Store

LEASE = timedelta(seconds=60)
RENEWED_EVERY = 15  # seconds; twice may fail before the lease runs out
TOLD_EVERY = 0.5
LOG = logging.getLogger("payroll.jobs")


class LostLease(Exception):
    """Somebody else has the job by now: what this worker did for it is not to be committed."""


@dataclass
class Hold:
    """Use as a context: while it lasts, the lease is renewed and progress is committed, apart from the work."""

    store: Store
    job: Job
    clock: Callable[[], datetime]
    lease: timedelta = LEASE
    _told: tuple[int, int, str] = (0, 0, "")
    lost: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)

    def progress(self, done: int, total: int, words: str) -> None:
        """Remember how far the work is. Raises LostLease once it has been done in vain."""
        if self.lost.is_set():
            raise LostLease
        self._told = (done, total, words)

    def end(
        self, session: Session, state: str, result: str = "", message: str = "", remedy: str = ""
    ) -> None:
        """End the job in the transaction that stores its work. Raises LostLease, which must roll that back."""
        _, total, _ = self._told
        ended = session.jobs.change(
            self.job, state=state, worker="", lease_until=None, done=total, total=total, words="",
            result=result, message=message, remedy=remedy, ended_at=self.clock(),
        )  # fmt: skip
        if ended is None:
            raise LostLease

    def give_back(self, counted: bool = True) -> None:
        """Let the next worker begin it again; not `counted`: as if this one never had."""
        self.lost.set()
        attempts = self.job.attempts - (not counted)
        with self.store.writing() as session:
            session.jobs.change(self.job, state=WAITING, worker="", lease_until=None, attempts=attempts)

    def __enter__(self) -> Hold:
        self._beat = threading.Thread(target=self._renew, name="job-lease", daemon=True)
        self._beat.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._beat.join()

    def _renew(self) -> None:
        told, renewed = self._told, perf_counter()
        while not self._over.wait(TOLD_EVERY):
            if told == self._told and perf_counter() - renewed < RENEWED_EVERY:
                continue
            told, renewed = self._told, perf_counter()
            try:
                held = self._commit(*told)
            except StoreBusy:
                continue  # somebody is storing, perhaps the work itself; the next try will do
            except Exception as error:
                LOG.warning("a lease was not renewed", exc_info=error)
                continue
            if not held:
                self.lost.set()
                return

    def _commit(self, done: int, total: int, words: str) -> bool:
        with self.store.writing() as session:
            if self._over.is_set():
                return True  # it ended while this waited for its turn
            until = self.clock() + self.lease
            changed = session.jobs.change(self.job, lease_until=until, done=done, total=total, words=words)
            return changed is not None
