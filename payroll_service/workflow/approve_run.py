"""Approve a run, which grants what it is due to grant; or withdraw one before that. Two persons, one receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from payroll_service.audit.evidence import StoredRun
from payroll_service.audit.verify import verify_run
from payroll_service.book.receipt import read_receipt
from payroll_service.book.records import RunApproval, RunRecord, sha256
from payroll_service.book.run_states import CALCULATED, SUBMITTED, WITHDRAWN
from payroll_service.errors import AlteredBook, NotApprovable, Overtaken, SamePerson
from payroll_service.store.store import Session, Store
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.carry_over import last_before, opening_tables
from payroll_service.workflow.load_rules import rules_from
from payroll_service.workflow.net_run import runs_to_net
from payroll_service.workflow.stored_runs import expect_state, find_run, load_stored_run
from rules.language.period import Period
from rules.language.program import Program


@dataclass(frozen=True)
class ProvedRun:
    """A submitted run that `by` may approve, whose every stored byte was verified: what an approval names."""

    run: RunRecord
    receipt: bytes
    program: Program
    by: str


def approve_run(
    store: Store, bureau: str, run_id: str, by: str, now: datetime, receipt: str = ""
) -> RunApproval:
    """Verify what is stored and approve it; see `prove_run` and `approve_proved`."""
    return approve_proved(store, prove_run(store, bureau, run_id, by, receipt), now)


def prove_run(store: Store, bureau: str, run_id: str, by: str, receipt: str = "") -> ProvedRun:
    """Verify what is stored, for somebody else than those who prepared and submitted it. Nobody has to wait for it.

    `receipt`: the digest that was looked at, if the approver names it. Raises UnknownRun, SamePerson, AlteredBook,
    Overtaken where the receipt is another, and NotApprovable where the state is wrong or nobody enacted the rule set.
    """
    by = by.strip()
    with store.reading() as session:
        submitted = expect_state(session, find_run(session, bureau, run_id), "审批", SUBMITTED)
        stored = load_stored_run(session, bureau, run_id)
        _refuse_draft(session, stored)
    _refuse_one_person(stored.run, submitted.actor, by)
    if receipt not in ("", sha256(stored.outcome.receipt)):
        raise Overtaken(f"批次 {run_id} 已经不是您看到的那一份。", "请重新打开，核对以后再审批。")
    _refuse_altered(stored)
    rules = rules_from(stored.rule_set.document, stored.rule_set.name)
    return ProvedRun(stored.run, stored.outcome.receipt, rules.program, by)


def approve_proved(store: Store, proved: ProvedRun, now: datetime) -> RunApproval:
    """Grant what a proved run is due to grant. Its outcome is never written twice, so only its surroundings are looked
    at again: raises NotApprovable where its state is another by now, or a run was approved that this one should have
    netted or begun with.
    """
    run = proved.run
    period = governed_period(proved.program, run.period)
    with store.writing() as session:
        expect_state(session, run, "审批", SUBMITTED)
        _refuse_outdated(session, proved, period)
        approval = RunApproval(
            bureau=run.bureau,
            run_id=run.run_id,
            number=0,
            prepared_by=run.created_by,
            approved_by=proved.by,
            receipt=sha256(proved.receipt),
            at=now,
            first_day=date.fromordinal(period.first_day),
            last_day=date.fromordinal(period.last_day),
        )
        return session.runs.approve(approval)


def withdraw_run(store: Store, bureau: str, run_id: str, by: str, reason: str, now: datetime) -> None:
    """Note that a calculated or submitted run shall not be approved, and why. Raises UnknownRun, NotApprovable."""
    if not reason.strip():
        raise NotApprovable("撤回要写原因。", "请用 --reason 写明。")
    with store.writing() as session:
        expect_state(session, find_run(session, bureau, run_id), "撤回", CALCULATED, SUBMITTED)
        session.runs.append(bureau, run_id, WITHDRAWN, now, by, reason.strip())


def _refuse_one_person(run: RunRecord, submitted_by: str, by: str) -> None:
    if not by:
        raise NotApprovable("没有写审批人。", "请用 --by 写明是谁审批。")
    for act, person in (("经办", run.created_by), ("送审", submitted_by)):
        if by == person.strip():
            raise SamePerson(
                f"批次 {run.run_id} 是 {by} {act}的，不能由同一个人审批。", "请由另一个人复核后审批。"
            )


def _refuse_draft(session: Session, stored: StoredRun) -> None:
    rule_set = stored.rule_set
    if not session.rule_sets.is_enacted(rule_set.bureau, rule_set.fingerprint):
        raise NotApprovable(
            f"批次 {stored.run.run_id} 用的规则集“{rule_set.name}”{rule_set.version} 版还是草案，没有启用，不能审批。",
            "请由起草以外的人用 payroll rules enact 规则集.yaml --by 姓名 启用（有方案的加 --scheme），"
            "或在规则集页面启用；不必重新核算。",
        )


def _refuse_altered(stored: StoredRun) -> None:
    wrong = [check for check in verify_run(stored) if not check.holds]
    if wrong:
        told = "；".join(f"{check.name}（{check.detail}）" for check in wrong)
        raise AlteredBook(
            f"批次 {stored.run.run_id} 入库以后被改动，不能审批：{told}。",
            f"请用 payroll replay {stored.run.run_id} 查明，并重新核算。",
        )


def _refuse_outdated(session: Session, proved: ProvedRun, period: Period) -> None:
    run, program, receipt = proved.run, proved.program, read_receipt(proved.receipt)
    again = f"请把 {run.period} 重新核算一次，再审批新的批次；旧的用 payroll withdraw 撤回。"
    last = last_before(session, run.bureau, program, period) if opening_tables(program) else None
    if [(one.run, one.receipt) for one in receipt.carried] != ([(last.run_id, last.receipt)] if last else []):
        raise NotApprovable(
            f"批次 {run.run_id} 接着{receipt.carried[0].run if receipt.carried else '空的期初'}算，"
            f"而最近审批的上一期是 {last.run_id if last else '没有'}。",
            again,
        )
    netted = runs_to_net(session, run.bureau, program, period)
    since = [one.run for one in netted if one not in receipt.netted]
    if since:
        raise NotApprovable(
            f"批次 {run.run_id} 核算以后，又审批了 {'、'.join(since)}，它核定的没有减去，审批会重复核定。",
            again,
        )
    if netted != receipt.netted:
        raise NotApprovable(
            f"批次 {run.run_id} 核算以后，它要补的前期差额已由别的批次补了，审批会重复核定。", again
        )
