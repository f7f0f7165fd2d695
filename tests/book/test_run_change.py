"""Two runs side by side: laws for any two, and percents by hand."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.money import fen_text
from payroll_service.book.payee_records import records_of, units_of
from payroll_service.book.records import PayeeRecord, TotalRecord
from payroll_service.book.run_change import MOST, Change, Side, Thresholds, run_change
from payroll_service.export.spread import spread_labels, spread_svg
from rules.language.render import fixed_text
from tests.book.tiny import ids, run

UNITS = ("A01", "B02", 'C"3\\')
LIMITS = Thresholds(30, 500_00, 10)
FEN = st.one_of(st.just(0), st.integers(-50_00, 50_00), st.integers(-(10**9), 10**9))
PAID = st.dictionaries(
    st.integers(0, 60), st.tuples(FEN, st.sets(st.sampled_from(UNITS), min_size=1)), max_size=60
)


def side(paid):
    """Everybody's whole amount stands in one line; what else a record holds is not read."""
    found, totals = [], dict[str, int]()
    for payee, (fen, units) in sorted(paid.items()):
        lines = ",".join(
            f'{{"unit":{quoted(unit)},"unit_name":{quoted(unit + "校")}}}' for unit in sorted(units)
        )
        found.append(PayeeRecord.of(f"{payee:032d}", f'{{"lines":[{lines}]}}'.encode(), fen))
        totals[min(units)] = totals.get(min(units), 0) + fen
    return Side([TotalRecord(unit, "奖", "绩效", 1, fen, 0) for unit, fen in totals.items()], found)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(before=PAID, now=PAID)
def test_heads_add_up_and_the_other_way_round_everything_is_turned_round(before, now):
    change, back = (
        run_change(*pair, LIMITS) for pair in ((side(before), side(now)), (side(now), side(before)))
    )
    heads, turned = change.heads, back.heads
    was, are = ({payee for payee, (fen, _) in paid.items() if fen} for paid in (before, now))
    assert (heads.before, heads.now) == (len(was), len(are))
    assert (heads.new, heads.gone) == (len(are - was), len(was - are)) == (turned.gone, turned.new)
    assert heads.more + heads.less + heads.same == len(was & are) == sum(heads.spread)
    assert (heads.more, heads.same) == (turned.less, turned.same)
    middle = len(heads.spread) // 2
    assert (sum(heads.spread[:middle]), heads.spread[middle]) == (heads.less, heads.same)
    assert change.total == Change(*(sum(fen for fen, _ in paid.values()) for paid in (before, now)))
    assert (
        sum(one.fen for one in change.by("unit").values())
        == sum(one.fen for one in change.units)
        == change.total.fen
    )
    for unit in change.units:
        assert unit.heads_now == sum(unit.unit in now[payee][1] for payee in are)
        assert unit.name in (unit.unit, f"{unit.unit}校")


@given(before=PAID, now=PAID)
def test_the_first_of_each_list_are_the_largest(before, now):
    change = run_change(side(before), side(now), LIMITS)
    was, are = ({f"{payee:032d}": fen for payee, (fen, _) in paid.items() if fen} for paid in (before, now))
    both = {payee: Change(was[payee], are[payee]) for payee in was.keys() & are.keys()}
    moved = sorted((abs(one.fen) for one in both.values() if one.fen), reverse=True)
    assert [abs(one.fen) for one in change.largest] == moved[:MOST]
    odd = {
        payee
        for payee, one in both.items()
        if abs(one.fen) >= 500_00 and 100 * abs(one.fen) > 30 * abs(one.before_fen)
    }
    assert change.heads.odd == len(odd)
    assert {one.payee_id for one in change.odd} <= odd
    assert len(change.odd) == min(MOST, len(odd))
    for listed, ones, others in ((change.new, are, was), (change.gone, was, are)):
        alone = sorted((abs(fen) for payee, fen in ones.items() if payee not in others), reverse=True)
        assert [abs(one.fen) for one in listed] == alone[:MOST]


@pytest.mark.parametrize(
    ("before", "now", "percent"),
    [
        (200_00, 200_01, "0.01"),  # 1 ÷ 20 000 is 0.005 %, half up
        (200_00, 199_99, "-0.01"),
        (200_01, 200_02, "0.00"),
        (3, 2, "-33.33"),
        (-100, 50, "150.00"),
        (0, 50, None),
    ],
)
def test_a_percent_is_of_what_it_was_and_rounds_halves_up(before, now, percent):
    found = Change(before, now).percent
    assert (None if found is None else fixed_text(found, 2)) == percent


def test_thirty_percent_is_not_more_than_thirty_percent():
    assert [Change(1000, now).exceeds(30) for now in (1300, 1301, 700, 699)] == [False, True, False, True]


def test_a_unit_is_odd_by_its_average_and_not_by_its_sum():
    """Two for one: twice the money, the same a head. 1 000.01 for two is 500.005, which is 500.01."""
    units = frozenset({"A01"})
    one, two = side({1: (500_00, units)}), side({1: (500_00, units), 2: (500_01, units)})
    change = run_change(one, two, LIMITS)
    assert [(unit.heads_before, unit.heads_now, unit.average) for unit in change.units] == [
        (1, 2, Change(500_00, 500_01))
    ]
    assert change.odd_units == []
    assert [unit.unit for unit in run_change(two, one, replace(LIMITS, unit_percent=0)).odd_units] == ["A01"]
    assert (change.units[0].percent or 0) > 100


def test_units_are_read_as_the_records_say_them():
    _, _, payouts = run()
    for record in records_of(payouts, ids(payouts)):
        lines = json.loads(record.content)["lines"]
        assert units_of(record.content) == {line["unit"]: line["unit_name"] for line in lines}


def moved(payee, *lines):
    """A record as it is stored: (unit, fen) a line."""
    texts = [
        f'{{"amount":"{fen_text(fen)}","unit":{quoted(unit)},"unit_name":{quoted(unit)}}}'
        for unit, fen in lines
    ]
    return PayeeRecord.of(
        f"{payee:032d}", f'{{"lines":[{",".join(texts)}]}}'.encode(), sum(fen for _, fen in lines)
    )


@pytest.mark.parametrize("left", [[("A01", 0)], [("A01", 100_00), ("A01", -100_00)]])
def test_who_has_moved_is_not_a_head_of_the_school_she_left(left):
    """Three of 1 000.00 each; one moves and has lines there that come to nothing: two of 1 000.00 each."""
    before = [moved(payee, ("A01", 1000_00)) for payee in range(3)]
    now = [*before[:2], moved(2, *left, ("B02", 1000_00))]
    totals = [
        [TotalRecord(unit, "奖", "绩效", 1, fen, 0) for unit, fen in of.items()]
        for of in ({"A01": 3000_00}, {"A01": 2000_00, "B02": 1000_00})
    ]
    change = run_change(Side(totals[0], before), Side(totals[1], now), LIMITS)
    assert [(one.unit, one.heads_before, one.heads_now, one.average) for one in change.units] == [
        ("A01", 3, 2, Change(1000_00, 1000_00)),
        ("B02", 0, 1, None),
    ]
    assert change.odd_units == []
    assert change.largest == ()


def test_the_picture_says_every_figure_in_words():
    spread = [1, 0, 2, 30, 4, 5, 6, 0, 8]
    drawn = spread_svg("比", spread)
    for label, heads in zip(spread_labels(), spread, strict=True):
        assert f"{label} {heads} 人" in drawn
