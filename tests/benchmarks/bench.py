"""Engine against the hand-written kernel, in one run on the same columns: `make bench` writes build/bench.csv.

Columns of the file: `seconds` and `reference` are medians of several runs in turn, `ratio` is the median of their
ratios (lower is better), `least` the ratio of the quickest run of each, `peak_mib` what the engine took beyond its input
at its height.
"""

from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from payroll_service.calculation.columns import calculate
from tests.benchmarks import reference

SIZES = (5_000, 100_000, 1_000_000)
REPEATS = {5_000: 25, 100_000: 9, 1_000_000: 9}
THREADS = (1, 2)
NOISE = 1.5  # how far a target may be missed: others may be at work here


@dataclass(frozen=True)
class Measured:
    workload: str
    payees: int
    threads: int
    seconds: str
    reference: str
    ratio: str
    least: str
    peak_mib: str


def measure(payees: int, threads: int, repeats: int) -> Measured:
    """Run both in turn; the digest of the nine lines must be the same every time."""
    import kernel_numpy  # by bare name: see conftest.py
    import payout_data

    columns = payout_data.generate(payees)
    program = reference.load_program()
    snapshot, period = reference.seal(program, columns), reference.semester(program)
    engine = partial(calculate, program, snapshot, period, threads)
    wanted = payout_data.digest(kernel_numpy.plain(columns)[0])
    assert payout_data.digest(reference.lines(engine())) == wanted, "the engine gives other numbers"
    pairs = [(seconds(partial(kernel_numpy.plain, columns)), seconds(engine)) for _ in range(repeats)]
    return Measured(
        workload="reference",
        payees=payees,
        threads=threads,
        seconds=f"{median(ours for _, ours in pairs):.4f}",
        reference=f"{median(plain for plain, _ in pairs):.4f}",
        ratio=f"{median(ours / plain for plain, ours in pairs):.2f}",
        least=f"{min(ours for _, ours in pairs) / min(plain for plain, _ in pairs):.2f}",
        peak_mib=f"{_peak(engine) / 2**20:.0f}",
    )


def write(rows: Iterable[Measured], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(Measured)])
        writer.writerows(astuple(row) for row in rows)


def seconds(act: Any) -> float:
    """How long an act takes."""
    start = perf_counter()
    act()
    return perf_counter() - start


def _peak(act: Any) -> int:
    """Bytes that a run holds at its height, beyond what was there before."""
    tracemalloc.start()
    act()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak
