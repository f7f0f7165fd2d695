"""Long work in the database: asked for, in one worker's hands at a time, ended once.

A job passes from hand to hand by one statement, `change`: an UPDATE that finds the row only as long as it is in the
same state, with the same worker and in the same attempt. A worker whose job was taken over finds nothing to change, and
what it wrote in that transaction is not committed.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, tuple_, update

from payroll_service.store.job_tables import JobContentRow, JobRow
from payroll_service.store.paging import Page, place_of, read_page
from payroll_service.store.rows import find_row, insert_row, sql_table
from payroll_service.store.sealed import FAST
from payroll_service.store.vault import Vault

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
EXAMINED, UNSOUND, EXPIRED = "examined", "unsound", "expired"  # of imports: see workflow/jobs
JOBS, CONTENTS = sql_table(JobRow), sql_table(JobContentRow)


@dataclass(frozen=True)
class Job:
    """`request` and `result` are JSON. `attempts`: how many workers began it. `done` of `total` steps, and `words` for
    the present one. `message` and `remedy` say why it failed."""

    bureau: str
    job_id: str
    kind: str
    request: str
    asked_by: str
    unit: str
    asked_at: datetime
    state: str = WAITING
    worker: str = ""
    lease_until: datetime | None = None
    attempts: int = 0
    done: int = 0
    total: int = 0
    words: str = ""
    result: str = ""
    message: str = ""
    remedy: str = ""
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether a worker still has something to do."""
        return self.state in (WAITING, RUNNING)


@dataclass(frozen=True)
class Jobs:
    connection: Connection
    vault: Vault

    def add(self, job: Job) -> None:
        insert_row(self.connection, JobRow, asdict(job))

    def find(self, bureau: str, job_id: str) -> Job | None:
        found = find_row(self.connection, JobRow, bureau=bureau, job_id=job_id)
        return Job(**found) if found is not None else None

    def page(
        self, bureau: str, kinds: Sequence[str], unit: str, after: str, limit: int, request: str = ""
    ) -> Page[Job]:
        """Jobs of these kinds, the last asked first, of one unit if it is named, of this very request if there is one;
        from the one asked before the job `after`. Raises UnknownPlace."""
        wanted = [JOBS.c.bureau == bureau, JOBS.c.kind.in_(kinds)]
        if unit:
            wanted.append(JOBS.c.unit == unit)
        if request:
            wanted.append(JOBS.c.request == request)
        keys = (JOBS.c.asked_at, JOBS.c.job_id)
        place = place_of(self.connection, select(*keys).where(*wanted, JOBS.c.job_id == after), after)
        found = read_page(self.connection, select(JOBS).where(*wanted), keys, place, limit, named="job_id")
        return found.of([Job(**row) for row in found.items])

    def open_of(self, bureau: str, kinds: Sequence[str], by: str) -> int:
        """How many jobs of these kinds that somebody asked for a worker still has to do."""
        ours = (JOBS.c.bureau == bureau, JOBS.c.kind.in_(kinds), JOBS.c.asked_by == by)
        found = select(func.count()).where(*ours, JOBS.c.state.in_((WAITING, RUNNING)))
        return self.connection.scalar(found) or 0

    def next_due(self, now: datetime) -> Job | None:
        """The job of any bureau that has waited longest, or whose worker's lease ran out."""
        abandoned = and_(JOBS.c.state == RUNNING, JOBS.c.lease_until < now)
        due = select(JOBS).where(or_(JOBS.c.state == WAITING, abandoned))
        found = self.connection.execute(due.order_by(JOBS.c.asked_at, JOBS.c.job_id).limit(1)).mappings()
        row = found.one_or_none()
        return Job(**row) if row is not None else None

    def change(self, job: Job, **values: Any) -> Job | None:
        """The job with other values; None, and nothing changes, if it is no longer in the hands that `job` says."""
        changed = replace(job, **values)
        JobRow.model_validate(asdict(changed), strict=True)
        same = (JOBS.c.state == job.state, JOBS.c.worker == job.worker, JOBS.c.attempts == job.attempts)
        done = self.connection.execute(update(JOBS).where(*_of(JOBS, job), *same).values(**values))
        return changed if done.rowcount == 1 else None

    # Contents ------------------------------------------------------------------------------------

    def keep(self, job: Job, name: str, content: bytes) -> None:
        """Keep bytes with a job, in the place of what had that name."""
        self.drop(job, name)
        packed = self.vault.seal(zlib.compress(content, FAST), *_place(job, name))
        row = {"bureau": job.bureau, "job_id": job.job_id, "name": name, "content": packed}
        insert_row(self.connection, JobContentRow, row)

    def content(self, job: Job, name: str) -> bytes | None:
        """The bytes of that name; None once they are dropped."""
        found = select(CONTENTS.c.content).where(*_of(CONTENTS, job), CONTENTS.c.name == name)
        packed = self.connection.scalar(found)
        if packed is None:
            return None
        return zlib.decompress(self.vault.open(packed, "任务的文件", *_place(job, name)))

    def drop(self, job: Job, *names: str) -> None:
        """Drop these contents, or all if none is named."""
        chosen = [CONTENTS.c.name.in_(names)] if names else []
        self.connection.execute(delete(CONTENTS).where(*_of(CONTENTS, job), *chosen))

    def expire(self, before: datetime, now: datetime) -> None:
        """Drop the contents of jobs asked for before a moment; an import that still waited for a person is over."""
        old = and_(JOBS.c.asked_at < before, JOBS.c.state.not_in((WAITING, RUNNING)))
        ids = select(JOBS.c.bureau, JOBS.c.job_id).where(old)
        self.connection.execute(delete(CONTENTS).where(tuple_(CONTENTS.c.bureau, CONTENTS.c.job_id).in_(ids)))
        left = and_(old, JOBS.c.state.in_((EXAMINED, UNSOUND)))
        self.connection.execute(update(JOBS).where(left).values(state=EXPIRED, ended_at=now))


def _of(table: Any, job: Job) -> list[ColumnElement[bool]]:
    return [table.c.bureau == job.bureau, table.c.job_id == job.job_id]


def _place(job: Job, name: str) -> tuple[str, ...]:
    return ("job_content", job.bureau, job.job_id, name)
