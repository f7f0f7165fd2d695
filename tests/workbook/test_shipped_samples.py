"""Every sample that is shipped beside a rule set can be calculated for each period it names, and all balances."""

from __future__ import annotations

from pathlib import Path

import pytest

from payroll_service.snapshot.sealing import check_and_seal
from payroll_service.workbook.sample import make_sample
from payroll_service.workflow.calculate_period import calculate_period, governed_period
from payroll_service.workflow.load_rules import load_rules
from rules.language.source import plain, read_source

SETS = Path(__file__).parents[2] / "rules" / "sets"
SAMPLES = sorted(
    file for file in SETS.rglob("sample.yaml") if file.parent != SETS / "dushan"
)  # has its own tests
SEED = 1


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.parent.relative_to(SETS).as_posix())
def test_a_sample_can_be_calculated_and_balances(file):
    text = file.read_text(encoding="utf-8")
    described = plain(read_source(text, file.name))
    assert isinstance(described, dict)
    program = load_rules(file.parent / f"{described['版本']}.yaml").program
    snapshot, problems = check_and_seal(program, make_sample(program, text, SEED))
    assert snapshot is not None, [str(each) for each in problems][:5]
    periods = str(described["期间"]).split()
    assert periods
    for period in periods:
        calculation = calculate_period(program, snapshot, governed_period(program, period))
        assert [f"{check.name}：{check.detail}" for check in calculation.broken] == []
        assert int(calculation.payouts.amount_fen.sum()) > 0
