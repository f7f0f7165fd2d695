"""Bringing a database to the newest schema, and knowing whether it is there. The history is in `migrations/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from payroll_service.store.database import Database, open_database
from payroll_service.store.errors import SchemaMismatch, Unreachable

HISTORY = Path(__file__).resolve().parents[2] / "migrations"


def migrate(url: str, revision: str = "head", key_file: Path | None = None) -> None:
    """Bring the database at `url` to `revision` in one transaction: wholly, or not at all.

    `key_file`: of the keys that seal what an older revision had in clear; default where `key_file_of` says.
    """
    config = alembic_config(url)
    config.attributes["key_file"] = key_file
    command.upgrade(config, revision)


@cache
def newest_revision() -> str | None:
    """The last of the history that this process has been started with."""
    return ScriptDirectory.from_config(alembic_config("")).get_current_head()


def stored_revision(database: Database) -> str | None:
    """The revision of the database; None for an empty one."""
    with database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check_revision(database: Database, wanted: str | None) -> None:
    """Raises SchemaMismatch if the database is at another revision."""
    found = stored_revision(database)
    if found != wanted:
        raise SchemaMismatch(found, wanted)


def make_current(url: str, key_file: Path | None = None) -> None:
    """Migrate an older or empty SQLite file; refuse any other database that is not at the newest revision.

    A PostgreSQL is upgraded by its administrator (`migrate`), not by whichever process happens to start first. A new
    SQLite file is its owner's alone. Raises Unreachable, SchemaMismatch.
    """
    database, parsed = open_database(url), make_url(url)
    is_file = parsed.get_backend_name() == "sqlite"
    try:
        if is_file:
            Path(parsed.database or "").touch(mode=0o600)
        found = stored_revision(database)
    except (OperationalError, OSError) as why:
        raise Unreachable(str(getattr(why, "orig", why))) from None
    finally:
        database.close()
    wanted = newest_revision()
    if found == wanted:
        return
    if not is_file or not (found is None or is_known(found)):
        raise SchemaMismatch(found, wanted)
    migrate(url, key_file=key_file)


def is_known(revision: str) -> bool:
    return any(
        script.revision == revision
        for script in ScriptDirectory.from_config(alembic_config("")).walk_revisions()
    )


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HISTORY).replace("%", "%%"))
    config.attributes["url"] = url
    return config
