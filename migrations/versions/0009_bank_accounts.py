"""Changes of bank accounts: proposed by one person, approved by another.

Revision 0009.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def moment() -> sa.Column[datetime]:
    return sa.Column("at", sa.DateTime(timezone=True), nullable=False)


def upgrade() -> None:
    op.create_table(
        "account_change",
        *texts("bureau"),
        number("number"),
        moment(),
        *texts("prepared_by", "reason"),
        number("payees"),
        sa.PrimaryKeyConstraint("bureau", "number", name="pk_account_change"),
        sa.ForeignKeyConstraint(["bureau"], ["bureau.bureau"], name="fk_account_change_bureau"),
    )
    op.create_index(
        "ix_account_change_bureau_number_prepared_by",
        "account_change",
        ["bureau", "number", "prepared_by"],
        unique=True,
    )
    op.create_table(
        "account_change_entry",
        *texts("bureau"),
        number("number"),
        *texts("payee_id"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("bureau", "number", "payee_id", name="pk_account_change_entry"),
        sa.ForeignKeyConstraint(
            ["bureau", "number"],
            ["account_change.bureau", "account_change.number"],
            name="fk_account_change_entry_bureau_number",
        ),
        sa.ForeignKeyConstraint(
            ["bureau", "payee_id"],
            ["payee.bureau", "payee.payee_id"],
            name="fk_account_change_entry_bureau_payee_id",
        ),
    )
    op.create_index(
        "ix_account_change_entry_bureau_payee_id_number",
        "account_change_entry",
        ["bureau", "payee_id", "number"],
    )
    op.create_table(
        "account_decision",
        *texts("bureau"),
        number("number"),
        *texts("state", "prepared_by", "decided_by"),
        moment(),
        *texts("reason"),
        sa.PrimaryKeyConstraint("bureau", "number", name="pk_account_decision"),
        sa.CheckConstraint(
            "state = 'withdrawn' OR (state = 'approved' AND prepared_by <> decided_by)",
            name=op.f("ck_account_decision_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau", "number", "prepared_by"],
            ["account_change.bureau", "account_change.number", "account_change.prepared_by"],
            name="fk_account_decision_bureau_number_prepared_by",
        ),
    )
