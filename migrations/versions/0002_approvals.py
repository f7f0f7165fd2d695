"""Approvals: who granted what a run is due to grant, and never the person who prepared it.

Revision 0002. Every total also says how much of it had been granted before: nothing, in the runs there are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_run_bureau_run_id_created_by", "run", ["bureau", "run_id", "created_by"], unique=True)
    with op.batch_alter_table("run_total") as batch:
        batch.add_column(sa.Column("granted_fen", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("run_total") as batch:
        batch.alter_column("granted_fen", server_default=None)
    create_approvals()


def create_approvals() -> None:
    names = ("bureau", "run_id", "prepared_by", "approved_by", "receipt")
    op.create_table(
        "run_approval",
        *(sa.Column(name, sa.String(), nullable=False) for name in names),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("bureau", "run_id", name="pk_run_approval"),
        sa.CheckConstraint("prepared_by <> approved_by", name=op.f("ck_run_approval_two_persons")),
        sa.ForeignKeyConstraint(
            ["bureau", "run_id", "prepared_by"],
            ["run.bureau", "run.run_id", "run.created_by"],
            name="fk_run_approval_bureau_run_id_prepared_by",
        ),
        sa.ForeignKeyConstraint(
            ["bureau", "run_id"],
            ["run_receipt.bureau", "run_receipt.run_id"],
            name="fk_run_approval_bureau_run_id",
        ),
        sa.ForeignKeyConstraint(
            ["bureau", "number"],
            ["run_event.bureau", "run_event.number"],
            name="fk_run_approval_bureau_number",
        ),
    )
    op.create_index("ix_run_approval_bureau_number", "run_approval", ["bureau", "number"])
