"""Which approved runs a run has to net, and its calculation less what these granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from payroll_service.audit.netted import check_netted
from payroll_service.book.earlier import Earlier
from payroll_service.book.netted_runs import netted_runs, overlaps
from payroll_service.book.netting import net, netted_checks
from payroll_service.book.payouts import LATE, PUT_OFF
from payroll_service.book.receipt import NettedRun, read_receipt
from payroll_service.book.run_receipt import make_receipt
from payroll_service.errors import AlteredBook, VersionsClash
from payroll_service.store.store import Session
from payroll_service.workflow.calculate_period import Calculation
from payroll_service.workflow.load_rules import rules_from
from payroll_service.workflow.stored_runs import load_stored_run, stored_payouts
from rules.language.period import Period
from rules.language.program import Program
from rules.language.versions import corrects


def runs_to_net(session: Session, bureau: str, program: Program, period: Period) -> tuple[NettedRun, ...]:
    """The approved runs that a run of this period builds on, in the order of their approval (see `netted_runs`).

    Receipts of other days are read only where the bureau has late changes that were put off.
    """
    contents = {one: session.runs.receipt(bureau, one.run_id) or b"" for one in session.runs.approved(bureau)}
    late = any(LATE[PUT_OFF].encode() in content for content in contents.values())
    approved = {
        one: read_receipt(content) for one, content in contents.items() if late or overlaps(period, one)
    }
    return tuple(NettedRun(one.run_id, one.receipt) for one in netted_runs(program, period, approved))


def refuse_corrected(session: Session, bureau: str, program: Program, runs: Sequence[NettedRun]) -> None:
    """Raises VersionsClash where a run was approved under a version that corrects this one: it would be taken back."""
    used = {named.run: session.runs.get(bureau, named.run).rule_set for named in runs}
    correction = approved_correction(session, bureau, program, used)
    if correction is not None:
        run, version = correction
        raise VersionsClash(
            f"数据是按「{program.name}」{program.version} 导入的，批次 {run} 已经按更正的 {version} 审批；"
            f"再按 {program.version} 核算，会把更正退回去。",
            f"请加 --rules 和 {version} 的文件；真要退回去的，--rules 写 {program.version} 的文件。",
        )


def approved_correction(
    session: Session, bureau: str, program: Program, used: Mapping[str, str]
) -> tuple[str, str] | None:
    """The first of these runs (id: fingerprint of its rule set) under a version that corrects this one, with that version."""
    if set(used.values()) <= {program.fingerprint}:
        return None
    programs = {
        each.fingerprint: rules_from(each.document, each.name).program
        for each in session.rule_sets.all(bureau)
        if each.name == program.name
    }
    for run, fingerprint in used.items():
        later = programs.get(fingerprint)
        if later is not None and corrects(later, program, [*programs.values()]):
            return run, later.version
    return None


def load_earlier(session: Session, bureau: str, runs: Sequence[NettedRun]) -> list[Earlier]:
    """The lines of approved runs. Raises AlteredBook where they are not those that were approved."""
    found = []
    for named in runs:
        stored = load_stored_run(session, bureau, named.run)
        check = check_netted(named, stored)
        if not check.holds:
            raise AlteredBook(
                f"已审批的批次 {named.run} 与审批时不同：{check.detail}。",
                f"请先用 payroll replay {named.run} 查明，再核算。",
            )
        found.append(Earlier(named, stored_payouts(stored)))
    return found


def less_earlier(calculation: Calculation, earlier: Sequence[Earlier]) -> Calculation:
    """The calculation with its payouts, checks and receipt netted; itself where there is nothing to net."""
    if not earlier:
        return calculation
    program, outcome = calculation.program, calculation.outcome
    payouts = net(program, calculation.payouts, earlier)
    checks = netted_checks(program, outcome, calculation.payouts, payouts, earlier, calculation.checks)
    runs = [one.run for one in earlier]
    receipt = make_receipt(program, calculation.snapshot, outcome, payouts, checks, runs)
    return replace(calculation, payouts=payouts, checks=checks, receipt=receipt)
