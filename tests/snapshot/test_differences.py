"""Differences between two snapshots: every row is counted once, and what is named is what changed."""

from hypothesis import given
from hypothesis import strategies as st

from payroll_service.snapshot.differences import ADDED, CHANGED, GONE, RowDifference, differences
from payroll_service.snapshot.sealing import seal
from payroll_service.snapshot.tables import RawTable
from tests.snapshot import sample as s

PROGRAM = s.program(
    s.table(
        "t",
        ("代码",),
        [s.column("代码", s.CODE), s.column("金额", s.MONEY, optional=True), s.column("规模", s.SIZE)],
    )
)


def sealed(rows):
    cells = [{"代码": code, "金额": money, "规模": size} for code, (money, size) in rows.items()]
    table = s.raw("t", cells or [{"代码": None, "金额": None, "规模": None}])
    return seal(PROGRAM, [table if cells else RawTable("t", "t", dict.fromkeys(table.columns, ()), range(0))])


def of(before, now):
    return differences(PROGRAM, sealed(before), sealed(now))[0]


def test_added_gone_and_changed_rows_are_named_with_their_cells():
    found = of(
        {"A": (1, "大"), "B": (2, "小"), "C": (None, "小")},
        {"B": (2.5, "大"), "C": (None, "小"), "D": (1, "中")},
    )
    assert (found.before, found.now, found.added, found.gone, found.changed) == (3, 3, 1, 1, 1)
    assert found.first == (
        RowDifference(ADDED, ("D",)),
        RowDifference(GONE, ("A",)),
        RowDifference(CHANGED, ("B",), "金额", "2.00", "2.50"),
        RowDifference(CHANGED, ("B",), "规模", "小", "大"),
    )


def test_an_empty_cell_is_not_a_zero():
    assert of({"A": (None, "大")}, {"A": (0, "大")}).first == (
        RowDifference(CHANGED, ("A",), "金额", "", "0.00"),
    )


ROWS = st.dictionaries(
    st.sampled_from("ABCDE"), st.tuples(st.none() | st.integers(0, 2), st.sampled_from("大中小"))
)


@given(ROWS, ROWS)
def test_the_counts_are_those_of_the_rows(before, now):
    found = of(before, now)
    assert found.added == len(now.keys() - before.keys())
    assert found.gone == len(before.keys() - now.keys())
    assert found.changed == sum(before[key] != now[key] for key in before.keys() & now.keys())
    assert found.is_none == (before == now)
