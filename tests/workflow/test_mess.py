"""A workbook with many kinds of mistakes at once: who does what the notes say is accepted the second time."""

import io
import re
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from payroll_service.errors import UnsoundInput
from payroll_service.snapshot.identifiers import read_id_number
from payroll_service.snapshot.sealing import seal
from payroll_service.workbook.mark_child import SIGN
from payroll_service.workbook.marking import problems_xlsx
from payroll_service.workbook.template import PROBLEM_SHEET, write_tables
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.load_rules import rules_from
from payroll_service.workflow.problems_ahead import read_for_periods
from tests.examples import examples
from tests.sample_county import RULES, county_rules, county_tables

SEMESTER = "2020-2021-1"
TOP = 2  # the first row under the headings
FREE = 3000  # the first row of a clerk's additions
NAMES = "      姓名: 文字 核对 人.姓名\n"


class County:
    """A rule set and its tables, and what their sheets ought to say."""

    def __init__(self, rules, tables):
        self.program, self.tables = rules.program, tables
        self.period = governed_period(self.program, SEMESTER)

    @cached_property
    def truth(self):
        """Table, then row of the sheet, then column: the cells as they ought to be."""
        return {
            table.table: {
                TOP + place: {name: cells[place] for name, cells in table.columns.items()}
                for place in range(len(table.rows))
            }
            for table in self.tables
        }

    @cached_property
    def book(self):
        return write_tables(self.program, self.tables)

    @cached_property
    def fingerprint(self):
        return seal(self.program, self.tables).fingerprint

    @cached_property
    def teachers(self):
        """Teachers in post with a score: rows of their post, score and person."""
        scores = {
            (row["证件号码"], row["学校代码"]): number
            for number, row in self.truth["学期考核"].items()
            if row["期间"] == SEMESTER
        }
        people = {row["证件号码"]: number for number, row in self.truth["人员"].items()}
        return [
            {
                "任职": number,
                "学期考核": scores[row["证件号码"], row["学校代码"]],
                "人员": people[row["证件号码"]],
            }
            for number, row in self.truth["任职"].items()
            if row["身份"] == "教师" and row["止"] is None and (row["证件号码"], row["学校代码"]) in scores
        ]


@cache
def with_names():
    return County(county_rules(), county_tables())


@cache
def without_names():
    """The same county where only the people's own table tells their names."""
    text = RULES.read_text(encoding="utf-8")
    assert text.count(NAMES) == 3
    told = text.replace(NAMES, "").replace("{姓名}", "{人.姓名}").replace("{人.姓名} 师德", "{姓名} 师德")
    rules = rules_from(told.encode(), "无名.yaml")
    kept = [
        replace(
            table, columns={name: table.columns[name] for name in rules.program.tables[table.table].columns}
        )
        for table in county_tables()
    ]
    return County(rules, kept)


@dataclass
class Mess:
    """A workbook being spoilt. `gone`: rows that were taken away; `doubled`: those that stand there again, of `copied`."""

    county: County
    book: Workbook = field(init=False)
    gone: set = field(default_factory=set)
    doubled: set = field(default_factory=set)
    copied: set = field(default_factory=set)

    def __post_init__(self):
        self.book = load_workbook(io.BytesIO(self.county.book))

    def columns(self, table):
        return list(self.county.program.tables[table].columns)

    def cell(self, table, row, column):
        return self.book[table].cell(row, self.columns(table).index(column) + 1)

    def spoil(self, table, row, column, value):
        if (table, row) not in self.gone:
            self.cell(table, row, column).value = value

    def take_away(self, table, row):
        self.gone.add((table, row))
        for column in self.columns(table):
            self.cell(table, row, column).value = None

    def double(self, table, row):
        if (table, row) not in self.gone:
            again = FREE - 1 - len(self.doubled)
            self.doubled.add((table, again))
            self.copied.add((table, row))
            for column in self.columns(table):
                self.cell(table, again, column).value = self.county.truth[table][row][column]

    def hide(self, table, row):
        self.book[table].row_dimensions[row].hidden = True


def number(table, spelt):
    def spoil(mess, who):
        mess.spoil(table, who[table], "证件号码", spelt(mess.county.truth[table][who[table]]["证件号码"]))

    return spoil


def wrong_digit(table):
    return number(table, lambda right: right[:-1] + ("1" if right[-1] != "1" else "2"))


def cell(table, column, value):
    return lambda mess, who: mess.spoil(table, who[table], column, value)


