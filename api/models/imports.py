"""Requests and answers about imports and snapshots."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from api.models.base import Answer, Digest, Request
from api.models.jobs import JobId, Optional, Progress
from payroll_service.snapshot.differences import RowDifference
from payroll_service.store.jobs import Job
from payroll_service.workflow.jobs.ask_job import MOST_PERIODS
from payroll_service.workflow.jobs.kinds import AskedImport, ImportProblem, ImportResult, import_result
from payroll_service.workflow.list_snapshots import AcceptedSnapshot

PeriodName = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[^\x00-\x1f]+$")]


class TableChanges(Answer):
    """Rows before and now; how many came, went, or have cells that changed."""

    table: str = Field(examples=["任职"])
    before: int
    now: int
    added: int
    gone: int
    changed: int


class ImportedPart(Answer):
    """A table, or one unit's rows of it; of an assembly with the file and the sender it came from."""

    table: str = Field(examples=["任职"])
    unit: str = Field(examples=["A01"])
    rows: int
    file_name: str
    sender: str


class ImportAnswer(Answer):
    """An import: examined by a job, then accepted (done), or unsound with problems, or failed.

    `periods`: tried beforehand. `rows` of each table; `changes` since the snapshot `last`, null where nothing can be
    compared; `missing` by table the units of an assembly that have sent none, with one empty unit where nobody sent the
    table.
    """

    id: JobId
    kind: str = Field(examples=["import"])
    state: str = Field(examples=["examined"])
    file_name: str = Field(examples=["独山.xlsx"])
    rule_set: Digest
    periods: list[str] = Field(examples=[["2020-2021-1"]])
    unit: str
    asked_by: str = Field(examples=["wang"])
    asked_at: datetime
    ended_at: datetime | None = None
    progress: Progress
    errors: int = 0
    hints: int = 0
    snapshot: Digest | None = None
    last: Digest | None = None
    rows: Mapping[str, int] = Field(examples=[{"学校": 7, "任职": 722}])
    changes: list[TableChanges] | None = None
    parts: list[ImportedPart]
    missing: Mapping[str, Sequence[str]]
    message: str | None = None
    remedy: str | None = None

    @classmethod
    def of(cls, job: Job) -> ImportAnswer:
        asked = AskedImport(**json.loads(job.request))
        found = import_result(job.result) if job.result else ImportResult(0, 0)
        changes = found.changes
        return cls(
            id=job.job_id,
            kind=job.kind,
            state=job.state,
            file_name=asked.file_name,
            rule_set=asked.rule_set,
            periods=list(asked.periods),
            unit=job.unit,
            asked_by=job.asked_by,
            asked_at=job.asked_at,
            ended_at=job.ended_at,
            progress=Progress(done=job.done, total=job.total, words=job.words),
            errors=found.errors,
            hints=found.hints,
            snapshot=found.snapshot or None,
            last=found.last or None,
            rows=found.rows or {},
            changes=None if changes is None else [TableChanges(**asdict(one)) for one in changes],
            parts=[
                ImportedPart(
                    table=one.table,
                    unit=one.unit,
                    rows=one.rows,
                    file_name=one.file_name,
                    sender=one.sender,
                )
                for one in found.parts
            ],
            missing=found.missing or {},
            message=job.message or None,
            remedy=job.remedy or None,
        )


class Imports(Answer):
    """`next` continues the list; null at its end."""

    imports: list[ImportAnswer]
    next: str | None = None


class FoundProblem(Answer):
    """What is wrong where, and how to mend it. `value` of the cell, with the middle of long numbers hidden."""

    number: int = Field(examples=[1])
    table: str = Field(examples=["任职"])
    sheet: str = Field(examples=["任职"])
    cell: str = Field(examples=["H7"])
    column: str = Field(examples=["基础工资"])
    kind: str = Field(examples=["类型"])
    level: str = Field(examples=["错误"])
    value: str
    message: str
    remedy: str

    @classmethod
    def of(cls, number: int, found: ImportProblem) -> FoundProblem:
        return cls(number=number, **asdict(found))


class FoundProblems(Answer):
    """`next` continues the list; null at its end."""

    total: int
    problems: list[FoundProblem]
    next: int | None = None


class DifferingRow(Answer):
    """A row that came or went, or one cell that changed; the key with the middle of long numbers hidden."""

    kind: str = Field(examples=["改动"])
    key: list[str]
    column: str
    before: str
    now: str


class TableDifferences(Answer):
    table: str
    rows: list[DifferingRow]


class Differences(Answer):
    """Up to twenty rows of each table and kind; `changes` of the import count all."""

    tables: list[TableDifferences]

    @classmethod
    def of(cls, found: Mapping[str, Sequence[RowDifference]]) -> Differences:
        return cls(
            tables=[
                TableDifferences(
                    table=table, rows=[DifferingRow(**(asdict(row) | {"key": list(row.key)})) for row in rows]
                )
                for table, rows in found.items()
                if rows
            ]
        )


class Assemble(Request):
    """`rule_set`: its fingerprint; empty for the one in force. `periods`: what runs of them would refuse is told, too."""

    rule_set: Optional = ""
    periods: list[PeriodName] = Field(default=[], max_length=MOST_PERIODS, examples=[["2020-2021-1"]])


class SnapshotFile(Answer):
    name: str = Field(examples=["独山.xlsx"])
    sha256: Digest
    sender: str = Field(examples=["wang"])
    received_at: datetime


class SnapshotAnswer(Answer):
    """Data as they were accepted; `files` are what they were made from."""

    fingerprint: Digest
    rule_set: Digest
    accepted_at: datetime | None
    accepted_by: str | None = Field(examples=["wang"])
    files: list[SnapshotFile]

    @classmethod
    def of(cls, one: AcceptedSnapshot) -> SnapshotAnswer:
        return cls(
            fingerprint=one.fingerprint,
            rule_set=one.rule_set,
            accepted_at=one.at,
            accepted_by=one.by,
            files=[
                SnapshotFile(
                    name=file.name, sha256=file.content_hash, sender=file.sender, received_at=file.at
                )
                for file in one.files
            ],
        )


class Snapshots(Answer):
    """`next` continues the list; null at its end."""

    snapshots: list[SnapshotAnswer]
    next: str | None = None


class SnapshotRows(Answer):
    """`accepted` is null for a snapshot that the book itself made for a run, with what was carried over."""

    fingerprint: Digest
    rows: Mapping[str, int]
    accepted: SnapshotAnswer | None
