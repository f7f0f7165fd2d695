"""Who may act: accounts, open sessions, failed tries, finance systems, the log of what was read, and
which requests were answered how.

Revision 0004.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def points(table: str, *columns: str, at: str) -> sa.ForeignKeyConstraint:
    """A foreign key to another table of the bureau."""
    own = ["bureau", *columns]
    there = [f"{at}.bureau", *(f"{at}.{name}" for name in columns)]
    name = f"fk_{table}_bureau" + "".join(f"_{column}" for column in columns)
    return sa.ForeignKeyConstraint(own, there, name=name)


def upgrade() -> None:
    op.create_table(
        "account",
        *texts("bureau", "account_id", "login", "name", "roles", "unit", "payee_id"),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        *texts("password_hash"),
        sa.PrimaryKeyConstraint("bureau", "account_id", name="pk_account"),
        points("account", at="bureau"),
        sa.UniqueConstraint("bureau", "login", name="uq_account_bureau_login"),
    )
    op.create_table(
        "account_event",
        *texts("bureau"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        *texts("account_id", "state"),
        moment("at"),
        *texts("actor", "detail"),
        sa.PrimaryKeyConstraint("bureau", "number", name="pk_account_event"),
        points("account_event", "account_id", at="account"),
    )
    op.create_index(
        "ix_account_event_bureau_account_id_number", "account_event", ["bureau", "account_id", "number"]
    )
    op.create_table(
        "signed_in",
        *texts("token_hash", "bureau", "account_id", "form_token"),
        moment("opened_at"),
        moment("ends_at"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_signed_in"),
        points("signed_in", "account_id", at="account"),
    )
    op.create_index("ix_signed_in_bureau_account_id", "signed_in", ["bureau", "account_id"])
    op.create_table(
        "failed_try",
        *texts("try_id", "kind", "key"),
        moment("at"),
        sa.PrimaryKeyConstraint("try_id", name="pk_failed_try"),
    )
    op.create_index("ix_failed_try_kind_key_at", "failed_try", ["kind", "key", "at"])
    op.create_table(
        "setup_link",
        *texts("token_hash"),
        moment("ends_at"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_setup_link"),
    )
    op.create_table(
        "client",
        *texts("bureau", "client_id", "name", "scopes", "secret_hash"),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("bureau", "client_id", name="pk_client"),
        points("client", at="bureau"),
    )
    op.create_table(
        "client_token",
        *texts("token_hash", "bureau", "client_id", "scopes"),
        moment("ends_at"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_client_token"),
        points("client_token", "client_id", at="client"),
    )
    op.create_table(
        "access",
        *texts("bureau"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        moment("at"),
        *texts("actor", "act", "subject"),
        sa.PrimaryKeyConstraint("bureau", "number", name="pk_access"),
        points("access", at="bureau"),
    )
    op.create_table(
        "answered",
        *texts("bureau", "caller", "key", "request"),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        moment("at"),
        sa.PrimaryKeyConstraint("bureau", "caller", "key", name="pk_answered"),
        points("answered", at="bureau"),
    )
    op.create_index("ix_answered_bureau_at", "answered", ["bureau", "at"])
