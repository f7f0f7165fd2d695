"""The tables of who may act: accounts, open sessions, failed tries, finance systems; and the log of what was read.

Accounts, sessions, tries and links come and go; what was done to an account, and who read whose pay, is append-only.
"""

from __future__ import annotations

from pydantic import AwareDatetime
from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from payroll_service.store.tables import Row, belongs_to, of_a_bureau


class AccountRow(Row, table=True):
    """`roles` are separated by commas; `payee_id` "" where the account is no payee's."""

    __tablename__ = "account"
    __table_args__ = (of_a_bureau(), UniqueConstraint("bureau", "login"))
    bureau: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True)
    login: str
    name: str
    roles: str
    unit: str
    payee_id: str
    disabled: bool
    password_hash: str


class AccountEventRow(Row, table=True):
    __tablename__ = "account_event"
    __table_args__ = (belongs_to("account", "account_id"), Index(None, "bureau", "account_id", "number"))
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    account_id: str
    state: str
    at: AwareDatetime
    actor: str
    detail: str


class SignedInRow(Row, table=True):
    """Only hashes of tokens: who reads the database cannot use one."""

    __tablename__ = "signed_in"
    __table_args__ = (belongs_to("account", "account_id"), Index(None, "bureau", "account_id"))
    token_hash: str = Field(primary_key=True)
    bureau: str
    account_id: str
    form_token: str
    opened_at: AwareDatetime
    ends_at: AwareDatetime


class FailedTryRow(Row, table=True):
    """`key` is the hash of an account's name or of an address."""

    __tablename__ = "failed_try"
    __table_args__ = (Index(None, "kind", "key", "at"),)
    try_id: str = Field(primary_key=True)
    kind: str
    key: str
    at: AwareDatetime


class SetupLinkRow(Row, table=True):
    """`bureau` may not exist yet, and is "" at the very first start; `account_id` "" where the link sets nobody's password."""

    __tablename__ = "setup_link"
    token_hash: str = Field(primary_key=True)
    bureau: str
    account_id: str
    offered_by: str
    ends_at: AwareDatetime


class ClientRow(Row, table=True):
    """The name stands for the system wherever it acted, so it is one system's, even after it is disabled."""

    __tablename__ = "client"
    __table_args__ = (of_a_bureau(), UniqueConstraint("bureau", "name"))
    bureau: str = Field(primary_key=True)
    client_id: str = Field(primary_key=True)
    name: str
    scopes: str
    secret_hash: str
    disabled: bool


class ClientTokenRow(Row, table=True):
    __tablename__ = "client_token"
    __table_args__ = (belongs_to("client", "client_id"),)
    token_hash: str = Field(primary_key=True)
    bureau: str
    client_id: str
    scopes: str
    ends_at: AwareDatetime


class AccessRow(Row, table=True):
    """Who read whose data: `subject` is a payee's id or a run's, never a number or a name."""

    __tablename__ = "access"
    __table_args__ = (of_a_bureau(),)
    bureau: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    at: AwareDatetime
    actor: str
    act: str
    subject: str


class AnsweredRow(Row, table=True):
    """A request that did something, by the key that its caller gave it."""

    __tablename__ = "answered"
    __table_args__ = (of_a_bureau(), Index(None, "bureau", "at"))
    bureau: str = Field(primary_key=True)
    caller: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request: str
    status: int
    content: bytes
    at: AwareDatetime
