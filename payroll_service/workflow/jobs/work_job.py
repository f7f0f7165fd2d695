"""Work off what was asked for, one job at a time, until told to stop. Several processes may do so on one database."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from payroll_service.access.tokens import new_id
from payroll_service.errors import Refused
from payroll_service.store.errors import StoreBusy, StoreError
from payroll_service.store.jobs import FAILED, RUNNING, Job
from payroll_service.store.store import Store
from payroll_service.workflow.jobs.calculate_job import calculate_job
from payroll_service.workflow.jobs.examine_upload import examine_upload
from payroll_service.workflow.jobs.hold import LEASE, Hold, LostLease
from payroll_service.workflow.jobs.kinds import REPLAY, RUN, VERIFICATION, AskedImport, AskedReplay, AskedRun
from payroll_service.workflow.jobs.prove_job import replay_job, verification_job
from payroll_service.workflow.jobs.sweep_jobs import SWEPT_EVERY, sweep_jobs
from payroll_service.workflow.masking import masked
from rules.language import RuleSetError

ATTEMPTS = 3
LOOKS_EVERY = 0.5  # seconds
RESTS_AFTER_TROUBLE = 5
GRACE_SECONDS = 8
LOG = logging.getLogger("payroll.jobs")


class Worker:
    """`clock` tells the time; `lease`: for how long a job stays in its hands without a sign of life."""

    def __init__(self, store: Store, clock: Callable[[], datetime], lease: timedelta = LEASE) -> None:
        self.store, self.clock, self.lease = store, clock, lease
        self.stopping = threading.Event()
        self._held: Hold | None = None
        self._swept: datetime | None = None

    def run(self) -> None:
        """Until `stopping` is set. Trouble with the database is logged, and tried again after a rest."""
        rest: float = 0
        while not self.stopping.wait(rest):
            try:
                self._sweep()
                rest = 0 if self.work_one() else LOOKS_EVERY
            except Exception as error:
                LOG.error("the worker could not work", exc_info=error)
                rest = RESTS_AFTER_TROUBLE

    def give_back(self) -> None:
        """What it has in hand is anybody's again, as if it had not been begun; what it still does is in vain."""
        if (held := self._held) is not None:
            held.give_back(counted=False)

    def work_one(self) -> bool:
        """Take the next job and do it; False if there is none to take."""
        job = self._take()
        if job is None:
            return False
        with Hold(self.store, job, self.clock, self.lease) as hold:
            self._held = hold
            try:
                do(hold)
            finally:
                self._held = None
        return True

    def _take(self) -> Job | None:
        with self.store.reading() as session:
            if session.jobs.next_due(self.clock()) is None:
                return None  # most of the time; nobody waits for a writer that only looks
        with self.store.writing() as session:
            now = self.clock()
            while (due := session.jobs.next_due(now)) is not None:
                if due.attempts < ATTEMPTS:
                    return session.jobs.change(
                        due, state=RUNNING, worker=new_id(), lease_until=now + self.lease,
                        attempts=due.attempts + 1, done=0, total=0, words="",
                    )  # fmt: skip
                session.jobs.change(
                    due, state=FAILED, worker="", lease_until=None, ended_at=now,
                    message=f"试了 {ATTEMPTS} 次都没有做完。",
                    remedy="请再提交一次；还是不成，请告诉管理员：可能内存不够，或程序有错误。",
                )  # fmt: skip
                session.jobs.drop(due)
        return None

    def _sweep(self) -> None:
        now = self.clock()
        if self._swept is None or now - self._swept >= SWEPT_EVERY:
            sweep_jobs(self.store, now)
            self._swept = now


def do(hold: Hold) -> None:
    """Do the work of a job. What a use case refuses ends it as failed; other trouble leaves it to the next attempt."""
    asked, kind = json.loads(hold.job.request), hold.job.kind
    try:
        if kind == RUN:
            calculate_job(hold, AskedRun(**asked))
        elif kind == REPLAY:
            replay_job(hold, AskedReplay(**asked))
        elif kind == VERIFICATION:
            verification_job(hold)
        else:
            examine_upload(hold, AskedImport(**asked))
    except LostLease:
        LOG.warning("a job was taken over before it was done")
    except StoreBusy as busy:
        LOG.warning("a job has to wait for the database", exc_info=busy)
        hold.give_back(counted=False)
    except RuleSetError as error:
        _fail(hold, f"规则集有 {len(error.problems)} 处错误：{error.problems[0]}。", "请改正规则集。")
    except Refused as refused:
        _fail(hold, masked(refused.message), masked(refused.remedy))
    except StoreError as error:
        _fail(hold, str(error), "")
    except Exception as error:
        LOG.error("a job was not done", exc_info=error)
        hold.give_back()


def _fail(hold: Hold, message: str, remedy: str) -> None:
    with suppress(LostLease), hold.store.writing() as session:
        session.jobs.drop(hold.job)
        hold.end(session, FAILED, message=message, remedy=remedy)


@contextmanager
def working(store: Store, clock: Callable[[], datetime]) -> Iterator[None]:
    """A worker in a thread beside. At the end it finishes what it has in hand, or gives it back after a grace."""
    worker = Worker(store, clock)
    thread = threading.Thread(target=worker.run, name="jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stopping.set()
        thread.join(GRACE_SECONDS)
        worker.give_back()
