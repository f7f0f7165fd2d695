"""Support teaching over the years: a failed assessment lengthens the term, and the next year's run knows it by itself."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from payroll_service.calculation.closing_rows import closing_rows
from payroll_service.calculation.columns import calculate
from payroll_service.snapshot.tables import RawTable
from payroll_service.workflow.load_rules import load_rules
from tests.calculation.agreement import sealed

RULES = Path(__file__).parents[2] / "rules" / "sets" / "systems" / "support-teaching" / "1.yaml"
MONTHLY = 80000  # fen, 村小教学点
POST = {"证件号码": "P1", "学校代码": "A01", "起": date(2019, 9, 1)}


@cache
def program():
    return load_rules(RULES).program


def rows_of(table: RawTable) -> list[dict]:
    return [
        dict(zip(table.columns, cells, strict=True)) for cells in zip(*table.columns.values(), strict=True)
    ]


def years_paid(verdicts: list[str]) -> list[int]:
    """Months of subsidy in each school year from 2019-2020 on, of two agreed years; every run begins where the last ended."""
    before: list[dict] = []
    paid = []
    for first, verdict in enumerate(verdicts, 2019):
        year = f"{first}-{first + 1}"
        rows: dict[str, list[dict]] = {
            "学校": [{"学校代码": "A01", "学校名称": "甲小学", "地点": "村小教学点"}],
            "人员": [{"证件号码": "P1", "姓名": "甲"}],
            "支教": [{**POST, "约定年数": 2}],
            "支教考核": [{**POST, "期间": year, "结论": verdict}],
            "上期支教": before,
        }
        outcome = calculate(program(), sealed(program(), rows), program().calendar.parse(year))
        paid.append(int(outcome.columns["支教", "支教补贴"].data[0]) // MONTHLY)
        before = rows_of(closing_rows(program(), outcome, program().tables["上期支教"]))
    return paid


@pytest.mark.parametrize(
    ("verdicts", "months"),
    [
        (["合格", "合格", "合格"], [12, 12, 0]),
        (["不合格", "合格", "合格", "合格"], [0, 12, 12, 0]),
        (["合格", "不合格", "不合格", "合格", "合格"], [12, 0, 0, 12, 0]),
    ],
)
def test_a_failed_year_is_not_paid_and_adds_one_to_the_term(verdicts, months):
    assert years_paid(verdicts) == months
