"""Whoever changes the ledger behind the software's back is named by the check that finds it, on both databases."""

import pytest
from sqlalchemy import text

from payroll_service.book.records import sha256
from payroll_service.store.triggers import put_on, take_off
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.pay_claims import PayRequest, approve_payment, prepare_payment
from payroll_service.workflow.send_back import Rejects, reject_payees
from payroll_service.workflow.verify_book import verify_book
from tests.workflow.claims import BUREAU, DAY, NOW, grant, open_book

A01 = ("奖励", "A01", "绩效", "2020-2021-1")
REPLAY = "账：逐笔重放，付款不超过当时的欠付，资金不为负"


@pytest.fixture
def paid(store):
    """Funding, a payment of 3 000.00 to two people, and one of them rejected."""
    rules = open_book(store)
    grant(store, "r1", rules, {"P1": [(*A01, 100_000)], "P2": [(*A01, 200_000)]})
    fund_book(store, BUREAU, Funding("绩效", 300_000, DAY, reference="财教1号"), "出纳", NOW)
    prepared = prepare_payment(store, BUREAU, PayRequest(DAY), "会计", NOW)
    approve_payment(store, BUREAU, prepared.number, "局长", NOW)
    reject_payees(store, BUREAU, Rejects(prepared.number, DAY, {"P1": "销户"}), "出纳", NOW)
    return store


def broken(store) -> set[str]:
    return {check.name for check in verify_book(store, BUREAU).checks if not check.holds}


def tamper(store, table: str, statement: str, **values) -> None:
    with store.writing() as session:
        take_off(session.connection, table)
        assert session.connection.execute(text(statement), values).rowcount > 0
        put_on(session.connection)


def test_a_book_as_it_was_written_is_sound(paid):
    verified = verify_book(paid, BUREAU)
    assert (verified.sound, verified.movements, len(verified.digest)) == (True, 3, 64)


def test_an_empty_book_is_sound(store):
    open_book(store)
    assert verify_book(store, BUREAU).sound


@pytest.mark.parametrize(
    ("table", "statement", "named"),
    [
        (
            "movement_posting",
            "UPDATE movement_posting SET fen = fen + 1 WHERE number = 2",
            "账：每笔借贷相等",
        ),
        (
            "movement_posting",
            "UPDATE movement_posting SET fen = fen * 2 WHERE number = 2",
            "账：分录等于各人记录之和",
        ),
        ("movement_posting", "UPDATE movement_posting SET fen = fen - fen / 2 WHERE number = 1", REPLAY),
        (
            "movement_record",
            "UPDATE movement_record SET amount_fen = amount_fen + 1 WHERE number = 2",
            "账：每位收款人的记录与摘要、金额相符",
        ),
        ("movement", "UPDATE movement SET reason = '改过' WHERE number = 1", "账：每笔与摘要链相符"),
        ("movement_posting", "DELETE FROM movement_posting WHERE number = 3", "账：分录等于各人记录之和"),
        ("draft", "UPDATE draft SET digest = ''", "账：付款和调整经两人，与准备的单相符"),
        ("movement_record", "DELETE FROM movement_record WHERE number = 2", "账：退回的不超过付出的"),
    ],
)
def test_a_change_is_named(paid, table, statement, named):
    tamper(paid, table, statement)
    assert named in broken(paid)


def test_the_last_movement_taken_away_shows_in_the_digest_that_was_kept(paid):
    kept = verify_book(paid, BUREAU).digest
    for table in ("movement_record", "movement_posting", "movement"):
        tamper(paid, table, f"DELETE FROM {table} WHERE number = 3")
    verified = verify_book(paid, BUREAU)
    assert verified.sound
    assert verified.digest != kept


def test_a_record_forged_with_its_digest_is_named(paid):
    with paid.reading() as session:
        record = next(iter(session.ledger.records(BUREAU, 2)))
    forged = record.content.replace(b'00.00"', b'00.01"')
    tamper(
        paid,
        "movement_record",
        "UPDATE movement_record SET content = :content, digest = :digest WHERE number = 2 AND payee_id = :payee",
        content=forged,
        digest=sha256(forged),
        payee=record.payee_id,
    )
    assert {"账：每笔与摘要链相符", "账：逐笔重放"} <= broken(paid)
