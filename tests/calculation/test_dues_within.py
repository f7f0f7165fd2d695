"""One pool within the limits of its rows: all of it is due, each row within its limits, by one factor for all the others."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.row_limits import Limit, dues_within
from tests.examples import examples

AMOUNT = st.integers(0, 40).map(lambda number: Fraction(number, 3))


@st.composite
def limited(draw):
    """Weights and limits of a few rows, and an amount that pays all the floors."""
    rows = range(draw(st.integers(1, 5)))
    weights = {row: draw(AMOUNT) for row in rows}
    lower = {row: draw(st.one_of(st.just(Fraction(0)), AMOUNT)) for row in rows}
    beyond = {row: draw(st.one_of(st.none(), AMOUNT)) for row in rows}
    upper = {row: None if more is None else lower[row] + more for row, more in beyond.items()}
    return sum(lower.values()) + draw(AMOUNT), weights, {row: Limit(lower[row], upper[row]) for row in rows}


@given(limited())
@examples(400)
def test_the_pool_is_due_by_one_factor_within_every_limit(case):
    amount, weights, limits = case
    dues = dues_within(amount, weights, limits)
    weighing = [row for row, weight in weights.items() if weight]
    ceilings = [limits[row].upper for row in weighing]
    floors = sum(limits[row].lower for row, weight in weights.items() if not weight)
    room = None if None in ceilings else floors + sum(ceilings)
    assert sum(dues.values()) == (amount if room is None else min(amount, room))
    free = set()
    for row, due in dues.items():
        assert due >= limits[row].lower
        assert limits[row].upper is None or due <= limits[row].upper
        if due != limits[row].lower and due != limits[row].upper:
            free.add(due / weights[row])
    assert len(free) <= 1, "rows between their limits are paid by the same factor"
    for factor in free:
        for row in weighing:
            at_floor, at_ceiling = dues[row] == limits[row].lower, dues[row] == limits[row].upper
            assert not at_floor or at_ceiling or limits[row].lower / weights[row] >= factor
            assert not at_ceiling or at_floor or limits[row].upper / weights[row] <= factor
