"""One name for each finance system of a bureau; and the triggers of two persons are put on.

Revision 0010. Of systems that had the same name, those added to it bear their id beside it from now on: the name stands
in the book for whoever acted, and in the keys of what was answered.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CLIENT = sa.table("client", *map(sa.column, ("bureau", "client_id", "name", "disabled")))


def upgrade() -> None:
    tell_apart(op.get_bind())
    with op.batch_alter_table("client") as batch:
        batch.create_unique_constraint("uq_client_bureau_name", ["bureau", "name"])


def tell_apart(connection: sa.Connection) -> None:
    """The system that may still call keeps the name."""
    order = sa.select(CLIENT).order_by(CLIENT.c.bureau, CLIENT.c.disabled, CLIENT.c.client_id)
    taken: set[tuple[str, str]] = set()
    for bureau, client_id, name, _ in connection.execute(order).all():
        if (bureau, name) in taken:
            ours = (CLIENT.c.bureau == bureau, CLIENT.c.client_id == client_id)
            connection.execute(sa.update(CLIENT).where(*ours).values(name=f"{name} {client_id}"))
        taken.add((bureau, name))
