"""Whom and which unit a row of any table is about, in the sample county."""

from functools import cache

import pytest

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.subjects import person_of, unit_of
from payroll_service.workflow.calculate_period import governed_period
from tests.calculation.agreement import sealed
from tests.calculation.programs import SEMESTER
from tests.calculation.short import people, short
from tests.sample_county import county_rules, county_snapshot

PROGRAM = county_rules().program


@cache
def frames():
    return calculate(PROGRAM, county_snapshot(), governed_period(PROGRAM, "2020-2021-1")).frames


def key(table, row):
    """Of a month the key of the post that it was made from."""
    frame = frames()[table]
    if above := PROGRAM.tables[table].of:
        return key(above, int(frame.links[above][row]))
    values = (frame.columns[name] for name in PROGRAM.tables[table].key)
    return [each.words[int(each.data[row])] if each.words else int(each.data[row]) for each in values]


def some_rows(table):
    size = frames()[table].size
    return [*range(min(size, 40)), size - 1]


@pytest.mark.parametrize("table", ["人员", "任职", "任职月", "学期考核"])
def test_a_row_is_about_the_person_that_its_key_names(table):
    for row in some_rows(table):
        person = person_of(PROGRAM, frames(), table, row)
        assert person is not None
        assert person[0] == "人员"
        assert key(*person) == key(table, row)[:1]


@pytest.mark.parametrize("table", ["任职", "任职月"])
def test_a_row_is_about_the_school_that_it_looks_up(table):
    for row in some_rows(table):
        unit = unit_of(PROGRAM, frames(), {"学校"}, table, row)
        assert unit is not None
        assert unit[0] == "学校"
        assert key(*unit) == key(table, row)[1:2]


def test_a_school_is_about_itself_and_nobody():
    for row in some_rows("学校"):
        assert person_of(PROGRAM, frames(), "学校", row) is None
        assert unit_of(PROGRAM, frames(), {"学校"}, "学校", row) == ("学校", row)


def test_the_whole_county_is_about_no_person_and_no_school():
    assert person_of(PROGRAM, frames(), "全县组", 0) is None
    assert unit_of(PROGRAM, frames(), {"学校"}, "全县组", 0) is None


def test_a_lookup_that_leads_nowhere_is_of_no_unit():
    program = short("- 列: 人.值\n  公式: 1")
    found = calculate(program, sealed(program, people({"校号": "A"}, {"校号": None})), SEMESTER).frames
    assert [unit_of(program, found, {"学校"}, "人", row) for row in (0, 1)] == [("学校", 0), None]
