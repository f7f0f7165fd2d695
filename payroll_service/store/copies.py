"""Whole databases out and in: SQLite by its online backup, PostgreSQL by pg_dump and pg_restore.

A copy is taken at one moment while others go on writing, and its contents are read at that same moment.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url

from payroll_service.errors import BackupRefused
from payroll_service.store.contents import Contents, contents_of
from payroll_service.store.database import Database, open_database


def backend_of(url: str) -> str:
    """sqlite or postgresql."""
    return make_url(url).get_backend_name()


def copy_out(url: str, target: Path) -> Contents:
    """Copy the database at `url` into the new file `target`. Raises BackupRefused."""
    if backend_of(url) == "postgresql":
        return dump(url, target)
    source = Path(make_url(url).database or "")
    if not source.is_file():
        raise BackupRefused(f"没有数据库文件“{source}”。", "请用 --database 写明要备份的数据库。")
    copy_sqlite(source, target)
    contents = contents_at(f"sqlite:///{target}")
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
    return contents


def copy_in(copy: Path, url: str) -> None:
    """Put the copy in the place of whatever is at `url`: wholly, or not at all. Raises BackupRefused."""
    if backend_of(url) == "postgresql":
        options = ["--single-transaction", "--exit-on-error", "--clean", "--if-exists"]
        call("pg_restore", url, "--no-owner", "--no-privileges", *options, str(copy))
    else:
        copy_sqlite(copy, Path(make_url(url).database or ""))


def is_occupied(url: str) -> bool:
    """Whether something is there that restoring would replace."""
    if backend_of(url) == "sqlite":
        place = Path(make_url(url).database or "")
        return place.exists() and place.stat().st_size > 0
    return bool(contents_at(url).tables)


def contents_at(url: str) -> Contents:
    with opened_database(url) as database, database.reading() as connection:
        return contents_of(connection)


@contextmanager
def scratch(url: str) -> Iterator[str]:
    """An empty database of the same kind, gone afterwards: a file in a temporary folder, or one beside `url`'s."""
    if backend_of(url) == "sqlite":
        with tempfile.TemporaryDirectory(prefix="payroll-check-") as folder:
            yield f"sqlite:///{Path(folder) / 'payroll.db'}"
        return
    name = f"payroll_check_{uuid.uuid4().hex[:12]}"
    administer(url, f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        administer(url, f'DROP DATABASE "{name}" WITH (FORCE)')


def administer(url: str, statement: str) -> None:
    """What PostgreSQL does outside of transactions only."""
    engine = create_engine(open_database(url).url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def opened_database(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


def copy_sqlite(source: Path, target: Path) -> None:
    """Page by page under SQLite's own locks: writers of the source go on, readers of the target see old or new."""
    reading = f"{source.resolve().as_uri()}?mode=rw"  # never a new file
    try:
        with closing(sqlite3.connect(reading, uri=True)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
            (told,) = new.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as why:
        raise BackupRefused(f"数据库文件复制不了：{why}。", "请核对文件、磁盘空间和权限后重试。") from None
    if told != "ok":
        raise BackupRefused("数据库文件已经损坏。", "请停止使用，用最近一份检查过的备份恢复。")


def dump(url: str, target: Path) -> Contents:
    """pg_dump of the very moment whose contents are read."""
    with opened_database(url) as database, database.reading() as connection:
        moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}"]
        call("pg_dump", url, *options, f"--file={target}")
        return contents_of(connection)


def call(tool: str, url: str, *options: str) -> None:
    """One of PostgreSQL's tools. The password goes through the environment: arguments can be read by others."""
    found = shutil.which(tool)
    if found is None:
        raise BackupRefused(
            f"这台机器上没有 {tool}。",
            "请安装与服务器同版本的 PostgreSQL 客户端（postgresql-client）后重试。",
        )
    parsed = make_url(url)
    environment = dict(os.environ) | ({"PGPASSWORD": str(parsed.password)} if parsed.password else {})
    command = [found, "--no-password", f"--dbname={without_password(parsed)}", *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace")
    if done.returncode:
        told = next(iter(done.stderr.strip().splitlines()), f"退出码 {done.returncode}")
        raise BackupRefused(
            f"{tool} 没有成功：{told}。", "请核对客户端版本不低于服务器、账号权限和磁盘空间。"
        )


def without_password(parsed: URL) -> str:
    return URL.create(
        "postgresql", parsed.username, None, parsed.host, parsed.port, parsed.database, parsed.query
    ).render_as_string()
