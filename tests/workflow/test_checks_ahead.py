"""Checks that must hold are told beside bad cells where these cannot matter, and are named where they can."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.snapshot.sealing import check_and_seal, errors_in
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.checks_ahead import LATER, MUST, checks_ahead
from payroll_service.workflow.lacking_rows import sound_part
from payroll_service.workflow.load_rules import load_rules
from tests.examples import examples
from tests.sample_county import RULES, county_rules, county_tables

PROGRAM = county_rules().program
PERIOD = governed_period(PROGRAM, "2020-09")
BAD = (("人员", "师德"), ("任职", "绩效标准"), ("任职", "起"), ("任职", "证件号码"), ("学期考核", "得分"), ("学校", "规模"))  # fmt: skip
PAY = "绩效标准已填"


def sheets():
    return {
        table.table: replace(table, columns={name: list(cells) for name, cells in table.columns.items()})
        for table in county_tables()
    }


def told(tables, program=PROGRAM):
    problems = check_and_seal(program, tables)[1]
    return checks_ahead(program, sound_part(program, tables, problems), problems, (), PERIOD)


def unmet(found):
    return {(each.cell, each.message) for each in found if each.kind == MUST}


def later(found):
    return {each.message.partition("：")[0] for each in found if each.kind == LATER}


@examples(8)
@given(st.data())
def test_what_is_told_beside_bad_cells_is_true_of_the_mended_workbook_and_the_rest_is_named(data):
    found = sheets()
    pay = found["任职"].columns["绩效标准"]
    for row in data.draw(st.sets(st.integers(0, 9), min_size=1, max_size=3)):
        pay[row] = "0"
    mended = told(list(found.values()))
    for table, column in data.draw(st.sets(st.sampled_from(BAD), min_size=1)):
        cells = found[table].columns[column]
        cells[data.draw(st.integers(0, min(len(cells), 10) - 1))] = "不对"
    now = told(list(found.values()))
    assert unmet(now) <= unmet(mended)
    missed = {message.partition("：")[0] for _, message in unmet(mended) - unmet(now)}
    assert missed <= later(now)


def test_a_row_with_another_bad_cell_is_looked_at_all_the_same():
    found = sheets()
    found["任职"].columns["绩效标准"][0] = "0"
    found["任职"].columns["证件号码"][0] = "不对"
    found["任职"].columns["起"][0] = "昨天"
    now = told(list(found.values()))
    ((cell, message),) = unmet(now)
    assert PAY in message
    assert cell.endswith(str(found["任职"].rows[0]))
    assert PAY not in later(now)


def test_the_rows_that_cannot_be_looked_at_are_named():
    found = sheets()
    found["任职"].columns["绩效标准"][4] = "三千"
    (named,) = [each for each in told(list(found.values())) if each.message.startswith(PAY)]
    assert (named.kind, named.level) == (LATER, "提示")
    assert f"第 {found['任职'].rows[4]} 行" in named.remedy


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """The county, where every school must have a principal."""
    text = RULES.read_text(encoding="utf-8").replace("提示: 任一(任职.身份", "必须: 任一(任职.身份")
    file = tmp_path_factory.mktemp("county") / "county.yaml"
    file.write_text(text, encoding="utf-8")
    return load_rules(file).program


@pytest.fixture
def leaderless():
    found = sheets()
    roles = found["任职"].columns["身份"]
    first = found["学校"].columns["学校代码"][0]
    for row, school in enumerate(found["任职"].columns["学校代码"]):
        if school == first:
            roles[row] = "教师"
    return found


def test_a_check_across_tables_is_told_where_the_bad_cell_is_in_none_of_them(strict, leaderless):
    leaderless["学期考核"].columns["得分"][0] = "优"
    now = told(list(leaderless.values()), strict)
    assert [message for _, message in unmet(now) if message.startswith("没有校长")]
    assert "没有校长" not in later(now)


@pytest.mark.parametrize(("table", "column"), [("任职", "起"), ("学校", "规模"), ("学期考核", "学校代码")])
def test_a_check_across_tables_waits_where_a_table_behind_it_may_change(strict, leaderless, table, column):
    leaderless[table].columns[column][0] = "不对"
    assert errors_in(check_and_seal(strict, list(leaderless.values()))[1])
    now = told(list(leaderless.values()), strict)
    assert not [message for _, message in unmet(now) if message.startswith("没有校长")]
    assert "没有校长" in later(now)
