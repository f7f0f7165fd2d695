"""Late changes: what each clause does to colleagues, by an own small model, over any sequence of corrections and runs."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.receipt import LateTotal
from tests.book.late import SEMESTERS, Book, Granted, due, rules
from tests.examples import examples

FIRST, SECOND, THIRD = SEMESTERS
PEOPLE = ("P1", "P2", "P3")
POOL = 10_000  # fen, of each item

FEW = st.sampled_from((0, 40, 70, 90))
scores = st.fixed_dictionaries({"P1": st.just(60)}, optional=dict.fromkeys(PEOPLE[1:], FEW))
steps = st.tuples(
    st.sampled_from((FIRST, FIRST, SECOND, THIRD)), scores, st.sampled_from((True, True, True, False))
)


class Model:
    """What stands granted, told in a few lines without keys, records or receipts."""

    def __init__(self) -> None:
        self.scores: dict[str, dict[str, int]] = {}
        self.shared: dict[str, dict[str, int]] = {}
        self.kept: dict[str, dict[str, int]] = {}
        self.settled: dict[str, dict[str, int]] = {}

    def approve(self, semester: str, scores: dict[str, int], shared: dict[str, int]) -> None:
        before, had = self.scores.get(semester, {}), self.kept.get(semester, {})
        self.kept[semester] = {
            one: max(fen, had.get(one, 0)) if before.get(one) == scores[one] else fen
            for one, fen in shared.items()
        }
        self.scores[semester], self.shared[semester] = scores, shared
        self.settled.setdefault(semester, shared)
        for earlier in self.shared:
            if earlier < semester:
                self.settled[earlier] = self.shared[earlier]

    def granted(self) -> dict[tuple[str, str, str, str], int]:
        sums: defaultdict[tuple[str, str, str, str], int] = defaultdict(int)
        for semester, shared in self.shared.items():
            for one, fen in shared.items():
                sums[one, "不追", semester, "绩效"] = sums[one, "重分", semester, "绩效"] = fen
                sums[one, "不追", semester, "机动"] = self.kept[semester][one] - fen
            for one, fen in self.settled[semester].items():
                sums[one, "下期", semester, "绩效"] = fen
        return {key: fen for key, fen in sums.items() if fen}


def shared_by_hand(scores: dict[str, int]) -> dict[str, int]:
    """The largest remainder, in three lines."""
    weights = sum(scores.values())
    parts = {one: divmod(POOL * score, weights) for one, score in scores.items()}
    left = POOL - sum(fen for fen, _ in parts.values())
    first = sorted(parts, key=lambda one: (-parts[one][1], one))[:left]
    return {one: fen + (one in first) for one, (fen, _) in parts.items()}


@pytest.mark.slow
@given(st.lists(steps, min_size=3, max_size=8))
@examples(30)
def test_what_stands_granted_is_what_the_clauses_say(steps):
    book, model = Book(rules()), Model()
    for semester, scores, is_approved in steps:
        run = book.calculate(semester, scores)
        if not is_approved:
            continue
        before = book.granted()
        again = set(model.shared) & {semester}
        unchanged = {
            one for one, score in scores.items() if again and model.scores[semester].get(one) == score
        }
        book.approve(run)
        model.approve(semester, scores, shared_by_hand(scores))
        after = book.granted()
        assert after == model.granted()
        assert not due(book.calculate(semester, scores)[0])  # the same run again changes nothing
        for one in unchanged:  # nobody gets less because of somebody else
            assert _sum(after, one, "不追", semester) >= _sum(before, one, "不追", semester)
        if again:  # nothing of the period itself moves now
            assert _of(after, "下期", semester) == _of(before, "下期", semester)
        assert sum(fen for key, fen in after.items() if key[1:] == ("不追", semester, "绩效")) == POOL
    latest = max(model.shared, default="")
    for semester in model.shared:
        if semester < latest:  # over all runs nothing vanishes
            last = book.calculate(latest, model.scores[latest])
            book.approve(last)
            assert _of(book.granted(), "下期", semester) == {
                one: fen for one, fen in model.shared[semester].items() if fen
            }


def _of(granted: Granted, item: str, semester: str) -> dict[str, int]:
    return {key[0]: fen for key, fen in granted.items() if key[1:3] == (item, semester)}


def _sum(granted: Granted, one: str, item: str, semester: str) -> int:
    return sum(fen for key, fen in granted.items() if key[:3] == (one, item, semester))


BEFORE = {"P1": 60, "P2": 60, "P3": 30}  # of 100.00 each item: 40.00, 40.00, 20.00
AFTER = {"P1": 60, "P2": 60, "P3": 80}  # 30.00, 30.00, 40.00


def corrected() -> Book:
    """The first semester is approved, then P3's score is corrected from 30 to 80, and that is approved too."""
    book = Book(rules())
    book.approve(book.calculate(FIRST, BEFORE))
    book.approve(book.calculate(FIRST, AFTER))
    return book


