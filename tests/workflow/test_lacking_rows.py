"""Rows that nobody handed in are told together with bad cells, and never because of a bad cell."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError
from payroll_service.snapshot.sealing import check_and_seal, errors_in, seal
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.lacking_rows import lacking_rows, sound_part
from tests.examples import examples
from tests.sample_county import county_rules, county_tables

PROGRAM = county_rules().program
PERIOD = governed_period(PROGRAM, "2020-2021-1")
BAD = (("人员", "师德"), ("任职", "绩效标准"), ("任职", "起"), ("学期考核", "得分"), ("学期考核", "证件号码"), ("学校", "规模"))  # fmt: skip


def sheets():
    """A copy of the county's tables by name, with cells that may be changed."""
    return {
        table.table: replace(table, columns={name: list(cells) for name, cells in table.columns.items()})
        for table in county_tables()
    }


def without_rows(table, places):
    kept = [place for place in range(len(table.rows)) if place not in places]
    columns = {name: [cells[place] for place in kept] for name, cells in table.columns.items()}
    return replace(table, columns=columns, rows=[table.rows[place] for place in kept])


def told(tables):
    problems = check_and_seal(PROGRAM, tables)[1]
    assert errors_in(problems)
    return lacking_rows(PROGRAM, sound_part(PROGRAM, tables, problems), PERIOD)


def asked_of_sound(tables):
    with pytest.raises(CalculationError) as refused:
        calculate(PROGRAM, seal(PROGRAM, tables), PERIOD)
    return refused.value.problems


def scores_of_teachers(found):
    """The rows of scores of this semester that the calculation reads."""
    posts = found["任职"].columns
    teachers = {
        number
        for number, role, end in zip(posts["证件号码"], posts["身份"], posts["止"], strict=True)
        if role == "教师" and end is None
    }
    scores = found["学期考核"].columns
    return [
        place
        for place, (number, period) in enumerate(zip(scores["证件号码"], scores["期间"], strict=True))
        if number in teachers and period == "2020-2021-1"
    ]


@examples(5)
@given(st.data())
def test_what_is_told_beside_bad_cells_is_what_the_mended_workbook_would_be_asked_for(data):
    found = sheets()
    gone = data.draw(st.sets(st.sampled_from(scores_of_teachers(found)), min_size=1, max_size=3))
    found["学期考核"] = without_rows(found["学期考核"], gone)
    asked = {(each.table, each.key): each.message for each in asked_of_sound(list(found.values()))}
    for table, column in data.draw(st.sets(st.sampled_from(BAD), min_size=1)):
        cells = found[table].columns[column]
        cells[data.draw(st.integers(0, len(cells) - 1))] = "不对"
    lacking = told(list(found.values()))
    for each in lacking:
        assert asked[each.table, each.key] == each.message


def test_a_missing_row_is_told_beside_a_bad_cell_of_somebody_else():
    found = sheets()
    gone = scores_of_teachers(found)[0]
    number = found["学期考核"].columns["证件号码"][gone]
    found["学期考核"] = without_rows(found["学期考核"], {gone})
    posts = found["任职"].columns
    other = next(place for place, each in enumerate(posts["证件号码"]) if each != number)
    posts["绩效标准"][other] = "三千"
    (lacking,) = told(list(found.values()))
    assert number in lacking.key
    assert "「学期考核」表里没有这一行" in lacking.message
    assert "改好那一行就行" in lacking.remedy


def test_a_row_with_a_bad_cell_is_not_told_as_missing():
    found = sheets()
    found["学期考核"].columns["得分"][scores_of_teachers(found)[0]] = "优"
    assert told(list(found.values())) == []


def test_nothing_is_guessed_where_a_whole_sheet_is_missing():
    found = sheets()
    del found["学期考核"]
    assert told(list(found.values())) == []
