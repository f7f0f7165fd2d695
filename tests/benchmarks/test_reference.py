"""The engine gives the reference workload's numbers; how fast it gives them is measured by `make bench` only."""

from __future__ import annotations

from pathlib import Path

import pytest

from payroll_service.calculation import blocks
from tests.benchmarks import bench, county

BUILD = Path(__file__).parents[2] / "build"


@pytest.mark.parametrize("threads", bench.THREADS)
def test_the_engine_gives_the_digest_of_the_kernel(threads: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(blocks, "BLOCK_ROWS", 500)
    assert bench.measure(3_000, threads, repeats=1).payees == 3_000


@pytest.mark.bench
def test_measure_every_size_and_write_the_figures():
    rows = [
        bench.measure(payees, threads, bench.REPEATS[payees])
        for payees in bench.SIZES
        for threads in bench.THREADS
    ]
    bench.write(rows, BUILD / "bench.csv")
    print((BUILD / "bench.csv").read_text(encoding="utf-8"))
    best = {payees: min(float(row.least) for row in rows if row.payees == payees) for payees in bench.SIZES}
    assert best[1_000_000] <= 0.35 * bench.NOISE
    assert best[5_000] <= 1.0 * bench.NOISE
    assert max(int(row.peak_mib) for row in rows) <= 300


@pytest.mark.bench
def test_measure_the_county_beside_the_reference_workload():
    for text in county.PERIODS:
        beside, explaining = county.beside_the_reference(text, 41), county.explaining(text)
        print(text, {name: round(value, 3) for name, value in beside.items()})
        print(text, {name: round(value, 1) for name, value in explaining.items()})
        assert beside["least_ratio"] <= 3 * bench.NOISE
        assert explaining["worst_ms"] <= 50 * bench.NOISE


@pytest.mark.bench
def test_measure_how_long_sixty_rules_take_to_check():
    found = county.checking(60)
    print({name: round(value, 3) for name, value in found.items()})
    assert found["seconds"] <= 0.3 * bench.NOISE


@pytest.mark.bench
def test_measure_the_way_to_payouts_csv():
    print({name: round(value, 2) for name, value in county.to_payouts_csv(1_000_000).items()})
