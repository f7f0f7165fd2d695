"""The ledger: what was funded, paid, sent back and put right; who is held; drafts that wait for a second person.

Revision 0003. Only new tables.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Columns = list[Any]  # of a table, and constraints
TWO_PERSONS = (
    "CASE WHEN kind IN ('payment', 'adjustment') THEN draft IS NOT NULL AND approved_by IS NOT NULL "
    "AND approved_by <> prepared_by ELSE draft IS NULL AND approved_by IS NULL END"
)


def upgrade() -> None:
    op.create_table(
        "payee_event",
        *texts("bureau"),
        whole("number"),
        *texts("payee_id", "state"),
        moment("at"),
        *texts("actor", "detail"),
        key("payee_event", "number"),
        points("payee_event", "payee_id", to="payee payee_id"),
    )
    op.create_index("ix_payee_event_bureau_payee_id_number", "payee_event", ["bureau", "payee_id", "number"])
    create_drafts()
    create_movements()
    op.create_table(
        "movement_record",
        *texts("bureau"),
        whole("number"),
        *texts("payee_id"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        whole("amount_fen"),
        *texts("digest"),
        key("movement_record", "number", "payee_id"),
    )
    op.create_index(
        "ix_movement_record_bureau_payee_id_number", "movement_record", ["bureau", "payee_id", "number"]
    )
    op.create_table(
        "movement_posting",
        *texts("bureau"),
        whole("number"),
        whole("position"),
        *texts("account", "fund", "earmark", "item", "unit", "earned"),
        whole("fen"),
        key("movement_posting", "number", "position"),
        points("movement_posting", "number", to="movement number"),
    )


def create_drafts() -> None:
    op.create_table(
        "draft",
        *texts("bureau"),
        whole("number"),
        *texts("kind"),
        sa.Column("day", sa.Date(), nullable=False),
        moment("at"),
        *texts("prepared_by", "reason", "reference", "request"),
        whole("payees"),
        whole("amount_fen"),
        *texts("digest"),
        key("draft", "number"),
        points("draft", to="bureau"),
    )
    op.create_index(
        "ix_draft_bureau_number_prepared_by", "draft", ["bureau", "number", "prepared_by"], unique=True
    )


def create_movements() -> None:
    op.create_table(
        "movement",
        *texts("bureau"),
        whole("number"),
        *texts("kind"),
        sa.Column("day", sa.Date(), nullable=False),
        moment("at"),
        *texts("prepared_by"),
        sa.Column("approved_by", sa.String(), nullable=True),
        whole("draft", nullable=True),
        whole("answers", nullable=True),
        *texts("reason", "reference", "detail"),
        whole("approvals"),
        whole("payees"),
        whole("amount_fen"),
        *texts("digest"),
        key("movement", "number"),
        points("movement", to="bureau"),
        points("movement", "draft", "prepared_by", to="draft number prepared_by"),
        points("movement", "answers", to="movement number"),
        sa.CheckConstraint(TWO_PERSONS, name=op.f("ck_movement_two_persons")),
    )
    op.create_index("ix_movement_bureau_draft", "movement", ["bureau", "draft"], unique=True)


def key(table: str, *columns: str) -> sa.Constraint:
    return sa.PrimaryKeyConstraint("bureau", *columns, name=f"pk_{table}")


def points(table: str, *columns: str, to: str) -> sa.Constraint:
    target, *names = to.split()
    here, there = (["bureau", *each] for each in (columns, names))
    remote = [f"{target}.{name}" for name in there]
    return sa.ForeignKeyConstraint(here, remote, name=f"fk_{table}_{'_'.join(here)}")


def texts(*names: str) -> Columns:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def whole(name: str, nullable: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def moment(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