def test_a_late_score_does_what_each_clause_says():
    book = Book(rules())
    book.approve(book.calculate(FIRST, BEFORE))
    payouts, receipt = book.calculate(FIRST, AFTER)
    assert due(payouts) == {
        ("P1", "不追", FIRST, "绩效"): -1000,  # 30.00 of the pool ...
        ("P1", "不追", FIRST, "机动"): 1000,  # ... and 10.00 that the fund bears: 40.00 as before
        ("P2", "不追", FIRST, "绩效"): -1000,
        ("P2", "不追", FIRST, "机动"): 1000,
        ("P3", "不追", FIRST, "绩效"): 2000,
        ("P1", "重分", FIRST, "绩效"): -1000,
        ("P2", "重分", FIRST, "绩效"): -1000,
        ("P3", "重分", FIRST, "绩效"): 2000,
    }
    assert receipt.late == (
        LateTotal("kept", "不追", "机动", FIRST, 2, 0, 2000),
        LateTotal("put_off", "下期", "绩效", FIRST, 3, 0, 0),
    )
    assert receipt.grants_fen == 2000  # what the fund bears; all else stays within the pools


def test_the_next_period_brings_in_what_was_put_off():
    book = corrected()
    payouts, receipt = book.calculate(SECOND, BEFORE)
    back_pay = {key: fen for key, fen in due(payouts).items() if key[2] == FIRST}
    assert back_pay == {
        ("P1", "下期", FIRST, "绩效"): -1000,
        ("P2", "下期", FIRST, "绩效"): -1000,
        ("P3", "下期", FIRST, "绩效"): 2000,
    }
    assert receipt.late == (LateTotal("brought", "下期", "绩效", FIRST, 3, 0, 0),)
    assert receipt.netted == tuple(one.run for _, one in list(book.approved.values())[1:])
    book.approve((payouts, receipt))
    assert due(book.calculate(SECOND, BEFORE)[0]) == {}
    assert not {key[2] for key in due(book.calculate(THIRD, BEFORE)[0])} - {THIRD}
    assert due(book.calculate(FIRST, AFTER)[0]) == {}


def test_whose_own_score_falls_is_asked_back_and_colleagues_gain():
    book = Book(rules())
    book.approve(book.calculate(FIRST, AFTER))
    payouts, receipt = book.calculate(FIRST, BEFORE)
    assert _of(due(payouts), "不追", FIRST) == {"P1": 1000, "P2": 1000, "P3": -2000}
    assert not [one for one in receipt.late if one.kind == "kept"]


def test_a_veto_that_comes_late_takes_the_share_whatever_the_clause():
    book = Book(rules())
    book.approve(book.calculate(FIRST, BEFORE))
    payouts, _ = book.calculate(FIRST, BEFORE, vetoed=frozenset({"P3"}))
    assert due(payouts) == {("P3", "不追", FIRST, "绩效"): -2000}


def test_the_fund_is_relieved_when_the_share_rises_again():
    book = corrected()
    payouts, _ = book.calculate(FIRST, BEFORE)
    relieved = {key: fen for key, fen in due(payouts).items() if key[1] == "不追"}
    assert relieved == {
        ("P1", "不追", FIRST, "绩效"): 1000,
        ("P1", "不追", FIRST, "机动"): -1000,
        ("P2", "不追", FIRST, "绩效"): 1000,
        ("P2", "不追", FIRST, "机动"): -1000,
        ("P3", "不追", FIRST, "绩效"): -2000,  # her own score
    }


def test_what_a_held_payee_could_not_be_given_waits_for_the_period_after():
    book = corrected()
    book.approve(book.calculate(SECOND, BEFORE, held=frozenset({"P2"})))
    assert _of(book.granted(), "下期", FIRST) == {"P1": 3000, "P2": 4000, "P3": 4000}
    payouts, _ = book.calculate(THIRD, BEFORE)
    assert [key for key in due(payouts) if key[2] == FIRST] == [("P2", "下期", FIRST, "绩效")]
    book.approve((payouts, _))
    assert _of(book.granted(), "下期", FIRST) == {"P1": 3000, "P2": 3000, "P3": 4000}
    released = due(book.calculate(SECOND, BEFORE)[0])  # her own second semester, and nothing of the first
    assert {key[0] for key in released} == {"P2"}
    assert {key[2] for key in released} == {SECOND}


def test_a_hold_that_is_lifted_is_no_late_change():
    book = Book(rules())
    book.approve(book.calculate(FIRST, BEFORE, held=frozenset({"P2"})))
    payouts, receipt = book.calculate(FIRST, BEFORE)
    assert {key[1]: fen for key, fen in due(payouts).items()} == {"不追": 4000, "下期": 4000, "重分": 4000}
    assert receipt.late == ()
