"""The tables, every one with the bureau first in its key. Nothing outside the store sees these classes.

A table class accepts anything when it is called (SQLModel validates none of it), so single rows come in through
`model_validate` and bulk rows through `bulk.py`, which checks whole columns. Money is fen in 64 bits, hashes are hex,
moments are UTC. A change here needs a migration; a table named in `APPEND_ONLY` refuses UPDATE and DELETE (`triggers.py`).
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import AwareDatetime
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    MetaData,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

APPEND_ONLY = (
    "rule_set",
    "rule_set_event",
    "rule_set_enactment",
    "import",
    "import_event",
    "snapshot",
    "snapshot_import",
    "payee",
    "run",
    "run_event",
    "run_record",
    "run_pool",
    "run_total",
    "run_receipt",
    "run_approval",
    "run_publication",
    "objection",
    "objection_event",
    "payee_event",
    "draft",
    "movement",
    "movement_record",
    "movement_posting",
    "account_event",
    "access",
    "sealing_key",
    "account_change",
    "account_change_entry",
    "account_decision",
)


def belongs_to(table: str, *columns: str, key: tuple[str, ...] = ()) -> ForeignKeyConstraint:
    """The row named by the bureau and these columns must exist, and in the same bureau."""
    return ForeignKeyConstraint(
        ["bureau", *columns], [f"{table}.{name}" for name in ("bureau", *(key or columns))]
    )


def of_a_bureau() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["bureau"], ["bureau.bureau"])


IS_ACCEPTED = text("state = 'accepted'")


class Row(SQLModel):
    """A row of a table of this store."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


class BureauRow(Row, table=True):
    __tablename__ = "bureau"
    bureau: str = Field(primary_key=True)
    name: str


class RuleSetRow(Row, table=True):
    __tablename__ = "rule_set"
    __table_args__ = (of_a_bureau(), belongs_to("rule_set", "extends", key=("fingerprint",)))
    bureau: str = Field(primary_key=True)
    fingerprint: str = Field(primary_key=True)
    name: str
    version: str
    in_force_from: date
    in_force_to: date
    extends: str | None
    document: bytes


class RuleSetEventRow(Row, table=True):
    __tablename__ = "rule_set_event"
    __table_args__ = (
        belongs_to("rule_set", "fingerprint"),
        Index(None, "bureau", "fingerprint", "number"),
        Index(None, "bureau", "state", "number"),
        # what an enactment's two persons rest on
        Index(None, "bureau", "number", "fingerprint", "actor", unique=True),
    )
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    fingerprint: str
    state: str
    at: AwareDatetime
    actor: str
    detail: str


class RuleSetEnactmentRow(Row, table=True):
    """Two persons, by the database itself: `drafted_by` did what event `drafted` says, `enacted_by` is somebody else."""

    __tablename__ = "rule_set_enactment"
    __table_args__ = (
        belongs_to(
            "rule_set_event", "drafted", "fingerprint", "drafted_by", key=("number", "fingerprint", "actor")
        ),
        belongs_to("rule_set_event", "number"),
        CheckConstraint("drafted_by <> enacted_by", "two_persons"),
        CheckConstraint("examples > 0", "examples_passed"),
    )
    bureau: str = Field(primary_key=True)
    fingerprint: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    drafted: int = Field(sa_type=BigInteger)
    drafted_by: str
    enacted_by: str
    examples: int = Field(sa_type=BigInteger)
    at: AwareDatetime


class ImportRow(Row, table=True):
    __tablename__ = "import"
    __table_args__ = (of_a_bureau(),)
    bureau: str = Field(primary_key=True)
    content_hash: str = Field(primary_key=True)
    file_name: str
    sender: str
    received_at: AwareDatetime
    content: bytes  # zlib, sealed


class ImportEventRow(Row, table=True):
    __tablename__ = "import_event"
    __table_args__ = (
        belongs_to("import", "content_hash"),
        belongs_to("rule_set", "rule_set", key=("fingerprint",)),
        Index(None, "bureau", "content_hash", "number"),
        Index(None, "bureau", "state", "number"),
        # of each snapshot; other details are long
        Index(None, "bureau", "detail", "number", sqlite_where=IS_ACCEPTED, postgresql_where=IS_ACCEPTED),
    )
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    content_hash: str
    rule_set: str | None
    state: str
    at: AwareDatetime
    actor: str
    detail: str


class SnapshotRow(Row, table=True):
    __tablename__ = "snapshot"
    __table_args__ = (of_a_bureau(), belongs_to("rule_set", "rule_set", key=("fingerprint",)))
    bureau: str = Field(primary_key=True)
    fingerprint: str = Field(primary_key=True)
    rule_set: str
    content: bytes  # zlib, sealed


class SnapshotImportRow(Row, table=True):
    """Which imports a snapshot was first made from, in order."""

    __tablename__ = "snapshot_import"
    __table_args__ = (belongs_to("snapshot", "fingerprint"), belongs_to("import", "content_hash"))
    bureau: str = Field(primary_key=True)
    fingerprint: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    content_hash: str


