"""Rule sets of two names in one book: each nets what it granted itself, whatever the other one granted."""

from collections import Counter
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.book.late import Book, due, other_rules, rules
from tests.book.test_late_changes import AFTER, BEFORE, FIRST, scores, steps
from tests.examples import examples


def both(shares_numbers):
    """Two rule sets of one bureau, whose approved runs are in one book."""
    books = [Book(rules()), Book(other_rules(shares_numbers))]
    books[1].approved = books[0].approved
    return books


def added(*grants):
    sums: Counter[tuple[str, ...]] = Counter()
    for each in grants:
        sums.update(each)
    return {key: fen for key, fen in sums.items() if fen}


@pytest.mark.slow
@given(st.booleans(), st.lists(st.tuples(st.sampled_from((0, 1)), steps), min_size=3, max_size=8))
@examples(25)
def test_each_grants_what_it_would_grant_alone_and_the_book_has_the_sum(shares_numbers, history):
    together, alone = both(shares_numbers), [Book(rules()), Book(other_rules(shares_numbers))]
    for which, (semester, given_scores, is_approved) in history:
        run, by_itself = (book.calculate(semester, given_scores) for book in (together[which], alone[which]))
        assert due(run[0]) == due(by_itself[0])
        if is_approved:
            together[which].approve(run)
            alone[which].approve(by_itself)
        assert together[0].granted() == added(*(book.granted() for book in alone))


@pytest.mark.parametrize("shares_numbers", [True, False])
def test_both_of_one_semester_are_corrected(shares_numbers):
    """40.00, 40.00, 20.00 of each; corrected 30.00, 30.00, 40.00: 10.00 less for P1 and P2 of what is shared again."""
    ours, others = both(shares_numbers)
    for book in (ours, others):
        book.approve(book.calculate(FIRST, BEFORE))
    for book in (ours, others):
        payouts, receipt = book.calculate(FIRST, AFTER)
        assert [one.run for one in receipt.netted] == [f"{FIRST}-r{1 if book is ours else 2}"]
        again = {key[0]: fen for key, fen in due(payouts).items() if key[1].endswith("重分")}
        assert again == {"P1": -1000, "P2": -1000, "P3": 2000}
        book.approve((payouts, receipt))
    assert not due(ours.calculate(FIRST, AFTER)[0])


@pytest.mark.parametrize("shares_numbers", [True, False])
@given(st.lists(st.tuples(st.sampled_from((0, 1)), scores), min_size=2, max_size=5))
@examples(15)
def test_what_older_runs_took_from_each_other_comes_back_when_both_are_run_once_more(shares_numbers, history):
    """Runs used to net all of the period, whatever their rule set's name."""
    books = both(shares_numbers)
    with patch("tests.book.late.netted_runs", lambda program, period, approved: tuple(approved)):
        for which, given_scores in history:
            books[which].approve(books[which].calculate(FIRST, given_scores))
    for book in books:
        book.approve(book.calculate(FIRST, AFTER))
    stands = {key: fen for key, fen in books[0].granted().items() if key[1].endswith("重分")}
    shared = {"P1": 3000, "P2": 3000, "P3": 4000}
    names = ("重分", "重分" if shares_numbers else "别重分")
    assert stands == added(
        *({(payee, name, FIRST, "绩效"): fen for payee, fen in shared.items()} for name in names)
    )
