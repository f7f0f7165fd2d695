"""Benchmark: a workbook of 20 000 rows and 40 columns of every type is read (scanned, parsed by the child) and checked
(cells, keys, seal). At most 5 s on two quiet cores were asked for. And what it costs to send it back with 200 problems marked.
"""

from datetime import date, timedelta

import pytest
from stdnum.cn import ric

from payroll_service.snapshot.sealing import check_and_seal, find_problems
from payroll_service.snapshot.tables import RawTable
from payroll_service.workbook.marking import problems_xlsx
from payroll_service.workbook.reader import read_workbook
from payroll_service.workbook.template import write_tables
from tests.snapshot import sample as s

ROWS, COLUMNS = 20_000, 40
KINDS = [s.MONEY, s.TEXT, s.SIZE, s.YES_NO, s.DATE, s.PERCENT, s.WHOLE]

pytestmark = pytest.mark.bench


def number(row):
    born = date(1960, 1, 1) + timedelta(days=row // 100)
    first = f"522726{born:%Y%m%d}{row % 100:03d}"
    return first + ric.calc_check_digit(first + "0")


def cell(kind, row):
    return {
        s.MONEY: (row * 37 % 900_000) / 100,
        s.TEXT: f"备注{row % 500}",
        s.SIZE: "大中小"[row % 3],
        s.YES_NO: "是否"[row % 2],
        s.DATE: date(2010, 1, 1) + timedelta(days=row % 3000),
        s.PERCENT: (row % 101) / 100,
        s.WHOLE: row % 50,
    }[kind]


COLUMN_KINDS = {f"列{index}": KINDS[index % len(KINDS)] for index in range(COLUMNS - 1)}
PROGRAM = s.program(
    s.table(
        "大表",
        ("证件号码",),
        [s.column("证件号码", s.ID), *(s.column(name, kind) for name, kind in COLUMN_KINDS.items())],
    )
)


@pytest.fixture(scope="module")
def large():
    cells = {"证件号码": [number(row) for row in range(ROWS)]}
    cells |= {name: [cell(kind, row) for row in range(ROWS)] for name, kind in COLUMN_KINDS.items()}
    return cells


def book(cells):
    return write_tables(PROGRAM, [RawTable("大表", "大表", cells, range(2, ROWS + 2))])


def read_and_check(data):
    tables, problems = read_workbook(data, PROGRAM)
    snapshot, found = check_and_seal(PROGRAM, tables)
    return snapshot, problems + found


def test_read_and_check(benchmark, large):
    snapshot, problems = benchmark.pedantic(read_and_check, args=(book(large),), rounds=3, warmup_rounds=1)
    assert (snapshot.tables["大表"].size, problems) == (ROWS, [])


def test_send_back_with_problems_marked(benchmark, large):
    data = book(large | {"列0": [*(["三千"] * 200), *large["列0"][200:]]})
    problems = find_problems(PROGRAM, read_workbook(data, PROGRAM)[0])
    assert len(problems) == 200
    marked = benchmark.pedantic(problems_xlsx, args=(data, PROGRAM, problems), rounds=1)
    assert len(find_problems(PROGRAM, read_workbook(marked, PROGRAM)[0])) == 200
