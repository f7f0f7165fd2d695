"""Who last had a run replayed, or the book proved, is found without reading every other job.

Revision 0015.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_job_bureau_kind_asked_at_job_id", "job", ["bureau", "kind", "asked_at", "job_id"])
