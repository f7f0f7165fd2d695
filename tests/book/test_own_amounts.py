"""What one payee gets is what the payouts of all say of her."""

from collections import Counter

import pytest
from hypothesis import assume, given

from payroll_service.book.own_amounts import own_amounts
from payroll_service.book.payouts import make_payouts
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError
from tests.book import tiny
from tests.calculation.agreement import sealed
from tests.calculation.county import county
from tests.calculation.strategies import county_rows
from tests.calculation.test_two_evaluators import periods
from tests.examples import examples

PROGRAM = county()


def by_payee(payouts) -> dict[tuple[str, str], Counter]:
    sums: dict[tuple[str, str], Counter] = {}
    for payee, item, fen in zip(payouts.payee, payouts.item, payouts.amount_fen.tolist(), strict=True):
        key = payouts.payee_keys[payee], payouts.payee_kinds[payee]
        sums.setdefault(key, Counter())[payouts.items[item].number] += fen
    return sums


@pytest.mark.parametrize("text", ["2020-10", "2020-2021-1"])
def test_people_and_schools_get_what_the_payouts_of_all_say(text):
    program, outcome, payouts = tiny.run(text)
    found = by_payee(payouts)
    assert {key: own_amounts(program, outcome, *key) for key in found} == found
    assert own_amounts(program, outcome, "P1", "学校") == own_amounts(program, outcome, "P9", "个人") == {}


@given(county_rows(), periods)
@examples(40)
def test_everybody_in_any_data(rows, period):
    try:
        outcome = calculate(PROGRAM, sealed(PROGRAM, rows), period)
    except CalculationError:
        assume(False)
    found = by_payee(make_payouts(PROGRAM, outcome))
    assert {key: own_amounts(PROGRAM, outcome, *key) for key in found} == found
