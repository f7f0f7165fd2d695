"""The arithmetic of the ledger: shares to the fen, postings that add up to zero, ages, records that come back."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.entitlement import Entitlement
from payroll_service.book.ledger.apportion import apportion
from payroll_service.book.ledger.arrears import age_of, arrears_by, total_row
from payroll_service.book.ledger.balances import Balances
from payroll_service.book.ledger.movements import ADJUSTMENT, PAYMENT, REJECT, Line, Pot
from payroll_service.book.ledger.postings import funding_postings, line_postings
from payroll_service.book.ledger.records import PaidTo, by_payee, read_record, record_of
from payroll_service.book.ledger.recovery import undo
from payroll_service.book.records import PayeeRecord
from rules.language.period import Calendar

CLAIM = Entitlement("甲", "班主任", "A01", "增量", "2019")
FEN = st.integers(1, 10**12)
CLAIMS = st.builds(
    Entitlement,
    st.sampled_from("甲乙丙"),
    st.sampled_from(["职级", "中层"]),
    st.sampled_from(["A01", "B01"]),
    st.sampled_from(["增量", "原有"]),
    st.sampled_from(["2019", "2020-09"]),
    st.sampled_from(["", "运动会"]),
)
LINES = st.lists(
    st.builds(Line, CLAIMS, st.integers(-(10**9), 10**9).filter(bool), st.sampled_from(["", "职级"]))
)


@given(st.lists(FEN, min_size=1, max_size=30), st.integers(0, 100))
def test_shares_add_up_exceed_no_claim_and_are_within_a_fen_of_the_proportion(claims, percent):
    amount = sum(claims) * percent // 100
    parts = apportion(amount, claims)
    assert sum(parts) == amount
    for part, claim in zip(parts, claims, strict=True):
        assert 0 <= part <= claim
        assert abs(part * sum(claims) - amount * claim) < sum(claims)


def test_the_fen_that_are_left_go_to_the_largest_remainders_then_to_the_earlier_claim():
    assert apportion(5, [1, 1, 1, 1, 1, 1]) == [1, 1, 1, 1, 1, 0]
    assert apportion(100_003, [100_000, 100_000, 200_000]) == [25_001, 25_001, 50_001]


@given(LINES, st.sampled_from([PAYMENT, REJECT, ADJUSTMENT]))
def test_the_postings_of_any_lines_add_up_to_zero(lines, kind):
    assert sum(posting.fen for posting in line_postings(kind, lines)) == 0


@given(FEN)
def test_the_postings_of_funding_add_up_to_zero(fen):
    assert sum(posting.fen for posting in funding_postings(Pot("增量"), -fen)) == 0


@given(LINES.filter(bool))
def test_a_record_is_read_back_and_anything_else_is_refused(lines):
    for paid in by_payee(lines, {"甲": (("个人所得税", 5),)}):
        record = record_of(paid)
        assert read_record(record) == paid
        spaced = record.content.replace(b",", b", ", 1)
        for other in (spaced, b"[]", b"{}", record.content + b" "):
            with pytest.raises(ValueError, match="not "):
                read_record(PayeeRecord.of(paid.payee, other, record.amount_fen))
        with pytest.raises(ValueError, match="not "):
            read_record(replace(record, amount_fen=record.amount_fen + 1))


def test_what_comes_back_is_taken_off_the_newest_and_never_off_what_was_withheld():
    old, new, owed_back = (CLAIM._replace(earned=earned) for earned in ("2019", "2020", "2018"))
    lines = (Line(old, 300), Line(new, 100, "班主任"), Line(owed_back, -50))
    assert list(undo(lines, 350)) == [Line(new, -100, "班主任"), Line(old, -250)]
    assert PaidTo("甲", lines).net_fen == 350


@given(st.lists(st.tuples(CLAIMS, FEN)), LINES)
def test_every_way_of_summing_gives_the_same_total(grants, lines):
    balances = Balances()
    for claim, fen in grants:
        balances.grant(claim, fen)
    balances.move(PAYMENT, lines, ())
    totals = [
        total_row(arrears_by(balances, way, date(2021, 1, 1)))
        for way in ("payee", "unit", "item", "fund", "age")
    ]
    assert len(set(totals)) == 1
    total = totals[0]
    assert total.entitled_fen - total.paid_fen == total.owed_fen - total.recoverable_fen
    assert sum(total.aged) == total.owed_fen


@pytest.mark.parametrize(
    ("earned", "day", "age"),
    [
        ("2019", date(2020, 12, 30), 0),
        ("2019", date(2020, 12, 31), 1),
        ("2019", date(2021, 12, 31), 2),
        ("2019", date(2030, 1, 1), 3),
        ("2020-2021-1", date(2021, 3, 1), 0),
        ("2020-2021-1", date(2022, 2, 28), 1),
        ("2025", date(2021, 1, 1), 0),
        ("历年", date(2021, 1, 1), 3),
    ],
)
def test_age_counts_whole_years_from_the_end_of_the_earned_period(earned, day, age):
    assert age_of(earned, day, Calendar()) == age
