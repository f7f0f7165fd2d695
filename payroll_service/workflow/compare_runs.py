"""Two runs of one period, side by side: what each comes to by unit, item and fund."""

from __future__ import annotations

from dataclasses import dataclass

from payroll_service.book.records import TotalRecord
from payroll_service.errors import UnknownPeriod
from payroll_service.store.store import Store
from payroll_service.workflow.stored_runs import find_run


@dataclass(frozen=True)
class ComparedTotal:
    """Lines and full entitlement of a unit, item and fund: in the other run (before), and in this one (now)."""

    unit: str
    item: str
    fund: str
    lines_before: int
    lines_now: int
    before_fen: int
    now_fen: int


def compare_runs(store: Store, bureau: str, run_id: str, other: str) -> list[ComparedTotal]:
    """Every unit, item and fund of either, ascending. Raises UnknownRun; UnknownPeriod if they are of two periods."""
    with store.reading() as session:
        runs = [find_run(session, bureau, one) for one in (other, run_id)]
        before, now = (_by_key(session.runs.totals(bureau, one)) for one in (other, run_id))
    if len({run.period for run in runs}) > 1:
        periods = "和".join(run.period for run in runs)
        raise UnknownPeriod(f"两个批次的期间不同（{periods}），不能比较。", "请选同一个期间的两个批次。")
    none = TotalRecord("", "", "", 0, 0, 0)
    pairs = ((key, before.get(key, none), now.get(key, none)) for key in sorted({*before, *now}))
    return [
        ComparedTotal(*key, old.lines, new.lines, old.amount_fen, new.amount_fen) for key, old, new in pairs
    ]


def _by_key(totals: list[TotalRecord]) -> dict[tuple[str, str, str], TotalRecord]:
    return {(one.unit, one.item, one.fund): one for one in totals}
