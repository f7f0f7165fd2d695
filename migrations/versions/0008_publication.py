"""Public view of approved runs, objections to them, and what became of these.

Revision 0008. Only new tables.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def wholes(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def days(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Date(), nullable=False) for name in names]


def moment() -> sa.Column[Any]:
    return sa.Column("at", sa.DateTime(timezone=True), nullable=False)


def points(table: str, column: str, to: str, key: str = "") -> sa.ForeignKeyConstraint:
    there = [f"{to}.bureau", f"{to}.{key or column}"]
    return sa.ForeignKeyConstraint(["bureau", column], there, name=f"fk_{table}_bureau_{column}")


def upgrade() -> None:
    op.create_table(
        "run_publication",
        *texts("bureau", "run_id"),
        *wholes("number"),
        *texts("published_by"),
        moment(),
        *days("first_day", "last_day"),
        *wholes("working_days", "answer_days"),
        *days("answer_by"),
        *texts("reason"),
        sa.PrimaryKeyConstraint("bureau", "run_id", name="pk_run_publication"),
        points("run_publication", "run_id", "run_approval"),
        points("run_publication", "number", "run_event"),
        sa.CheckConstraint(
            "first_day < last_day AND last_day <= answer_by", name=op.f("ck_run_publication_days_in_order")
        ),
        sa.CheckConstraint(
            "working_days > 0 OR reason <> ''", name=op.f("ck_run_publication_reason_by_hand")
        ),
    )
    op.create_table(
        "objection",
        *texts("bureau"),
        *wholes("number"),
        *texts("run_id", "payee_id", "item", "cause", "words"),
        moment(),
        *texts("raised_by"),
        *days("answer_by"),
        sa.PrimaryKeyConstraint("bureau", "number", name="pk_objection"),
        points("objection", "run_id", "run_publication"),
        points("objection", "payee_id", "payee"),
        sa.CheckConstraint(
            "cause IN ('score', 'months', 'post', 'rule', 'other')", name=op.f("ck_objection_known_cause")
        ),
    )
    op.create_index("ix_objection_bureau_payee_id_number", "objection", ["bureau", "payee_id", "number"])
    op.create_index("ix_objection_bureau_run_id_number", "objection", ["bureau", "run_id", "number"])
    op.create_table(
        "objection_event",
        *texts("bureau"),
        *wholes("number", "objection"),
        *texts("state"),
        moment(),
        *texts("actor", "detail"),
        sa.PrimaryKeyConstraint("bureau", "number", name="pk_objection_event"),
        points("objection_event", "objection", "objection", "number"),
        sa.CheckConstraint(
            "state IN ('upheld', 'rejected', 'corrected')", name=op.f("ck_objection_event_known_state")
        ),
    )
    op.create_index(
        "ix_objection_event_bureau_objection_state",
        "objection_event",
        ["bureau", "objection", "state"],
        unique=True,
    )
