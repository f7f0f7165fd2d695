"""The sample county beside the reference workload, a person's explanation, sixty rules checked, and payouts.csv.

Processor time of one thread: what others do on the machine is not in it, though it makes caches smaller.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from time import thread_time

from payroll_service.book.payouts import make_payouts
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from payroll_service.export.payouts_csv import payouts_csv
from payroll_service.snapshot.sealing import seal
from payroll_service.snapshot.tables import Snapshot
from payroll_service.workbook.sample import make_sample
from rules.language.check import load_rule_set
from rules.language.program import Program
from tests.benchmarks import reference
from tests.calculation import whole_county
from tests.sample_county import COUNTY, county_rules

PERIODS = ("2020-09", "2020-2021-1", "2020-2021")
REFERENCE_PAYEES = 5_000
EVERY = 10  # of the people, one is explained
MORE = """- 列: 任职.又{number}
  公式: 如果(考核分 > {number}, 标准 × 月数 × {number}%, 课时费)
  取整: 分 四舍五入
  依据: 办法 三
"""


def spent(act: Callable[[], object]) -> float:
    """Seconds of this thread's processor time."""
    start = thread_time()
    act()
    return thread_time() - start


def county() -> tuple[Program, Snapshot]:
    program = county_rules().program
    description = (COUNTY / "sample.yaml").read_text(encoding="utf-8")
    return program, seal(program, make_sample(program, description, seed=1))


def beside_the_reference(text: str, repeats: int) -> dict[str, float]:
    """Microseconds a payee of the county and of the reference workload, run in turn; median of the ratios."""
    import payout_data

    program, snapshot = county()
    period = program.calendar.parse(text)
    assert period is not None
    ours = reference.load_program()
    sealed, semester = (
        reference.seal(ours, payout_data.generate(REFERENCE_PAYEES)),
        reference.semester(ours),
    )
    run, other = partial(calculate, program, snapshot, period), partial(calculate, ours, sealed, semester)
    people = run().frames["人员"].size
    other()
    pairs = [(spent(run) / people, spent(other) / REFERENCE_PAYEES) for _ in range(repeats)]
    return {
        "people": people,
        "us_of_the_county": median(one for one, _ in pairs) * 1e6,
        "us_of_the_reference": median(one for _, one in pairs) * 1e6,
        "ratio": median(one / two for one, two in pairs),
        "least_ratio": min(one for one, _ in pairs) / min(two for _, two in pairs),
    }


def explaining(text: str) -> dict[str, float]:
    """Milliseconds to explain one person, of every tenth person of the county."""
    program, snapshot = county()
    period = program.calendar.parse(text)
    assert period is not None
    outcome = calculate(program, snapshot, period)
    people = snapshot.tables["人员"].columns["证件号码"].words
    times = sorted(spent(partial(explain, program, outcome, "人员", (one,))) * 1e3 for one in people[::EVERY])
    return {"people": len(times), "median_ms": median(times), "worst_ms": times[-1]}


def checking(rules: int) -> dict[str, float]:
    """Seconds to read, check and compile a rule set of so many rules of every kind, the median of nine times."""
    head, tail = whole_county.TEXT.split("\n否决:", 1)
    written = len(load_rule_set(whole_county.filled(whole_county.TEXT), "全县.yaml").steps)
    more = (MORE.format(number=number) for number in range(rules - written))
    text = whole_county.filled(f"{head}\n{''.join(more)}否决:{tail}")
    assert len(load_rule_set(text, "六十条.yaml").steps) == rules
    return {
        "rules": rules,
        "seconds": median(spent(partial(load_rule_set, text, "六十条.yaml")) for _ in range(9)),
    }


def to_payouts_csv(payees: int) -> dict[str, float]:
    """Seconds from the sealed snapshot of the reference workload to the bytes of payouts.csv, part by part."""
    import payout_data

    program = reference.load_program()
    sealed, semester = reference.seal(program, payout_data.generate(payees)), reference.semester(program)
    calculation = spent(partial(calculate, program, sealed, semester))
    outcome = calculate(program, sealed, semester)
    lines = spent(partial(make_payouts, program, outcome))
    payouts = make_payouts(program, outcome)
    return {
        "payees": payees,
        "lines": len(payouts),
        "calculation": calculation,
        "payouts": lines,
        "csv": spent(partial(payouts_csv, payouts)),
    }
