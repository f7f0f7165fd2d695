"""Explain one payee's pay of a period: each item with its formula, numbers, rates and clauses."""

from __future__ import annotations

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.explain import explain
from payroll_service.calculation.explanation import Explanation
from payroll_service.calculation.labels import row_of_key
from payroll_service.calculation.outcome import Outcome
from payroll_service.errors import UnknownPayee
from payroll_service.snapshot.tables import Snapshot
from payroll_service.store.store import Store
from payroll_service.workflow.ready_data import ready_data
from payroll_service.workflow.stored_runs import find_run
from rules.language.period import Period
from rules.language.plan import plan
from rules.language.program import Program


def explain_payout(
    program: Program, snapshot: Snapshot, period: Period, payee: str, item: str | None = None
) -> list[Explanation]:
    """Every item of the period for one payee (or the one item, by number or name). Raises UnknownPayee."""
    number = _item_number(program, period, item)
    return _explained(program, calculate(program, snapshot, period), payee, number)


def explain_stored(
    store: Store, bureau: str, run_id: str, payee: str, item: str | None = None
) -> list[Explanation]:
    """The same for a stored run, from what is stored."""
    with store.reading() as session:
        run = find_run(session, bureau, run_id)
    data = ready_data(store, bureau, run.rule_set, run.snapshot)
    period = data.program.calendar.parse(run.period)
    assert period is not None, "a run is of a period of its rule set"
    number = _item_number(data.program, period, item)
    return _explained(data.program, data.outcome(period), payee, number)


def explain_own(store: Store, bureau: str, run_id: str, payee: str) -> list[Explanation] | None:
    """Every item of a stored run for one payee; None where its data do not have her any more.

    Such a run may still have lines of hers: what earlier runs granted and this one takes back, or back pay for the time
    before she left.
    """
    try:
        return explain_stored(store, bureau, run_id, payee)
    except UnknownPayee:
        return None


def _explained(program: Program, outcome: Outcome, payee: str, number: str | None) -> list[Explanation]:
    due = plan(program, outcome.period.kind)
    tables = dict.fromkeys(program.target(payment.table, payment.payee) for payment in due.payments)
    for table in tables:
        if row_of_key(program, outcome.frames, table, (payee,)) is not None:
            return explain(program, outcome, table, (payee,), number)
    raise UnknownPayee(
        f"{'、'.join(tables)}表里没有“{payee}”。", "请核对证件号码或代码，要与工作簿里的一样。"
    )


def _item_number(program: Program, period: Period, item: str | None) -> str | None:
    if item is None:
        return None
    due = plan(program, period.kind).payments
    for payment in due:
        if item in (payment.number, payment.name):
            return payment.number
    known = "、".join(f"{payment.number}（{payment.name}）" for payment in due)
    raise UnknownPayee(f"期间 {period.text} 没有项目“{item}”。", "请写项目的编号。", f"本期的项目：{known}。")
