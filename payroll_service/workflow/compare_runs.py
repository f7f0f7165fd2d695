"""Two runs of one kind of period, side by side: this semester beside the last, a correction beside what it corrects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from payroll_service.book.receipt import Receipt, read_receipt
from payroll_service.book.records import RunRecord
from payroll_service.book.run_change import RunChange, Side, Thresholds, run_change
from payroll_service.errors import NothingToCompare, UnknownPeriod, UnknownRun
from payroll_service.store.store import Session, Store
from payroll_service.workflow.like_runs import corrected_by, like_runs, of_earlier_periods
from payroll_service.workflow.stored_runs import find_run

EXAMPLES = Thresholds()


@dataclass(frozen=True)
class ComparedRuns:
    """`items` and `funds`: what they are called, by number and by name."""

    before: RunRecord
    now: RunRecord
    change: RunChange
    items: Mapping[str, str]
    funds: Mapping[str, str]


def compare_runs(
    store: Store, bureau: str, run_id: str, other: str = "", thresholds: Thresholds = EXAMPLES
) -> ComparedRuns:
    """The run beside the other, or else beside the one that it naturally follows: see `run_to_compare`.

    Reads what is stored, by one query a run, and calculates nothing. Raises UnknownRun where one has no outcome,
    NothingToCompare where nothing came before it; UnknownPeriod for runs of two kinds of period.
    """
    with store.reading() as session:
        now = find_run(session, bureau, run_id)
        was = find_run(session, bureau, other) if other else run_to_compare(session, now)
        if was is None:
            raise NothingToCompare(
                f"批次 {run_id} 以前没有审批过同类期间的批次，没有可比的。",
                "等有了下一个期间再比；也可以另指一个批次。",
            )
        if was.kind != now.kind:
            raise UnknownPeriod(
                f"批次 {was.run_id} 和 {run_id} 的期间（{was.period}、{now.period}）不是同一类，不能比较。",
                "请选同是月、同是学期、同是学年或同是年的两个批次。",
            )
        receipts = [_receipt(session, one) for one in (was, now)]
        change = run_change(_side(session, was), _side(session, now), thresholds)
    return ComparedRuns(
        was,
        now,
        change,
        {item.number: item.name for receipt in receipts for item in receipt.items},
        {fund.name: fund.title for receipt in receipts for fund in receipt.funds},
    )


def run_to_compare(session: Session, run: RunRecord) -> RunRecord | None:
    """The run that this one corrects; or else, of the like period before it, the one that was approved last.

    Raises UnknownRun.
    """
    netted = _receipt(session, run).netted
    like = like_runs(session, run)
    return next(iter([*corrected_by(like, run, netted), *of_earlier_periods(like, run)]), None)


def _receipt(session: Session, run: RunRecord) -> Receipt:
    content = session.runs.receipt(run.bureau, run.run_id)
    if content is None:
        raise UnknownRun(f"批次 {run.run_id} 没有算出结果，不能比较。", "请看 payroll runs 里的原因。")
    return read_receipt(content)


def _side(session: Session, run: RunRecord) -> Side:
    return Side(session.runs.totals(run.bureau, run.run_id), session.runs.records(run.bureau, run.run_id))
