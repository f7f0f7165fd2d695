"""Rows exchanged in a sealed snapshot: the same as sealing everything anew, whatever goes and comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.snapshot.canonical import raw_tables, to_bytes
from payroll_service.snapshot.exchanging import exchanged
from payroll_service.snapshot.sealing import seal
from payroll_service.snapshot.tables import RawTable, UnsoundTables
from tests.calculation.agreement import sealed
from tests.calculation.county import county
from tests.calculation.strategies import county_rows
from tests.examples import examples
from tests.sample_county import county_rules, county_snapshot

PROGRAM = county()


def rows_of(snapshot):
    """By table its rows as a snapshot writes them."""
    return {
        one.table: [
            dict(zip(one.columns, cells, strict=True)) for cells in zip(*one.columns.values(), strict=True)
        ]
        for one in raw_tables(to_bytes(PROGRAM, snapshot))
    }


def raw(rows):
    return [
        RawTable(name, name, {one: [row[one] for row in some] for one in PROGRAM.tables[name].columns}, range(1, 1 + len(some)))
        for name, some in rows.items()
    ]  # fmt: skip


@st.composite
def exchanges(draw):
    """A snapshot; some of its rows; and rows of another snapshot, which often clash with what stays."""
    snapshot, other = sealed(PROGRAM, draw(county_rows())), sealed(PROGRAM, draw(county_rows()))
    out, instead = {}, {}
    for name, some in rows_of(snapshot).items():
        if draw(st.booleans()):
            out[name] = [row for row in some if draw(st.booleans())]
            instead[name] = [row for row in rows_of(other)[name] if draw(st.booleans())]
    return snapshot, out, instead


def told(make):
    try:
        return to_bytes(PROGRAM, make())
    except UnsoundTables as unsound:
        return {(one.kind, one.column) for one in unsound.problems if one.level == "错误"}


@given(exchanges())
@examples(150)
def test_rows_exchanged_are_as_if_all_had_been_sealed_anew(case):
    snapshot, out, instead = case
    anew = {
        name: [row for row in some if row not in out.get(name, ())] + instead.get(name, [])
        for name, some in rows_of(snapshot).items()
    }
    found = told(lambda: exchanged(PROGRAM, snapshot, raw(out), raw(instead)))
    assert found == told(lambda: seal(PROGRAM, raw(anew), strict_ids=False))


@pytest.mark.parametrize(
    ("start", "end", "kind"), [("2020-12-01", "2021-01-01", "重叠"), ("2021-01-01", "2020-12-01", "起止颠倒")]
)
def test_spans_of_what_comes_are_held_against_those_that_stay(start, end, kind):
    program, snapshot = county_rules().program, county_snapshot()
    rows = next(one for one in raw_tables(to_bytes(program, snapshot)) if one.table == "任职")
    lasting = next(place for place, until in enumerate(rows.columns["止"]) if until is None)
    row = {name: [cells[lasting]] for name, cells in rows.columns.items()} | {"起": [start], "止": [end]}
    with pytest.raises(UnsoundTables) as refused:
        exchanged(program, snapshot, [], [RawTable("任职", "任职", row, range(1, 2))])
    assert kind in {one.kind for one in refused.value.problems}
