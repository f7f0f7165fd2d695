"""The history of the schema: it builds today's tables, keeps every row, and leaves the book protected."""

import shutil
from dataclasses import asdict

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from payroll_service.store import migrations, open_store
from payroll_service.store.database import open_database
from payroll_service.store.errors import SchemaMismatch, Unreachable
from payroll_service.store.keys import key_file_of
from payroll_service.store.migrations import alembic_config, migrate, newest_revision, stored_revision
from payroll_service.store.store import Session
from payroll_service.store.vault import open_vault
from tests.store.first_revision import ROWS

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{previous}"

def upgrade():
    with op.batch_alter_table("run", recreate="auto") as batch:
        batch.add_column(sa.Column("remark", sa.String(), nullable=True))
        batch.alter_column("period", nullable=True)
    {then}
"""


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def add_revision(tmp_path, monkeypatch):
    """Makes a copy of the history that has one revision more, which rebuilds the table of runs."""

    def add(then: str) -> None:
        previous = newest_revision()
        history = tmp_path / "migrations 100%"
        shutil.copytree(migrations.HISTORY, history, ignore=shutil.ignore_patterns("__pycache__"))
        (history / "versions" / "next.py").write_text(NEXT.format(previous=previous, then=then))
        monkeypatch.setattr(migrations, "HISTORY", history)
        newest_revision.cache_clear()

    yield add
    newest_revision.cache_clear()


def put_first_rows(database) -> None:
    """A book of the first revision, written as its software wrote it."""
    mark = "?" if "sqlite" in database.url else "%s"
    with database.writing() as connection:
        for table, row in ROWS.items():
            marks = ", ".join([mark] * len(row))
            insert = f'INSERT INTO "{table}" ({", ".join(row)}) VALUES ({marks})'
            connection.exec_driver_sql(insert, tuple(row.values()))


def put_first_book(database) -> None:
    """A filled book of the first revision, brought to the newest."""
    migrate(database.url, "0001")
    put_first_rows(database)
    migrate(database.url)


def first_rows(database) -> dict:
    """What now stands in the columns of the first revision; what is sealed since, opened."""
    with database.reading() as connection:
        there = inspect(connection)
        names = {
            table: [name for name in row if name in {one["name"] for one in there.get_columns(table)}]
            for table, row in ROWS.items()
        }
        selects = {table: f'SELECT {", ".join(names[table])} FROM "{table}"' for table in ROWS}
        found = {table: connection.exec_driver_sql(select).all() for table, select in selects.items()}
    if "number" in names["payee_identity"]:
        return found
    vault = open_vault(database, key_file_of(database.url))
    with database.reading() as connection:
        session = Session(connection, vault)
        who = session.payees.get("dushan", "p1")
        found["payee_identity"] = [tuple(asdict(who)[name] for name in ROWS["payee_identity"])]
        for table, key in (("import", "content_hash"), ("snapshot", "fingerprint")):
            place, (row,) = list(ROWS[table]).index("content"), found[table]
            opened = vault.open(row[place], table, table, "dushan", ROWS[table][key])
            found[table] = [(*row[:place], opened, *row[place + 1 :])]
    return found


def test_the_history_builds_exactly_the_tables_of_the_store(database_url):
    migrate(database_url)
    command.check(alembic_config(database_url))


def test_a_filled_book_of_the_first_revision_comes_to_the_newest_unchanged(database, database_url):
    migrate(database_url, "0001")
    assert set(ROWS) == set(inspect(database.reader).get_table_names()) - {"alembic_version"}
    put_first_rows(database)
    before = first_rows(database)
    migrate(database_url)
    assert first_rows(database) == before
    assert all(len(rows) == 1 for rows in before.values())
    assert stored_revision(database) == newest_revision()
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT granted_fen FROM run_total").scalars().all() == [0]


def test_a_filled_book_that_comes_revision_by_revision_keeps_its_rows_and_is_guarded_at_each(
    database, database_url
):
    """As it comes where every version was installed, and not the newest alone."""
    migrate(database_url, "0001")
    put_first_rows(database)
    before = first_rows(database)
    script = ScriptDirectory.from_config(alembic_config(""))
    for revision in [one.revision for one in script.walk_revisions()][::-1]:
        migrate(database_url, revision)
        assert first_rows(database) == before, revision
        with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM run")
    command.check(alembic_config(database_url))


def test_systems_of_one_name_are_told_apart_and_the_one_that_may_call_keeps_it(database, database_url):
    migrate(database_url, "0009")
    clients = {"a": ("dushan", 1), "b": ("dushan", 0), "c": ("dushan", 0), "d": ("libo", 0)}
    with database.writing() as connection:
        for bureau in ("dushan", "libo"):
            connection.execute(text("INSERT INTO bureau VALUES (:bureau, '')"), {"bureau": bureau})
        for client_id, (bureau, disabled) in clients.items():
            row = {"bureau": bureau, "id": client_id, "disabled": bool(disabled)}
            connection.execute(
                text("INSERT INTO client VALUES (:bureau, :id, '核算中心', '', '', :disabled)"), row
            )
    migrate(database_url)
    with database.reading() as connection:
        found = connection.execute(text("SELECT client_id, name FROM client ORDER BY client_id")).all()
    assert found == [("a", "核算中心 a"), ("b", "核算中心"), ("c", "核算中心 c"), ("d", "核算中心")]


def test_a_table_rebuilt_by_a_migration_keeps_what_points_to_it_and_its_triggers(
    database, database_url, add_revision
):
    put_first_book(database)
    before = first_rows(database)
    add_revision(then="""op.execute("UPDATE run SET remark = 'moved'")""")
    migrate(database_url)
    assert first_rows(database) == before
    assert "remark" in {column["name"] for column in inspect(database.reader).get_columns("run")}
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM run")


def test_a_migration_that_fails_leaves_the_book_as_it_was(database, database_url, add_revision):
    put_first_book(database)
    before, revision = first_rows(database), newest_revision()
    add_revision(then="raise RuntimeError")
    with pytest.raises(RuntimeError):
        migrate(database_url)
    assert (first_rows(database), stored_revision(database)) == (before, revision)
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM run")


def test_a_migration_that_leaves_rows_pointing_nowhere_fails(sqlite_database_url, add_revision):
    database = open_database(sqlite_database_url)
    put_first_book(database)
    add_revision(then='op.execute("DELETE FROM snapshot")')
    with pytest.raises(AssertionError, match="point nowhere"):
        migrate(sqlite_database_url)
    assert len(first_rows(database)["snapshot"]) == 1
    database.close()


def test_an_empty_or_older_sqlite_file_is_brought_up_to_date_when_opened(sqlite_database_url, add_revision):
    open_store(sqlite_database_url).close()
    add_revision(then="pass")
    store = open_store(sqlite_database_url)
    assert stored_revision(store.database) == "next"
    store.close()


def test_a_new_sqlite_file_is_its_owners_alone(tmp_path):
    file = tmp_path / "new.db"
    open_store(f"sqlite:///{file}").close()
    assert {oct(each.stat().st_mode & 0o777) for each in tmp_path.iterdir()} == {"0o600"}


@pytest.mark.parametrize(
    "url", ["sqlite:////proc/nowhere/x.db", "postgresql+psycopg://nobody@127.0.0.1:1/x?connect_timeout=3"]
)
def test_a_database_that_cannot_be_opened_is_told_and_not_thrown(url):
    with pytest.raises(Unreachable, match=r"打不开数据库：.*请核对"):
        open_store(url)


def test_a_postgresql_is_upgraded_by_its_administrator_only(postgres_database_url):
    with pytest.raises(SchemaMismatch, match="数据库升级"):
        open_store(postgres_database_url)


def test_a_database_of_newer_software_is_refused(database, database_url):
    migrate(database_url)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="9999"):
        open_store(database_url)
