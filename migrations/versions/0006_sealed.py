"""Personal data are sealed: who the payees are, the received files, the snapshots; and which keys did it.

Revision 0006. What stood there in clear is sealed in the same transaction, so this migration needs the keys.
"""

import sqlalchemy as sa
from alembic import context, op

from payroll_service.store.keys import key_file_of
from payroll_service.store.vault import Vault, enter_keys, find_vault

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BLOBS = {"import": "content_hash", "snapshot": "fingerprint"}
OPENED = ("bureau", "payee_id", "kind", "number", "label", "account", "bank")


def upgrade() -> None:
    connection = op.get_bind()
    op.create_table(
        "sealing_key",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_sealing_key"),
    )
    people = connection.execute(sa.text(f"SELECT {', '.join(OPENED)} FROM payee_identity")).all()
    used = people or any(has_rows(connection, table) for table in BLOBS)
    vault = keys_at_hand(connection) if used else None
    op.drop_table("payee_identity")
    op.create_table(
        "payee_identity",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("bureau", "payee_id", "kind", "number_index")
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("bureau", "payee_id", name="pk_payee_identity"),
        sa.ForeignKeyConstraint(
            ["bureau", "payee_id"],
            ["payee.bureau", "payee.payee_id"],
            name="fk_payee_identity_bureau_payee_id",
        ),
        sa.UniqueConstraint(
            "bureau", "kind", "number_index", name="uq_payee_identity_bureau_kind_number_index"
        ),
    )
    if vault is not None:
        table = sa.table(
            "payee_identity", *map(sa.column, ("bureau", "payee_id", "kind", "number_index", "sealed"))
        )
        if rows := [sealed(vault, *person) for person in people]:
            connection.execute(sa.insert(table), rows)
        for name, key in BLOBS.items():
            seal_blobs(connection, vault, name, key)


def has_rows(connection: sa.Connection, table: str) -> bool:
    return bool(connection.scalar(sa.text(f'SELECT EXISTS (SELECT 1 FROM "{table}")')))


def keys_at_hand(connection: sa.Connection) -> Vault:
    attributes = context.config.attributes
    url: str = attributes["url"]
    vault = find_vault(url, attributes.get("key_file") or key_file_of(url), {})
    enter_keys(connection, vault)
    return vault


def sealed(
    vault: Vault, bureau: str, payee_id: str, kind: str, number: str, label: str, account: str, bank: str
) -> dict[str, object]:
    index = vault.index(bureau, kind, number)
    content = "\0".join((number, label, account, bank)).encode()
    place = ("payee_identity", bureau, kind, index, payee_id)
    key = {"bureau": bureau, "payee_id": payee_id, "kind": kind, "number_index": index}
    return key | {"sealed": vault.seal(content, *place)}


def seal_blobs(connection: sa.Connection, vault: Vault, name: str, key: str) -> None:
    table = sa.table(name, sa.column("bureau"), sa.column(key), sa.column("content"))
    for bureau, found in list(connection.execute(sa.select(table.c.bureau, table.c[key]))):
        row = (table.c.bureau == bureau, table.c[key] == found)
        content = connection.scalar(sa.select(table.c.content).where(*row))
        assert isinstance(content, bytes), "a column of bytes"
        closed = vault.seal(content, name, bureau, found)
        connection.execute(sa.update(table).where(*row).values(content=closed))
