"""What is said in an objection and in its answer is sealed: it may name people, and why they were away.

Revision 0013. What stood there in clear is sealed in the same transaction, so this migration needs the keys.
"""

import sqlalchemy as sa
from alembic import context, op

from payroll_service.store.keys import key_file_of
from payroll_service.store.vault import Vault, enter_keys, find_vault, known_keys

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

WORDS = {"objection": "words", "objection_event": "detail"}


def upgrade() -> None:
    connection = op.get_bind()
    vault: Vault | None = None
    for name, said in WORDS.items():
        with op.batch_alter_table(name) as batch:
            batch.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
        table = sa.table(name, *map(sa.column, ("bureau", "number", said, "sealed")))
        for bureau, number, words in connection.execute(sa.select(*list(table.c)[:3])).all():
            vault = vault or keys_at_hand(connection)
            closed = vault.seal(words.encode(), name, bureau, str(number))
            row = (table.c.bureau == bureau, table.c.number == number)
            connection.execute(sa.update(table).where(*row).values(sealed=closed))
        with op.batch_alter_table(name) as batch:
            batch.drop_column(said)
            batch.alter_column("sealed", nullable=False, existing_type=sa.LargeBinary())


def keys_at_hand(connection: sa.Connection) -> Vault:
    attributes = context.config.attributes
    url: str = attributes["url"]
    vault = find_vault(url, attributes.get("key_file") or key_file_of(url), known_keys(connection))
    enter_keys(connection, vault)
    return vault
