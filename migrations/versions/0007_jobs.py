"""Long work as jobs: leased by workers, with progress; and the bytes that they keep for a while.

Revision 0007.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def moment(name: str, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "job",
        *texts("bureau", "job_id", "kind", "request", "asked_by", "unit"),
        moment("asked_at"),
        *texts("state", "worker"),
        moment("lease_until", nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        *texts("words", "result", "message", "remedy"),
        moment("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("bureau", "job_id", name="pk_job"),
        sa.ForeignKeyConstraint(["bureau"], ["bureau.bureau"], name="fk_job_bureau"),
    )
    op.create_index("ix_job_bureau_asked_at_job_id", "job", ["bureau", "asked_at", "job_id"])
    op.create_index("ix_job_state_asked_at", "job", ["state", "asked_at"])
    op.create_table(
        "job_content",
        *texts("bureau", "job_id", "name"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("bureau", "job_id", "name", name="pk_job_content"),
        sa.ForeignKeyConstraint(
            ["bureau", "job_id"], ["job.bureau", "job.job_id"], name="fk_job_content_bureau_job_id"
        ),
    )
