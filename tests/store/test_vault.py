"""What is sealed opens in its own place alone, under keys that no database holds; the file has no number in clear."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url, select, text, update

from payroll_service.store import migrate, open_store
from payroll_service.store.contents import contents_of
from payroll_service.store.database import open_database
from payroll_service.store.errors import KeysUnusable, StoredBytesChanged
from payroll_service.store.keys import key_file_of, make_key_file, new_keys, read_keys, replace_key_file
from payroll_service.store.payees import IDENTITY
from payroll_service.store.triggers import put_on, take_off
from payroll_service.store.vault import Vault
from tests.store.first_revision import MORNING, ROWS
from tests.store.shelf import IMPORT, SNAPSHOT, TEACHERS, approve, fill, publish
from tests.store.test_migrations import put_first_rows

KEYS = new_keys()
VAULT = Vault(KEYS, Path("no such file"))
NUMBER = next(iter(TEACHERS))
ACCOUNT = "6228480000000000016"


@given(st.binary(max_size=200), st.lists(st.text(max_size=9), min_size=1, max_size=4))
def test_what_was_sealed_for_a_place_opens_there(content, place):
    sealed = VAULT.seal(content, *place)
    assert VAULT.open(sealed, "甲", *place) == content
    assert content not in sealed or len(content) < 4
    with pytest.raises(StoredBytesChanged, match="甲"):
        VAULT.open(sealed, "甲", *place, "elsewhere")


@given(st.data())
def test_no_byte_can_be_altered(data):
    sealed = bytearray(VAULT.seal(b"520111198001010014", "t", "b", "k"))
    start = 2 + sealed[1]  # behind the key's id, which says where to look
    place = data.draw(st.integers(start, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(StoredBytesChanged):
        VAULT.open(bytes(sealed), "甲", "t", "b", "k")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\x00", b"PK\x03\x04", b"\x01\xff" + b"x" * 9])
def test_bytes_that_were_never_sealed_are_named(sealed):
    with pytest.raises((StoredBytesChanged, KeysUnusable)):
        VAULT.open(sealed, "甲", "t", "b", "k")


def test_the_same_number_is_sealed_differently_and_found_by_the_same_index():
    first, second = VAULT.seal_all([(b"520111", ("t", "b", "k"))] * 2)
    assert first != second
    assert VAULT.index("b", "个人", "520111") == VAULT.index("b", "个人", "520111")
    others = [("b", "学校", "520111"), ("c", "个人", "520111"), ("b", "个人", "520112")]
    assert VAULT.index("b", "个人", "520111") not in {VAULT.index(*other) for other in others}
    assert Vault(new_keys(), Path()).index("b", "个人", "520111") != VAULT.index("b", "个人", "520111")


def set_cell(session, column: str, payee_id: str, cell: object) -> None:
    row = IDENTITY.c.payee_id == payee_id
    session.connection.execute(update(IDENTITY).where(row).values({column: cell}))


@pytest.mark.parametrize("column", ["sealed", "number_index"])
def test_cells_that_changed_places_are_named_as_altered(store, shelf, column):
    """Neither person can be read, and the error says whose row it is."""
    one, other = list(shelf.payee_ids.values())[:2]
    with store.writing() as session:
        cells = dict(session.connection.execute(select(IDENTITY.c.payee_id, IDENTITY.c[column])).all())
        set_cell(session, column, one, cells[one][::-1])  # aside: no two may have the same index
        set_cell(session, column, other, cells[one])
        set_cell(session, column, one, cells[other])
    with store.reading() as session:
        for payee_id in (one, other):
            with pytest.raises(StoredBytesChanged, match=payee_id):
                session.payees.get("dushan", payee_id)


def test_a_row_that_is_said_to_be_of_another_kind_is_named_as_altered(store, shelf):
    payee_id = shelf.payee_ids[NUMBER]
    with store.writing() as session:
        set_cell(session, "kind", payee_id, "学生")
        with pytest.raises(StoredBytesChanged, match=payee_id):
            session.payees.all("dushan", "学生")


def traces(url: str) -> bytes:
    """Everything at rest: the files of SQLite, or every row of PostgreSQL as text and bytes."""
    if url.startswith("sqlite"):
        place = Path(str(make_url(url).database))
        return b"".join(path.read_bytes() for path in place.parent.glob(f"{place.name}*"))
    database, found = open_database(url), b""
    with database.reading() as connection:
        for table in contents_of(connection).tables:
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'):
                found += b"\n".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in row)
    database.close()
    return found


def in_clear(url: str, *words: str) -> list[str]:
    found = traces(url)
    return [word for word in words if word.encode() in found]


def test_no_number_name_or_account_is_at_rest_in_clear(store, shelf, database_url):
    with store.writing() as session:
        who = session.payees.find("dushan", "个人", NUMBER)
        session.payees.put_right([replace(who, account=ACCOUNT, bank="农业银行")])
    assert in_clear(database_url, *TEACHERS, *TEACHERS.values(), ACCOUNT, "农业银行", "canonical bytes") == []
    store.close()
    assert in_clear(database_url, *TEACHERS, *TEACHERS.values(), ACCOUNT, "农业银行", "a workbook") == []
    assert in_clear(database_url, "独山县教育局") != [], "the search finds what is there"


def test_what_an_older_revision_had_in_clear_is_sealed_and_leaves_no_trace(database_url):
    migrate(database_url, "0001")
    database = open_database(database_url)
    put_first_rows(database)
    database.close()
    who = ROWS["payee_identity"]
    words = (who["number"], who["label"], who["account"], who["bank"])
    assert in_clear(database_url, *words) == [*words]
    migrate(database_url)
    assert in_clear(database_url, *words) == []
    store = open_store(database_url)
    with store.reading() as session:
        found = session.payees.find("dushan", "个人", who["number"])
    assert found is not None
    assert (found.label, found.account, found.bank) == words[1:]
    store.close()


def test_what_was_said_in_objections_is_sealed_by_the_migration_and_by_the_store(database_url):
    migrate(database_url, "0001")
    database = open_database(database_url)
    put_first_rows(database)
    migrate(database_url, "0010")
    days = {"first_day": "2020-10-09", "last_day": "2020-10-16"}
    run = {"bureau": "dushan", "run_id": "r1", "number": 1, "at": MORNING, **days}
    rows: dict[str, dict[str, object]] = {
        "run_approval": run | {"prepared_by": "王会计", "approved_by": "李局长", "receipt": "d"},
        "run_publication": run
        | {
            "published_by": "王会计",
            "working_days": 5,
            "answer_days": 5,
            "answer_by": "2020-10-23",
            "reason": "",
        },
        "objection": {"bureau": "dushan", "number": 1, "run_id": "r1", "payee_id": "p1", "item": "101"}
        | {
            "cause": "score",
            "words": "住院少算一月",
            "at": MORNING,
            "raised_by": "wei",
            "answer_by": "2020-10-23",
        },
        "objection_event": {"bureau": "dushan", "number": 1, "objection": 1, "state": "upheld", "at": MORNING}
        | {"actor": "李局长", "detail": "病历已核对"},
    }
    with database.writing() as connection:
        for table, row in rows.items():
            names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)
    database.close()
    words = ("住院少算一月", "病历已核对")
    assert in_clear(database_url, *words) == [*words]
    migrate(database_url)
    assert in_clear(database_url, *words) == []
    store = open_store(database_url)
    with store.writing() as session:
        objection = session.objections.get("dushan", 1)
        (answer,) = session.objections.events("dushan")
        again = session.objections.add(replace(objection, words="又住院了"))
        session.objections.note("dushan", again.number, "rejected", answer.at, "李局长", "病历不全")
        assert session.objections.get("dushan", 2).words == "又住院了"
    assert ((objection.words, answer.detail), again.number) == (words, 2)
    assert in_clear(database_url, "又住院了", "病历不全") == []
    store.close()


def test_words_of_one_objection_do_not_open_as_anothers(store, shelf):
    approve(store)
    publish(store)
    with store.writing() as session:
        session.objections.add(session.objections.get("dushan", 1))
        take_off(session.connection, "objection")
        other = (
            "UPDATE objection SET sealed = (SELECT sealed FROM objection WHERE number = 2) WHERE number = 1"
        )
        session.connection.exec_driver_sql(other)
        put_on(session.connection)
    with store.reading() as session, pytest.raises(StoredBytesChanged, match="申诉"):
        session.objections.get("dushan", 1)


def test_who_rotates_waits_for_who_writes(store, database_url):
    """Two who read and replaced the key file at once would drop a key that one of them has sealed with."""
    file = key_file_of(database_url)
    before = file.read_bytes()
    other = open_store(database_url)
    with ThreadPoolExecutor() as pool:
        with store.writing():
            rotation = pool.submit(other.rotate_keys)
            with pytest.raises(TimeoutError):
                rotation.result(0.3)
            assert file.read_bytes() == before
        rotation.result()
    assert file.read_bytes() != before
    other.close()


def test_a_link_to_the_key_file_stays_one(tmp_path):
    make_key_file(tmp_path / "keys")
    link = tmp_path / "link"
    link.symlink_to("keys")
    replace_key_file(link, KEYS)
    assert link.is_symlink()
    assert read_keys(tmp_path / "keys") == KEYS


def test_after_a_rotation_everything_is_read_and_identities_need_the_new_key_alone(
    store, shelf, database_url
):
    file = key_file_of(database_url)
    before = read_keys(file)
    other = open_store(database_url)  # a service that is running meanwhile
    assert store.rotate_keys() == 3
    after = read_keys(file)
    assert set(after.sealing) > set(before.sealing)
    for each in (store, other):
        with each.reading() as session:
            assert session.payees.ids("dushan", "个人") == shelf.payee_ids
            who = session.payees.find("dushan", "个人", NUMBER)
            assert who is not None
            assert who.label == TEACHERS[NUMBER]
            assert session.imports.get("dushan", IMPORT.content_hash) == IMPORT
            assert session.snapshots.get("dushan", SNAPSHOT.fingerprint) == SNAPSHOT
    other.close()
    alone = Vault(replace(after, sealing={after.current: after.sealing[after.current]}), Path("no such file"))
    store.vault = alone
    with store.reading() as session:
        assert session.payees.ids("dushan", "个人") == shelf.payee_ids
        with pytest.raises(KeysUnusable):
            session.imports.get("dushan", IMPORT.content_hash)


def test_a_database_opens_with_its_own_keys_alone(database_url, monkeypatch, tmp_path):
    migrate(database_url)
    store = open_store(database_url)
    fill(store)
    store.close()
    file = key_file_of(database_url)
    kept = file.read_bytes()
    file.unlink()
    with pytest.raises(KeysUnusable, match="没有密钥文件"):
        open_store(database_url)
    assert not file.exists(), "no new keys for what the old ones sealed"
    make_key_file(file)
    with pytest.raises(KeysUnusable, match=r"不是这个数据库的|没有密钥"):
        open_store(database_url)
    keys = new_keys()
    file.write_bytes(kept)
    replace_key_file(file, replace(read_keys(file), index=keys.index))
    with pytest.raises(KeysUnusable, match="索引密钥"):
        open_store(database_url)
    for broken in (b"", b"{}", kept.replace(b'"keys"', b'"kyes"'), kept[:-9]):
        file.write_bytes(broken)
        with pytest.raises(KeysUnusable, match="不是完整的密钥文件"):
            open_store(database_url)
    file.write_bytes(kept)
    open_store(database_url).close()


def test_a_postgresql_whose_keys_nobody_named_says_what_to_do(postgres_database_url, monkeypatch):
    migrate(postgres_database_url)
    monkeypatch.delenv("PAYROLL_KEY_FILE")
    with pytest.raises(KeysUnusable, match=r"PAYROLL_KEY_FILE.*payroll keys new"):
        open_store(postgres_database_url)


def test_the_keys_of_a_sqlite_file_are_for_its_owners_eyes_alone(sqlite_database_url):
    open_store(sqlite_database_url).close()
    file = key_file_of(sqlite_database_url)
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir() if "keys" in path.name] == ["payroll.db.keys"]
