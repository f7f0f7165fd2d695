"""Every sample beside a rule set can be calculated for each period it names; all balances, both evaluators agree."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from payroll_service.snapshot.sealing import check_and_seal
from payroll_service.snapshot.tables import Snapshot
from payroll_service.workbook.sample import make_sample
from payroll_service.workflow.calculate_period import calculate_period, governed_period
from payroll_service.workflow.load_rules import load_rules
from rules.language.program import Program
from rules.language.source import plain, read_source
from tests.calculation.agreement import disagreements

SETS = Path(__file__).parents[2] / "rules" / "sets"
SAMPLES = sorted(
    file for file in SETS.rglob("sample.yaml") if file.parent != SETS / "dushan"
)  # has its own tests
SCHOOLS = SETS / "dushan" / "schools"  # schemes, which extend the county's
SEED = 1


def described(file: Path, key: str) -> str:
    """What the head of a sample says under `key`."""
    head = plain(read_source(file.read_text(encoding="utf-8"), file.name))
    assert isinstance(head, dict)
    return str(head[key])


def each_period() -> list[object]:
    """Every sample with every period it names."""
    return [
        pytest.param(file, period, id=f"{file.parent.relative_to(SETS).as_posix()} {period}")
        for file in SAMPLES
        for period in described(file, "期间").split()
    ]


@cache
def sampled(file: Path) -> tuple[Program, Snapshot]:
    program = load_rules(file.parent / f"{described(file, '版本')}.yaml").program
    tables = make_sample(program, file.read_text(encoding="utf-8"), SEED)
    snapshot, problems = check_and_seal(program, tables)
    assert snapshot is not None, [str(each) for each in problems][:5]
    return program, snapshot


def test_every_rule_set_for_a_place_has_a_sample():
    folders = {
        file.parent for file in SETS.rglob("*.yaml") if file.parent not in (SETS / "patterns", SCHOOLS)
    }
    assert sorted(folder for folder in folders if not (folder / "sample.yaml").is_file()) == []


@pytest.mark.parametrize(("file", "period"), each_period())
def test_a_sample_can_be_calculated_and_balances(file, period):
    program, snapshot = sampled(file)
    calculation = calculate_period(program, snapshot, governed_period(program, period))
    assert [f"{check.name}：{check.detail}" for check in calculation.broken] == []
    assert int(calculation.payouts.amount_fen.sum()) > 0 or not program.payments  # a set may only look


@pytest.mark.parametrize(("file", "period"), each_period())
def test_both_evaluators_agree_on_every_fen_of_a_sample(file, period):
    program, snapshot = sampled(file)
    assert disagreements(program, snapshot, governed_period(program, period)) == []
