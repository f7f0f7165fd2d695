"""Tables of what comes after an approval: public view, objections, and what became of them."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime
from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from payroll_service.store.tables import Row, belongs_to


class RunPublicationRow(Row, table=True):
    """Only what is approved is published, by the database itself."""

    __tablename__ = "run_publication"
    __table_args__ = (
        belongs_to("run_approval", "run_id"),
        belongs_to("run_event", "number"),
        CheckConstraint("first_day < last_day AND last_day <= answer_by", "days_in_order"),
        CheckConstraint("working_days > 0 OR reason <> ''", "reason_by_hand"),
    )
    bureau: str = Field(primary_key=True)
    run_id: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    published_by: str
    at: AwareDatetime
    first_day: date
    last_day: date
    working_days: int = Field(sa_type=BigInteger)
    answer_days: int = Field(sa_type=BigInteger)
    answer_by: date
    reason: str


class ObjectionRow(Row, table=True):
    """Only what is published is objected to, by the database itself. `sealed`: the words."""

    __tablename__ = "objection"
    __table_args__ = (
        belongs_to("run_publication", "run_id"),
        belongs_to("payee", "payee_id"),
        CheckConstraint("cause IN ('score', 'months', 'post', 'rule', 'other')", "known_cause"),
        Index(None, "bureau", "payee_id", "number"),
        Index(None, "bureau", "run_id", "number"),
    )
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    run_id: str
    payee_id: str
    item: str
    cause: str
    at: AwareDatetime
    raised_by: str
    answer_by: date
    sealed: bytes


class ObjectionPendingRow(Row, table=True):
    """What finance has still to do: answer it (open), or name the run that puts it right (upheld). Follows from the
    events and is kept for the lists: however many are done with, these are found at once. Not append-only."""

    __tablename__ = "objection_pending"
    __table_args__ = (
        belongs_to("objection", "number"),
        CheckConstraint("state IN ('open', 'upheld')", "known_state"),
        Index(None, "bureau", "state", "number"),
        Index(None, "bureau", "state", "answer_by", "number"),
    )
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    state: str
    answer_by: date


class ObjectionEventRow(Row, table=True):
    """`sealed`: the detail."""

    __tablename__ = "objection_event"
    __table_args__ = (
        belongs_to("objection", "objection", key=("number",)),
        CheckConstraint("state IN ('upheld', 'rejected', 'corrected')", "known_state"),
        Index(None, "bureau", "objection", "state", unique=True),
        Index(None, "bureau", "state", "objection"),
    )
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    objection: int = Field(sa_type=BigInteger)
    state: str
    at: AwareDatetime
    actor: str
    sealed: bytes
