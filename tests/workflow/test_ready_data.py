"""What is kept ready: made once for all who wait, of the last few that were used, and refused as often as it is asked for."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from payroll_service.calculation.outcome import CalculationError
from payroll_service.snapshot.tables import UnsoundTables
from payroll_service.store.errors import NotStored
from payroll_service.workflow import ready_data
from payroll_service.workflow.ready_data import LEAST, MOST_BYTES, PERIODS, Made, ReadyData
from tests.calculation.programs import period
from tests.sample_county import PERIODS as WHEN
from tests.sample_county import county_rules, county_snapshot
from tests.workflow.conftest import BUREAU


@pytest.fixture
def kept(monkeypatch):
    """Nothing is kept yet."""
    found: dict = {}
    monkeypatch.setattr(ready_data, "_kept", found)
    return found


def ready(store, imported):
    return ready_data.ready_data(store, BUREAU.bureau, county_rules().program.fingerprint, imported.snapshot)


def test_many_who_ask_at_once_get_the_one_that_is_made(store, imported, kept):
    with ThreadPoolExecutor(8) as pool:
        found = {id(one) for one in pool.map(lambda _: ready(store, imported), range(8))}
    assert len(found) == len(kept) == 1
    data = ready(store, imported)
    when = period(WHEN[1])
    with ThreadPoolExecutor(8) as pool:
        assert len({id(one) for one in pool.map(lambda _: data.outcome(when), range(8))}) == 1


def test_what_was_used_last_stays(store, kept, monkeypatch):
    """Three at least, however large; more only as long as they fit."""
    sizes = {"甲": MOST_BYTES, "乙": 1, "丙": 1, "丁": 1}
    program, snapshot = county_rules().program, county_snapshot()
    monkeypatch.setattr(ready_data, "_read", lambda *key: ReadyData(program, snapshot, sizes[key[2]]))
    for name in ("甲", "乙", "丙", "丁", "乙"):
        ready_data.ready_data(store, "县", name, "")
    assert [name for _, name, _ in kept] == ["丙", "丁", "乙"]
    assert len(kept) == LEAST
    for name in ("甲", "乙"):
        ready_data.ready_data(store, "县", name, "")
    assert [name for _, name, _ in kept] == ["丁", "甲", "乙"]


def test_a_snapshot_keeps_the_outcomes_of_a_few_periods():
    data = ReadyData(county_rules().program, county_snapshot(), 0)
    first = data.outcome(period("2020-09"))
    assert data.outcome(period("2020-09")) is first
    for month in range(10, 10 + PERIODS - 1):
        data.outcome(period(f"2020-{month}"))
    data.outcome(period("2021-03"))
    assert data.outcome(period("2020-09")) is not first


@pytest.mark.parametrize("refusal", [UnsoundTables, CalculationError])
def test_what_cannot_be_made_is_refused_again_without_another_try(refusal):
    made: Made[None] = Made()
    tries: list[int] = []

    def make():
        tries.append(1)
        raise refusal([])

    for _ in range(2):
        with pytest.raises(refusal):
            made.get(make)
    assert len(tries) == 1


def test_trouble_with_the_database_is_tried_again(store, kept):
    for _ in range(2):
        with pytest.raises(NotStored):
            ready_data.ready_data(store, BUREAU.bureau, "0" * 64, "0" * 64)


def test_two_snapshots_share_the_rule_set(store, imported, kept):
    first = ready(store, imported)
    again = ready_data._read(store, BUREAU.bureau, county_rules().program.fingerprint, imported.snapshot)
    assert again.program is first.program