MISTAKES = {
    "date in words": cell("任职", "起", "二〇二〇年九月"),
    "date of no calendar": cell("任职", "起", "2020-09-31"),
    "id of a post": wrong_digit("任职"),
    "id of a score": wrong_digit("学期考核"),
    "id of a person": wrong_digit("人员"),
    "id of a post with two digits exchanged": number(
        "任职", lambda right: right[:8] + right[9] + right[8] + right[10:]
    ),
    "id of a score with a digit missing": number("学期考核", lambda right: right[:9] + right[10:]),
    "id of a score with a digit too many": number("学期考核", lambda right: right[:9] + "7" + right[9:]),
    "thousands": cell("任职", "绩效标准", "42,00.75"),
    "no pay": cell("任职", "绩效标准", "0"),
    "unknown school": cell("任职", "学校代码", "Z99"),
    "unknown role": cell("任职", "身份", "老师"),
    "unknown conduct": cell("人员", "师德", "优"),
    "score beyond": cell("学期考核", "得分", "1,20"),
    "doubled score": lambda mess, who: mess.double("学期考核", who["学期考核"]),
    "doubled person": lambda mess, who: mess.double("人员", who["人员"]),
    "no score": lambda mess, who: mess.take_away("学期考核", who["学期考核"]),
    "no person": lambda mess, who: mess.take_away("人员", who["人员"]),
    "hidden": lambda mess, who: mess.hide("任职", who["任职"]),
}
LAST = ("doubled score", "doubled person", "no score", "no person")


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def returned(county, data):
    """The copy that comes back; None where the workbook is accepted."""
    try:
        read_for_periods(county.program, data, [county.period])
    except UnsoundInput as unsound:
        return problems_xlsx(data, county.program, unsound.problems)
    return None


def follow(mess, data):
    """Mend what the notes and the list name, with what is true; nothing else is touched."""
    mess.book, truth = load_workbook(io.BytesIO(data)), mess.county.truth
    told = [
        (sheet.title, each.row, each.column, each.comment.text.partition(SIGN)[2])
        for sheet in mess.book
        for line in sheet.iter_rows()
        for each in line
        if each.comment and SIGN in each.comment.text
    ]
    for table, row, column, note in told:
        name = mess.columns(table)[column - 1]
        if "删去多余的一行" in note:
            for extra in {row, *map(int, re.findall(r"第 (\d+) 行", note))}:
                if (table, extra) in mess.doubled:
                    empty(mess.book[table], extra)
        if row in truth[table]:
            mess.book[table].cell(row, column).value = truth[table][row][name]
            add_rows(mess, truth[table][row], note)
    look_again(mess)


def empty(sheet, row):
    for cell in sheet[row]:
        cell.value = None


def add_rows(mess, row, note):
    """Rows of this person that a note wants and that are not there, nor a copy of them."""
    for table in re.findall("在[“「](.+?)[”」]表补", note):
        for gone in sorted(mess.gone - mess.copied):
            there = mess.county.truth[gone[0]][gone[1]]
            if gone[0] == table and there["证件号码"] == row["证件号码"]:
                for number, value in enumerate(there.values(), 1):
                    mess.book[table].cell(FREE + gone[1], number).value = value


def look_again(mess):
    """Rows that a check could not be looked at on yet are looked at now, in the column that the list names."""
    for line in mess.book[PROBLEM_SHEET].iter_rows(min_row=6, values_only=True):
        _, table, _, column, kind, _, remedy, _ = line
        if kind == "改好以后核对" and table and column:
            for row in map(int, re.findall(r"第 (\d+) 行", remedy)):
                if row in mess.county.truth[table]:
                    mess.cell(table, row, column).value = mess.county.truth[table][row][column]


def spoilt(county, mistakes):
    mess = Mess(county)
    for kind, place in sorted(mistakes, key=lambda each: (each[0] in LAST, each)):
        MISTAKES[kind](mess, county.teachers[place])
    return mess


def accepted_the_second_time(county, mistakes):
    mess = spoilt(county, mistakes)
    copy = returned(county, saved(mess.book))
    if copy is not None:
        follow(mess, copy)
    again = saved(mess.book)
    read = read_for_periods(county.program, again, [county.period])
    assert read.snapshot.fingerprint == county.fingerprint


def test_a_digit_that_is_changed_is_noticed():
    number = with_names().truth["任职"][TOP]["证件号码"]
    assert read_id_number(number) == number


@pytest.mark.slow
@pytest.mark.parametrize("county", [with_names, without_names])
def test_every_kind_of_mistake_at_once_of_as_many_people(county):
    accepted_the_second_time(county(), [(kind, place) for place, kind in enumerate(MISTAKES)])


@pytest.mark.slow
@examples(5)
@given(st.sets(st.tuples(st.sampled_from(sorted(MISTAKES)), st.integers(0, 5)), min_size=1, max_size=14))
def test_two_rounds_suffice_whatever_is_wrong(mistakes):
    accepted_the_second_time(with_names(), mistakes)


@pytest.mark.slow
@examples(3)
@given(st.sets(st.tuples(st.sampled_from(sorted(MISTAKES)), st.integers(0, 5)), min_size=1, max_size=14))
def test_two_rounds_suffice_where_tables_share_no_names(mistakes):
    accepted_the_second_time(without_names(), mistakes)
