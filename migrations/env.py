"""How a migration runs: one transaction, foreign keys off on SQLite and checked after, triggers off and on again.

A batch migration on SQLite rebuilds the table: with foreign keys on that deletes the rows of other tables that point
there, and it loses triggers. What the triggers of today cannot know (a table not yet made) they leave alone.
"""

import os
from typing import Any

from alembic import context
from sqlalchemy import Connection

from payroll_service.store import access_tables as access_tables  # its tables are part of the whole
from payroll_service.store import bank_account_tables as bank_account_tables
from payroll_service.store import job_tables as job_tables
from payroll_service.store import ledger_tables as ledger_tables
from payroll_service.store import objection_tables as objection_tables
from payroll_service.store import triggers
from payroll_service.store.database import open_database
from payroll_service.store.tables import Row


def run(connection: Connection) -> None:
    triggers.take_off(connection)
    context.configure(
        connection=connection,
        target_metadata=Row.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_server_default=True,
        transactional_ddl=True,
    )
    context.run_migrations()
    triggers.put_on(connection)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        assert not broken, f"the migration left rows that point nowhere: {broken[:5]}"


if context.is_offline_mode():
    raise SystemExit("migrations look at the database and cannot be written out as SQL")

url = context.config.attributes.get("url") or os.environ.get("PAYROLL_DATABASE_URL")
if not url:
    raise SystemExit("PAYROLL_DATABASE_URL says which database to migrate, and is not set")

context.config.attributes["url"] = url
database = open_database(url)
with database.writer.connect() as connection:
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
    with connection.begin():
        run(connection)
    connection.invalidate()  # its pragmas are not the usual ones
database.close()
