"""The tables of the ledger: drafts, movements with records and postings, and what was decided about payees. Append-only."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime
from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from payroll_service.store.tables import Row, belongs_to, of_a_bureau


class PayeeEventRow(Row, table=True):
    """What was decided about a payee's payments: held, released, a plan of instalments."""

    __tablename__ = "payee_event"
    __table_args__ = (belongs_to("payee", "payee_id"), Index(None, "bureau", "payee_id", "number"))
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    payee_id: str
    state: str
    at: AwareDatetime
    actor: str
    detail: str


class DraftRow(Row, table=True):
    """A payment or an adjustment that one person prepared; approved by another, it becomes a movement."""

    __tablename__ = "draft"
    __table_args__ = (
        of_a_bureau(),
        Index(None, "bureau", "number", "prepared_by", unique=True),  # what a movement's two persons rest on
    )
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    kind: str
    day: date
    at: AwareDatetime
    prepared_by: str
    reason: str
    reference: str
    request: str
    payees: int = Field(sa_type=BigInteger)
    amount_fen: int = Field(sa_type=BigInteger)
    digest: str


class MovementRow(Row, table=True):
    """Two persons for payments and adjustments, by the database itself; a draft is approved once, and by somebody else."""

    __tablename__ = "movement"
    __table_args__ = (
        of_a_bureau(),
        belongs_to("draft", "draft", "prepared_by", key=("number", "prepared_by")),
        belongs_to("movement", "answers", key=("number",)),
        Index(None, "bureau", "draft", unique=True),
        CheckConstraint(
            "CASE WHEN kind IN ('payment', 'adjustment') THEN draft IS NOT NULL AND approved_by IS NOT NULL "
            "AND approved_by <> prepared_by ELSE draft IS NULL AND approved_by IS NULL END",
            "two_persons",
        ),
    )
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    kind: str
    day: date
    at: AwareDatetime
    prepared_by: str
    approved_by: str | None
    draft: int | None = Field(sa_type=BigInteger)
    answers: int | None = Field(sa_type=BigInteger)
    reason: str
    reference: str
    detail: str
    approvals: int = Field(sa_type=BigInteger)
    payees: int = Field(sa_type=BigInteger)
    amount_fen: int = Field(sa_type=BigInteger)
    digest: str


class MovementRecordRow(Row, table=True):
    """One payee's lines in one movement. Without foreign keys, as `run_record`, and checked as that is."""

    __tablename__ = "movement_record"
    __table_args__ = (Index(None, "bureau", "payee_id", "number"),)
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    payee_id: str = Field(primary_key=True)
    content: bytes
    amount_fen: int = Field(sa_type=BigInteger)
    digest: str


class MovementPostingRow(Row, table=True):
    __tablename__ = "movement_posting"
    __table_args__ = (belongs_to("movement", "number"),)
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    position: int = Field(primary_key=True, sa_type=BigInteger)
    account: str
    fund: str
    earmark: str
    item: str
    unit: str
    earned: str
    fen: int = Field(sa_type=BigInteger)
