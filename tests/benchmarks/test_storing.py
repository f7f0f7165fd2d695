"""Storing a run in PostgreSQL costs little more than a bare COPY of the same bytes. Measured by `make bench` only."""

from __future__ import annotations

from statistics import median

import pytest

from payroll_service.store import migrate, open_store
from tests.benchmarks import storing
from tests.benchmarks.bench import NOISE

PAYEES = 1_000_000


@pytest.mark.bench
def test_measure_storing_beside_a_bare_copy(postgres_database_url):
    migrate(postgres_database_url)
    store = open_store(postgres_database_url)
    records = storing.records_of(store, PAYEES)
    packed = storing.packed(records)
    rounds = [(storing.bare(store, packed), storing.ours(store, records)) for _ in range(3)]
    seconds = [round(median(column), 2) for column in zip(*rounds, strict=True)]
    ratio = round(median(mine / reference for reference, mine in rounds), 2)
    print(
        f"{PAYEES} payees, {len(packed) >> 20} MiB: bare COPY {seconds[0]} s, ours {seconds[1]} s, ratio {ratio}"
    )
    assert ratio <= 1.5 * NOISE
    store.close()
