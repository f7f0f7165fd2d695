"""For whom a one-time link is: a bureau's first administrator, or one who lost her password; and who had it printed.

Revision 0014. A link from before lasts a day at most: it is dropped, and the next start prints another.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("setup_link")
    op.create_table(
        "setup_link",
        *[
            sa.Column(name, sa.String(), nullable=False)
            for name in ("token_hash", "bureau", "account_id", "offered_by")
        ],
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_setup_link"),
    )
