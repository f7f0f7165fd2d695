"""Lists in pages: indexes in the order of each list, and what finance has still to do about objections.

Revision 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("run_event", "rule_set_event", "import_event"):
        op.create_index(f"ix_{table}_bureau_state_number", table, ["bureau", "state", "number"])
    accepted = sa.text("state = 'accepted'")
    op.create_index(
        "ix_import_event_bureau_detail_number",
        "import_event",
        ["bureau", "detail", "number"],
        sqlite_where=accepted,
        postgresql_where=accepted,
    )
    op.create_index("ix_job_bureau_unit_asked_at_job_id", "job", ["bureau", "unit", "asked_at", "job_id"])
    op.create_index(
        "ix_objection_event_bureau_state_objection", "objection_event", ["bureau", "state", "objection"]
    )
    op.create_table(
        "objection_pending",
        sa.Column("bureau", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("bureau", "number", name="pk_objection_pending"),
        sa.ForeignKeyConstraint(
            ["bureau", "number"],
            ["objection.bureau", "objection.number"],
            name="fk_objection_pending_bureau_number",
        ),
        sa.CheckConstraint("state IN ('open', 'upheld')", name=op.f("ck_objection_pending_known_state")),
    )
    for order in (["number"], ["answer_by", "number"]):
        name = "_".join(["ix_objection_pending_bureau_state", *order])
        op.create_index(name, "objection_pending", ["bureau", "state", *order])
    op.execute(
        "INSERT INTO objection_pending (bureau, number, state, answer_by) "
        "SELECT o.bureau, o.number, COALESCE(e.state, 'open'), o.answer_by FROM objection o "
        "LEFT JOIN objection_event e ON e.bureau = o.bureau AND e.objection = o.number AND e.state = 'upheld' "
        "WHERE NOT EXISTS (SELECT 1 FROM objection_event f WHERE f.bureau = o.bureau "
        "AND f.objection = o.number AND f.state IN ('rejected', 'corrected'))"
    )
