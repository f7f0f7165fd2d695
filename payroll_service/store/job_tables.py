"""The tables of long work: what was asked, who has it in hand until when, and what was received or found for it.

Neither is append-only: a lease changes hands, and content is dropped as soon as it is stored for good or is old.
"""

from __future__ import annotations

from pydantic import AwareDatetime
from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from payroll_service.store.tables import Row, belongs_to, of_a_bureau


class JobRow(Row, table=True):
    """`request` and `result` are JSON; `worker` is another random id each time somebody takes it, "" and
    `lease_until` NULL while nobody has it in hand."""

    __tablename__ = "job"
    __table_args__ = (
        of_a_bureau(),
        Index(None, "bureau", "asked_at", "job_id"),
        Index(None, "bureau", "unit", "asked_at", "job_id"),
        Index(None, "bureau", "kind", "asked_at", "job_id"),
        Index(None, "state", "asked_at"),
    )
    bureau: str = Field(primary_key=True)
    job_id: str = Field(primary_key=True)
    kind: str
    request: str
    asked_by: str
    unit: str
    asked_at: AwareDatetime
    state: str
    worker: str
    lease_until: AwareDatetime | None
    attempts: int
    done: int = Field(sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)
    words: str
    result: str
    message: str
    remedy: str
    ended_at: AwareDatetime | None


class JobContentRow(Row, table=True):
    """Bytes that belong to a job for a while, compressed and sealed: they may hold personal numbers."""

    __tablename__ = "job_content"
    __table_args__ = (belongs_to("job", "job_id"),)
    bureau: str = Field(primary_key=True)
    job_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    content: bytes
