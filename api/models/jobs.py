"""Requests and answers about jobs: long work that is asked for, and what came of it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from api.models.base import Answer, Digest, Request
from api.models.ledger import BookAnswer
from api.models.runs import ReplayAnswer
from payroll_service.store.jobs import Job
from payroll_service.workflow.jobs.kinds import REPLAY, RUN
from payroll_service.workflow.jobs.read_proof import proof_of

JobId = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{32}$"),
    Field(examples=["0d4f6a1be3f14c0e9b7c2f4d5a6b7c8d"]),
]
Optional = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]


class Progress(Answer):
    """`done` of `total` steps; `words` names the present one. Both are 0 until a worker has begun."""

    done: int = Field(examples=[1])
    total: int = Field(examples=[4])
    words: str = Field(examples=["核算"])


class JobAnswer(Answer):
    """Long work. It ends as done, failed, or for imports examined, unsound, expired.

    `run`: the run that it made, or that it replays. `replay`, `book`: what a replay, or the proof of the whole book, found;
    it is done, too, where something was altered. `message` and `remedy`: why it failed.
    """

    id: JobId
    kind: str = Field(examples=["run"])
    state: str = Field(examples=["running"])
    asked_by: str = Field(examples=["wang"])
    asked_at: datetime
    attempts: int = Field(examples=[1])
    progress: Progress
    run: str | None = Field(default=None, examples=["2020-2021-1-r1"])
    replay: ReplayAnswer | None = None
    book: BookAnswer | None = None
    message: str | None = None
    remedy: str | None = None
    ended_at: datetime | None = None

    @classmethod
    def of(cls, job: Job) -> JobAnswer:
        named = {RUN: job.result, REPLAY: job.request}.get(job.kind)
        proof = proof_of(job)
        return cls(
            id=job.job_id,
            kind=job.kind,
            state=job.state,
            asked_by=job.asked_by,
            asked_at=job.asked_at,
            attempts=job.attempts,
            progress=Progress(done=job.done, total=job.total, words=job.words),
            run=json.loads(named)["run"] if named else None,
            replay=ReplayAnswer.of(proof.replay) if proof.replay else None,
            book=BookAnswer.of(proof.book) if proof.book else None,
            message=job.message or None,
            remedy=job.remedy or None,
            ended_at=job.ended_at,
        )


class Replays(Answer):
    """`next` continues the list; null at its end."""

    replays: list[JobAnswer]
    next: str | None = None


class Verifications(Answer):
    """`next` continues the list; null at its end."""

    verifications: list[JobAnswer]
    next: str | None = None


class AskRun(Request):
    """`rule_set` empty: the one that the snapshot was checked under."""

    snapshot: Digest
    period: Annotated[str, StringConstraints(min_length=4, max_length=20), Field(examples=["2020-2021-1"])]
    rule_set: Optional = ""
