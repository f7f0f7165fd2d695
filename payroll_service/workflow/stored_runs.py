"""Runs as the book has them: found by id, and loaded with everything that proves them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from payroll_service.audit.evidence import StoredRun
from payroll_service.book.payouts import Payouts
from payroll_service.book.receipt import read_receipt
from payroll_service.book.records import RunEvent, RunOutcome, RunRecord
from payroll_service.book.run_states import (
    APPROVED,
    CALCULATED,
    CLOSED,
    FAILED,
    PREPARED,
    PUBLISHED,
    SUBMITTED,
    WITHDRAWN,
)
from payroll_service.book.stored_lines import payouts_from
from payroll_service.errors import NotApprovable, UnknownRun
from payroll_service.store.store import Session
from payroll_service.workflow.ledger import all_payees

WHY_NOT = {
    PREPARED: ("还没有算出结果，不能{act}", "请重新核算这个期间。"),
    CALCULATED: ("还没有送审，不能{act}", "请由经办用 payroll submit 或在批次页面送审。"),
    FAILED: ("没有通过检查，不能{act}", "请看 payroll runs 里的原因，改正数据后重新核算。"),
    SUBMITTED: ("已经送审，不能再{act}", "请等另一个人审批；要改的，先撤回再重新核算。"),
    APPROVED: ("已经审批，不能再{act}", "要更正就改数据或规则，把这个期间重新核算，只核定差额。"),
    WITHDRAWN: ("已经撤回，不能{act}", "请重新核算这个期间。"),
    PUBLISHED: ("已经审批、正在公示，不能{act}", "公示期满、申诉都答复以后结束公示；要更正就重新核算。"),
    CLOSED: ("的公示已经结束，不能{act}", "要更正就改数据或规则，把这个期间重新核算，只核定差额。"),
}
KNOWN = 10  # ids in a message


def find_run(session: Session, bureau: str, run_id: str) -> RunRecord:
    """The run of that id. Raises UnknownRun with the last ids there are."""
    found = session.runs.find(bureau, run_id)
    if found is None:
        last = session.runs.page(bureau, "", KNOWN).items[::-1]
        known = "、".join(run.run_id for run in last) or "还没有"
        raise UnknownRun(
            f"没有编号为“{run_id}”的核算批次。", "用 payroll runs 查看。", f"已有的批次：{known}。"
        )
    return found


def find_receipt(session: Session, bureau: str, run_id: str) -> bytes:
    """The receipt of that run. Raises UnknownRun where there is no such run, or it has no outcome."""
    find_run(session, bureau, run_id)
    receipt = session.runs.receipt(bureau, run_id)
    if receipt is None:
        raise UnknownRun(f"批次 {run_id} 没有算出结果。", "请看 payroll runs 里的原因。")
    return receipt


def expect_state(session: Session, run: RunRecord, act: str, *allowed: str) -> RunEvent:
    """The run's last event, if it is one of these states. Raises NotApprovable with what to do instead."""
    last = session.runs.last_event(run.bureau, run.run_id)
    if last.state not in allowed:
        why, remedy = WHY_NOT[last.state]
        raise NotApprovable(f"批次 {run.run_id} {why.format(act=act)}。", remedy)
    return last


def refuse_unapproved(session: Session, bureau: str, run_id: str) -> None:
    """Raises UnknownRun: what is not approved is not given out."""
    if not session.runs.is_approved(bureau, run_id):
        raise UnknownRun(f"没有已审批的批次“{run_id}”。", "请核对批次编号；未审批的不能对外提供。")


def load_stored_run(session: Session, bureau: str, run_id: str) -> StoredRun:
    """Everything the book has of a calculated run. Raises UnknownRun where it has no outcome."""
    run, receipt = find_run(session, bureau, run_id), find_receipt(session, bureau, run_id)
    noted = _noted(session.runs.events(bureau, run_id))
    outcome = RunOutcome(
        tuple(session.runs.pools(bureau, run_id)), tuple(session.runs.totals(bureau, run_id)), receipt
    )
    return StoredRun(
        run=run,
        rule_set=session.rule_sets.get(bureau, run.rule_set),
        snapshot=session.snapshots.get(bureau, run.snapshot),
        outcome=outcome,
        records=list(session.runs.records(bureau, run_id)),
        identities=all_payees(session, bureau),
        noted_receipt=noted.get("receipt", ""),
        noted_records=noted.get("records", ""),
        enactment=session.rule_sets.enactments(bureau, [run.rule_set]).get(run.rule_set),
        approval=session.runs.approvals(bureau, [run_id]).get(run_id),
    )


def stored_payouts(stored: StoredRun) -> Payouts:
    """The lines of a stored run. Raises UnreadableRecord."""
    receipt = read_receipt(stored.outcome.receipt)
    funds = {fund.name: fund.title for fund in receipt.funds}
    return payouts_from(stored.records, stored.identities or {}, receipt.period, receipt.items, funds)


def _noted(events: list[RunEvent]) -> Mapping[str, str]:
    """What the log noted when the run was calculated."""
    for event in events:
        if event.state == CALCULATED:
            noted: dict[str, str] = json.loads(event.detail)
            return noted
    return {}
