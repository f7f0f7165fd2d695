"""The book: every key begins with the bureau; what is append-only is said in the store's tables.

Revision 0001, the first. There is no way down: a book is not unwritten.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Columns = list[Any]  # of a table, and constraints


def upgrade() -> None:
    create("bureau", texts("bureau", "name"), key="bureau")
    create_rule_sets()
    create_imports()
    create_payees()
    create_runs()
    create_outcomes()


def create_rule_sets() -> None:
    create(
        "rule_set",
        texts("bureau", "fingerprint", "name", "version"),
        [day("in_force_from"), day("in_force_to"), text_or_null("extends"), content("document")],
        key="bureau fingerprint",
        points={"bureau": "bureau bureau", "bureau extends": "rule_set bureau fingerprint"},
    )
    create_log("rule_set_event", "fingerprint", [], {"bureau fingerprint": "rule_set bureau fingerprint"})


def create_imports() -> None:
    create(
        "import",
        texts("bureau", "content_hash", "file_name", "sender"),
        [moment("received_at"), content("content")],
        key="bureau content_hash",
        points={"bureau": "bureau bureau"},
    )
    to_import = {"bureau content_hash": "import bureau content_hash"}
    to_rule_set = {"bureau rule_set": "rule_set bureau fingerprint"}
    create_log("import_event", "content_hash", [text_or_null("rule_set")], to_import | to_rule_set)
    create(
        "snapshot",
        texts("bureau", "fingerprint", "rule_set"),
        [content("content")],
        key="bureau fingerprint",
        points={"bureau": "bureau bureau"} | to_rule_set,
    )
    create(
        "snapshot_import",
        texts("bureau", "fingerprint"),
        [sa.Column("position", sa.Integer(), nullable=False), *texts("content_hash")],
        key="bureau fingerprint position",
        points={"bureau fingerprint": "snapshot bureau fingerprint"} | to_import,
    )


def create_payees() -> None:
    create(
        "payee",
        texts("bureau", "payee_id", "kind"),
        key="bureau payee_id",
        points={"bureau": "bureau bureau"},
    )
    create(
        "payee_identity",
        texts("bureau", "payee_id", "kind", "number", "label", "account", "bank"),
        [sa.UniqueConstraint("bureau", "kind", "number", name="uq_payee_identity_bureau_kind_number")],
        key="bureau payee_id",
        points={"bureau payee_id": "payee bureau payee_id"},
    )


def create_runs() -> None:
    create(
        "run",
        texts("bureau", "run_id", "rule_set", "snapshot", "period", "kind"),
        [moment("created_at"), *texts("created_by"), text_or_null("corrects")],
        key="bureau run_id",
        points={
            "bureau": "bureau bureau",
            "bureau rule_set": "rule_set bureau fingerprint",
            "bureau snapshot": "snapshot bureau fingerprint",
            "bureau corrects": "run bureau run_id",
        },
    )
    op.create_index("ix_run_bureau_period", "run", ["bureau", "period"])
    create_log("run_event", "run_id", [], {"bureau run_id": "run bureau run_id"})


def create_outcomes() -> None:
    to_run = {"bureau run_id": "run bureau run_id"}
    create(
        "run_record",
        texts("bureau", "run_id", "payee_id"),
        [content("content"), whole("amount_fen"), *texts("digest")],
        key="bureau run_id payee_id",
    )
    create(
        "run_pool",
        texts("bureau", "run_id"),
        [whole("position"), *texts("rule", "pool", "key", "unit", "fund")],
        [whole(name) for name in ("amount_fen", "shared_fen", "returned_fen", "members")],
        texts("weight"),
        key="bureau run_id position",
        points=to_run,
    )
    create(
        "run_total",
        texts("bureau", "run_id"),
        [
            whole("position"),
            *texts("unit", "item", "fund"),
            whole("lines"),
            whole("amount_fen"),
            whole("held_fen"),
        ],
        key="bureau run_id position",
        points=to_run,
    )
    create(
        "run_receipt",
        texts("bureau", "run_id"),
        [content("content"), *texts("digest")],
        key="bureau run_id",
        points=to_run,
    )


def create_log(table: str, subject: str, more: Columns, points: dict[str, str]) -> None:
    columns = [*texts(subject), *more, *texts("state"), moment("at"), *texts("actor", "detail")]
    create(table, texts("bureau"), [whole("number")], columns, key="bureau number", points=points)
    op.create_index(f"ix_{table}_bureau_{subject}_number", table, ["bureau", subject, "number"])


def create(table: str, *columns: Columns, key: str, points: dict[str, str] | None = None) -> None:
    """A table; `points`: foreign keys, columns to table and columns, all as words."""
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*key.split(), name=f"pk_{table}")]
    for here, there in (points or {}).items():
        target, *names = there.split()
        name = f"fk_{table}_{here.replace(' ', '_')}"
        remote = [f"{target}.{each}" for each in names]
        constraints.append(sa.ForeignKeyConstraint(here.split(), remote, name=name))
    op.create_table(table, *(each for part in columns for each in part), *constraints)


def texts(*names: str) -> Columns:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def text_or_null(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.String(), nullable=True)


def whole(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.BigInteger(), nullable=False)


def content(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def moment(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def day(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.Date(), nullable=False)
