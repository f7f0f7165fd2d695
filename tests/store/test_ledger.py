"""What goes into the ledger's tables comes out of them."""

from datetime import timedelta

from payroll_service.book.ledger.postings import line_postings
from payroll_service.book.ledger.records import read_record
from tests.store.shelf import NOON, ids, move


def test_a_movement_comes_out_as_it_went_in(store, shelf):
    movement = move(store)
    payee = next(iter(ids(store).values()))
    with store.reading() as session:
        [record] = session.ledger.records("dushan", 1)
        lines = read_record(record).lines
        assert session.ledger.movements("dushan") == [movement]
        assert session.ledger.approved("dushan", 1) == movement
        assert session.ledger.of_payee("dushan", payee) == [(1, record)]
        assert tuple(session.ledger.postings("dushan", 1)) == line_postings("payment", lines)
        [draft] = session.ledger.drafts("dushan")
        assert (draft.number, session.ledger.draft("dushan", 1)) == (1, draft)
        assert (session.ledger.next_number("dushan"), session.ledger.next_draft("dushan")) == (2, 2)
        assert session.ledger.next_number("libo") == 1


def test_decisions_about_payees_are_numbered_in_order(store, shelf):
    move(store)
    payee = next(iter(ids(store).values()))
    with store.writing() as session:
        session.ledger.note("dushan", payee, "released", NOON + timedelta(days=1), "李局长", "查清")
    with store.reading() as session:
        log = session.ledger.payee_log("dushan")
    assert [(event.number, event.state, event.payee_id) for event in log] == [
        (1, "held", payee),
        (2, "released", payee),
    ]
