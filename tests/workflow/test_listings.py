"""Listed checks and rule sets that only look: a prefecture's counties side by side, and nothing paid."""

from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from payroll_service.errors import UnknownPeriod
from payroll_service.snapshot.sealing import check_and_seal
from payroll_service.workbook.sample import make_sample
from payroll_service.workflow.calculate_period import calculate_period, governed_period, result_files
from payroll_service.workflow.load_rules import load_rules, read_text

PREFECTURE = Path(__file__).parents[2] / "rules" / "sets" / "systems" / "prefecture"


@pytest.fixture(scope="module")
def program():
    return load_rules(PREFECTURE / "1.yaml").program


@pytest.fixture(scope="module")
def calculation(program):
    tables = make_sample(program, read_text(PREFECTURE / "sample.yaml"), 1)
    snapshot, _ = check_and_seal(program, tables)
    assert snapshot is not None
    return calculate_period(program, snapshot, governed_period(program, "2020"))


def test_a_rule_set_that_pays_nothing_still_calculates_and_balances(calculation):
    assert len(calculation.payouts) == 0
    assert calculation.outcome.findings
    assert not calculation.broken


def test_a_listing_has_a_row_for_every_row_looked_at_with_the_columns_of_the_sentence(calculation):
    parity, arrears, *_ = calculation.outcome.listings
    columns = calculation.outcome.columns
    assert parity.check == "不低于公务员"
    assert parity.headings == ("县.县名", "公务员月均", "教师月均", "达到", "要求", "名次", "还差")
    gap = columns["县上报", "还差"]
    listed = [values[-1] for _, values, _ in parity.rows]
    assert listed == [int(data) * gap.step for data in gap.data]
    assert [holds for _, _, holds in parity.rows] == [value == 0 for value in listed]
    assert len(arrears.rows) == len(parity.rows) == 12


def test_each_listing_is_a_sheet_of_the_summary(calculation):
    content = BytesIO(result_files(calculation)["summary.xlsx"])
    book = CalamineWorkbook.from_filelike(content)
    listed = [name for name in book.sheet_names if name.startswith("列表")]
    assert listed == ["列表1 不低于公务员", "列表2 没有欠发", "列表3 差距没有扩大", "列表4 全州"]
    rows = book.get_sheet_by_name(listed[0]).to_python()
    assert rows[0] == ["对象", *calculation.outcome.listings[0].headings, "检查"]
    assert {row[-1] for row in rows[1:]} <= {"成立", "不成立"}


def test_rule_sets_that_pay_still_refuse_a_period_in_which_nothing_is_due():
    paying = load_rules(PREFECTURE.parent / "parity" / "1.yaml").program
    with pytest.raises(UnknownPeriod, match="没有每月发放的项目"):
        governed_period(paying, "2020-05")
