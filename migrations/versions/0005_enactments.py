"""Enactments: who put a rule set in force, and never the person who drafted it.

Revision 0005. Nothing is written for the rule sets there are: one under which a run was approved counts as enacted by
that approval, and any other waits for somebody to enact it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_rule_set_event_bureau_number_fingerprint_actor",
        "rule_set_event",
        ["bureau", "number", "fingerprint", "actor"],
        unique=True,
    )
    op.create_table(
        "rule_set_enactment",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("bureau", "fingerprint", "drafted_by", "enacted_by")
        ),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("number", "drafted", "examples")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bureau", "fingerprint", name="pk_rule_set_enactment"),
        sa.CheckConstraint("drafted_by <> enacted_by", name=op.f("ck_rule_set_enactment_two_persons")),
        sa.CheckConstraint("examples > 0", name=op.f("ck_rule_set_enactment_examples_passed")),
        sa.ForeignKeyConstraint(
            ["bureau", "drafted", "fingerprint", "drafted_by"],
            [f"rule_set_event.{name}" for name in ("bureau", "number", "fingerprint", "actor")],
            name="fk_rule_set_enactment_bureau_drafted_fingerprint_drafted_by",
        ),
        sa.ForeignKeyConstraint(
            ["bureau", "number"],
            ["rule_set_event.bureau", "rule_set_event.number"],
            name="fk_rule_set_enactment_bureau_number",
        ),
    )
