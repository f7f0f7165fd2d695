"""Both evaluators on the whole sample county, fen by fen: a month, a semester and the school year."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.second_opinion import second_opinion
from payroll_service.snapshot.sealing import seal
from payroll_service.snapshot.tables import Snapshot
from payroll_service.workbook.sample import make_sample
from tests.calculation.agreement import differences
from tests.sample_county import COUNTY, county_rules

PEOPLE = 2_500  # at the least


@cache
def whole_county() -> Snapshot:
    description = (COUNTY / "sample.yaml").read_text(encoding="utf-8")
    return seal(county_rules().program, make_sample(county_rules().program, description, seed=1))


@pytest.mark.slow
@pytest.mark.parametrize("text", ["2020-09", "2020-2021-1", "2020-2021"])
def test_both_evaluators_agree_on_every_fen_of_the_county(text: str) -> None:
    program: Any = county_rules().program
    period, snapshot = program.calendar.parse(text), whole_county()
    assert snapshot.tables["人员"].size > PEOPLE
    outcome = calculate(program, snapshot, period)
    assert list(differences(program, outcome, second_opinion(program, snapshot, period))) == []
