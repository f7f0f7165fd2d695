"""An exam prize in a compulsory school stops the run until somebody answers for it by name, and that name is sealed."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from payroll_service.snapshot.sealing import check_and_seal
from payroll_service.snapshot.tables import Cell
from payroll_service.workbook.sample import make_sample
from payroll_service.workflow.calculate_period import (
    Calculation,
    calculate_period,
    governed_period,
    result_files,
)
from payroll_service.workflow.load_rules import load_rules, read_text

PRIZES = Path(__file__).parents[2] / "rules" / "sets" / "systems" / "two-prizes"
ANSWERS = "合规确认"


@cache
def program():
    return load_rules(PRIZES / "1.yaml").program


def calculated(rows: slice = slice(None), **written: str) -> Calculation:
    """The sample with some rows of the acknowledgements, or with something else written in them."""
    tables = make_sample(program(), read_text(PRIZES / "sample.yaml"), 1)
    answers = next(table for table in tables if table.table == ANSWERS)
    columns: dict[str, Sequence[Cell]] = {
        name: [written.get(name, cell) for cell in cells[rows]] for name, cells in answers.columns.items()
    }
    changed = replace(answers, columns=columns, rows=answers.rows[rows])
    snapshot, _ = check_and_seal(program(), [changed if table is answers else table for table in tables])
    assert snapshot is not None
    return calculate_period(program(), snapshot, governed_period(program(), "2020-2021"))


def test_one_school_without_an_acknowledgement_stops_the_run():
    calculation = calculated(slice(1, None))
    assert [check.name for check in calculation.broken] == ["必须：须有合规确认"]
    assert "payouts.csv" not in result_files(calculation)
    assert "第三初级中学" in calculation.broken[0].detail


def test_an_acknowledged_prize_is_paid_and_told_with_name_post_date_and_reason():
    calculation = calculated(确认人="韦某某", 理由="县政府文件")
    assert not calculation.broken
    told = [found.sentence for found in calculation.outcome.findings if found.check == "已确认的考试奖"]
    assert len(told) == 3
    assert all("分管副局长韦某某 2021-07-20 确认放行，理由：县政府文件" in sentence for sentence in told)


def test_another_name_is_another_fingerprint_of_the_inputs():
    first, second = calculated(确认人="韦某某"), calculated(确认人="莫某某")
    assert first.receipt.outputs == second.receipt.outputs
    assert first.receipt.inputs != second.receipt.inputs
