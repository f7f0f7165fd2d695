"""Every sample beside a rule set fills its tables soundly, and the periods it names calculate and balance.

Both evaluators agree on every fen of it.
"""

from pathlib import Path

import pytest

from payroll_service.calculation.second_opinion import second_opinion
from payroll_service.snapshot.sealing import check_and_seal, errors_in
from payroll_service.workbook.sample import make_sample
from payroll_service.workflow.calculate_period import calculate_period, governed_period
from payroll_service.workflow.load_rules import load_rules, read_text
from rules.language.source import plain, read_source
from tests.calculation.agreement import differences

SETS = Path(__file__).parents[2] / "rules" / "sets"
SAMPLES = sorted(SETS.rglob("sample.yaml"))


def described(sample: Path) -> dict[str, object]:
    written = plain(read_source(read_text(sample), str(sample)))
    assert isinstance(written, dict)
    return written


@pytest.mark.parametrize(
    ("sample", "period"),
    [(file, period) for file in SAMPLES for period in str(described(file).get("期间", "")).split()],
    ids=lambda value: value.parent.name if isinstance(value, Path) else value,
)
def test_a_shipped_sample_calculates_and_balances(sample, period):
    version = described(sample)["版本"]
    program = load_rules(sample.parent / f"{version}.yaml").program
    snapshot, problems = check_and_seal(program, make_sample(program, read_text(sample), 1))
    assert errors_in(problems) == []
    assert snapshot is not None
    when = governed_period(program, period)
    calculation = calculate_period(program, snapshot, when)
    assert not calculation.broken
    assert calculation.payouts.amount_fen.any() or not program.payments
    second = second_opinion(program, snapshot, when)
    assert list(differences(program, calculation.outcome, second)) == []
