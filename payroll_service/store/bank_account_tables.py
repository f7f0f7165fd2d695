"""The tables of changed bank accounts: proposals, their payees, decisions. Append-only; accounts are sealed."""

from __future__ import annotations

from pydantic import AwareDatetime
from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from payroll_service.store.tables import Row, belongs_to, of_a_bureau


class AccountChangeRow(Row, table=True):
    __tablename__ = "account_change"
    __table_args__ = (
        of_a_bureau(),
        Index(None, "bureau", "number", "prepared_by", unique=True),  # what a decision's two persons rest on
    )
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    at: AwareDatetime
    prepared_by: str
    reason: str
    payees: int = Field(sa_type=BigInteger)


class AccountChangeEntryRow(Row, table=True):
    """`sealed`: bank and account before, bank and account after."""

    __tablename__ = "account_change_entry"
    __table_args__ = (
        belongs_to("account_change", "number"),
        belongs_to("payee", "payee_id"),
        Index(None, "bureau", "payee_id", "number"),
    )
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    payee_id: str = Field(primary_key=True)
    sealed: bytes


class AccountDecisionRow(Row, table=True):
    """Two persons for an approval, by the database itself; a proposal is decided once."""

    __tablename__ = "account_decision"
    __table_args__ = (
        belongs_to("account_change", "number", "prepared_by"),
        CheckConstraint(
            "state = 'withdrawn' OR (state = 'approved' AND prepared_by <> decided_by)", "two_persons"
        ),
    )
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    state: str
    prepared_by: str
    decided_by: str
    at: AwareDatetime
    reason: str