class PayeeRow(Row, table=True):
    """A payee is created once and is nothing but a random id: what is known about it stands in `payee_identity`."""

    __tablename__ = "payee"
    __table_args__ = (of_a_bureau(),)
    bureau: str = Field(primary_key=True)
    payee_id: str = Field(primary_key=True)
    kind: str


class PayeeIdentityRow(Row, table=True):
    """Number, label, account and bank, sealed together (`vault.py`); found by the blind index. Not append-only."""

    __tablename__ = "payee_identity"
    __table_args__ = (belongs_to("payee", "payee_id"), UniqueConstraint("bureau", "kind", "number_index"))
    bureau: str = Field(primary_key=True)
    payee_id: str = Field(primary_key=True)
    kind: str
    number_index: str
    sealed: bytes


class SealingKeyRow(Row, table=True):
    """Which keys seal personal data here: fingerprints, never a key. Of the whole database, not of a bureau."""

    __tablename__ = "sealing_key"
    key_id: str = Field(primary_key=True)
    fingerprint: str


class RunRow(Row, table=True):
    __tablename__ = "run"
    __table_args__ = (
        of_a_bureau(),
        belongs_to("rule_set", "rule_set", key=("fingerprint",)),
        belongs_to("snapshot", "snapshot", key=("fingerprint",)),
        belongs_to("run", "corrects", key=("run_id",)),
        Index(None, "bureau", "period"),
        Index(None, "bureau", "run_id", "created_by", unique=True),  # what an approval's two persons rest on
    )
    bureau: str = Field(primary_key=True)
    run_id: str = Field(primary_key=True)
    rule_set: str
    snapshot: str
    period: str
    kind: str
    created_at: AwareDatetime
    created_by: str
    corrects: str | None


class RunEventRow(Row, table=True):
    __tablename__ = "run_event"
    __table_args__ = (
        belongs_to("run", "run_id"),
        Index(None, "bureau", "run_id", "number"),
        Index(None, "bureau", "state", "number"),
    )
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    run_id: str
    state: str
    at: AwareDatetime
    actor: str
    detail: str


class RunRecordRow(Row, table=True):
    """One payee's lines in one run, in the bytes that are sent: the primary key is the look-up of a breakdown.

    Without foreign keys, which doubled the time of a COPY: that run and payees exist is checked for the whole set when
    it is written (`Runs.save_outcome`), and neither can ever be removed.
    """

    __tablename__ = "run_record"
    bureau: str = Field(primary_key=True)
    run_id: str = Field(primary_key=True)
    payee_id: str = Field(primary_key=True)
    content: bytes
    amount_fen: int = Field(sa_type=BigInteger)
    digest: str


class RunPoolRow(Row, table=True):
    __tablename__ = "run_pool"
    __table_args__ = (belongs_to("run", "run_id"),)
    bureau: str = Field(primary_key=True)
    run_id: str = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger)
    rule: str
    pool: str
    key: str
    unit: str
    fund: str
    amount_fen: int = Field(sa_type=BigInteger)
    shared_fen: int = Field(sa_type=BigInteger)
    returned_fen: int = Field(sa_type=BigInteger)
    members: int = Field(sa_type=BigInteger)
    weight: str


class RunTotalRow(Row, table=True):
    __tablename__ = "run_total"
    __table_args__ = (belongs_to("run", "run_id"),)
    bureau: str = Field(primary_key=True)
    run_id: str = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger)
    unit: str
    item: str
    fund: str
    lines: int = Field(sa_type=BigInteger)
    amount_fen: int = Field(sa_type=BigInteger)
    held_fen: int = Field(sa_type=BigInteger)
    granted_fen: int = Field(sa_type=BigInteger)


class RunReceiptRow(Row, table=True):
    """The receipt in the bytes that were signed or shown; a run has one."""

    __tablename__ = "run_receipt"
    __table_args__ = (belongs_to("run", "run_id"),)
    bureau: str = Field(primary_key=True)
    run_id: str = Field(primary_key=True)
    content: bytes
    digest: str


class RunApprovalRow(Row, table=True):
    """Two persons, by the database itself: `prepared_by` is whoever created the run, and `approved_by` is somebody else."""

    __tablename__ = "run_approval"
    __table_args__ = (
        belongs_to("run", "run_id", "prepared_by", key=("run_id", "created_by")),
        belongs_to("run_receipt", "run_id"),
        belongs_to("run_event", "number"),
        CheckConstraint("prepared_by <> approved_by", "two_persons"),
        Index(None, "bureau", "number"),
    )
    bureau: str = Field(primary_key=True)
    run_id: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    prepared_by: str
    approved_by: str
    receipt: str
    at: AwareDatetime
    first_day: date
    last_day: date
