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


@pytest.mark.bench
def test_measure_the_county_beside_the_reference_workload():
    for text in county.PERIODS:
        print(text, {name: round(value, 3) for name, value in county.beside_the_reference(text, 41).items()})
        print(text, {name: round(value, 1) for name, value in county.explaining(text).items()})


@pytest.mark.bench
def test_measure_the_way_to_payouts_csv():
    print({name: round(value, 2) for name, value in county.to_payouts_csv(1_000_000).items()})
