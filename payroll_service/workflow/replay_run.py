"""Replay a stored run: prove what is stored, calculate again from what is stored, compare the payouts' bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from payroll_service.audit.evidence import AuditCheck, StoredRun
from payroll_service.audit.netted import check_netted
from payroll_service.audit.replay import compare_lines, replay
from payroll_service.audit.verify import verify_run
from payroll_service.book.earlier import Earlier
from payroll_service.book.payouts import Payouts
from payroll_service.book.receipt import NettedRun, read_receipt
from payroll_service.book.stored_lines import UnreadableRecord
from payroll_service.calculation.outcome import CalculationError
from payroll_service.errors import Refused
from payroll_service.export.payouts_csv import payouts_csv
from payroll_service.snapshot.sealing import from_bytes
from payroll_service.snapshot.tables import UnsoundTables
from payroll_service.store.errors import NotStored, StoredBytesChanged
from payroll_service.store.store import Store
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.carry_over import check_carried
from payroll_service.workflow.load_rules import rules_from
from payroll_service.workflow.progress import Progress, silent
from payroll_service.workflow.stored_runs import load_stored_run, stored_payouts
from rules.language.mistakes import RuleSetError

SHOWN = 20
STEPS = 4
ALTERED = (NotStored, StoredBytesChanged, ValueError)  # what is read is not what was written
UNABLE = (*ALTERED, Refused, RuleSetError, UnsoundTables, CalculationError)


@dataclass(frozen=True)
class Replay:
    """Every check of a replay. `faithful`: nothing stored was altered, and the same fen came out again."""

    run: str
    checks: tuple[AuditCheck, ...]

    @property
    def faithful(self) -> bool:
        return all(check.holds for check in self.checks)


def replay_run(store: Store, bureau: str, run_id: str, progress: Progress = silent) -> Replay:
    """Verify and recalculate; what was altered so that it cannot be, is told by a check. Raises UnknownRun."""
    progress(0, STEPS, "读取")
    try:
        with store.reading() as session:
            stored = load_stored_run(session, bureau, run_id)
    except ALTERED as why:
        return Replay(run_id, (AuditCheck("读取：入库的都在，没有改动", False, str(why)),))
    progress(1, STEPS, "核对记录")
    checks = verify_run(stored)
    checks += _calculated_again(store, stored, progress)
    return Replay(run_id, tuple(checks))


def _calculated_again(store: Store, stored: StoredRun, progress: Progress) -> Iterator[AuditCheck]:
    try:
        yield from _compared(store, stored, progress)
    except UNABLE as why:
        yield AuditCheck("重算：能从入库的规则集和数据再算一遍", False, _told(why))


def _compared(store: Store, stored: StoredRun, progress: Progress) -> Iterator[AuditCheck]:
    """Raises one of UNABLE."""
    rules = rules_from(stored.rule_set.document, stored.rule_set.name)
    named, carried = read_named(stored)
    with store.reading() as session:
        earlier = [load_stored_run(session, stored.run.bureau, one.run) for one in named]
        checks = [check_netted(*pair) for pair in zip(named, earlier, strict=True)]
        checks += [check_carried(session, stored.run, rules.program, one) for one in carried]
    yield from checks
    progress(2, STEPS, "重新核算")
    snapshot = from_bytes(rules.program, stored.snapshot.content)
    period = governed_period(rules.program, stored.run.period)
    try:
        netted = [Earlier(one, stored_payouts(run)) for one, run in zip(named, earlier, strict=True)]
    except UnreadableRecord as why:
        yield AuditCheck("已核定：记录可读", False, str(why))
        return
    again = replay(rules.program, snapshot, period, stored.outcome.receipt, netted, carried)
    progress(3, STEPS, "比较")
    told = "逐字节相符" if again.same else f"不同的部分：{'、'.join(again.differences)}"
    yield AuditCheck("重算：凭据与入库的逐字节相符", again.same, told)
    yield _same_file(stored, again.payouts)


def _told(why: Exception) -> str:
    match why:
        case Refused():
            return why.message
        case RuleSetError():
            return f"规则集有 {len(why.problems)} 处错误：{why.problems[0]}"
        case UnsoundTables():
            return f"数据快照不合这份规则集：{why.problems[0].message}"
        case CalculationError():
            return f"{len(why.problems)} 行无法计算"
    return str(why)


def _same_file(stored: StoredRun, again: Payouts) -> AuditCheck:
    """payouts.csv from the stored lines and from the recalculation, byte by byte."""
    name = "重算：发放表 payouts.csv 与入库的逐字节相符"
    try:
        kept = stored_payouts(stored)
    except UnreadableRecord as why:
        return AuditCheck(name, False, str(why))
    if payouts_csv(kept) == payouts_csv(again):
        return AuditCheck(name, True, f"{len(again)} 笔逐字节相符")
    lines = compare_lines(kept, again)
    shown = "；".join(f"{'入库' if each.stored else '重算'} {each.line}" for each in lines[:SHOWN])
    return AuditCheck(name, False, f"{len(lines)} 笔不同：{shown}" if lines else "姓名或名称不同，金额相同")


def read_named(stored: StoredRun) -> tuple[tuple[NettedRun, ...], tuple[NettedRun, ...]]:
    """The runs that a stored run nets, and the one it carries over from, as its receipt names them.

    None where the receipt cannot be read, which verification tells.
    """
    try:
        receipt = read_receipt(stored.outcome.receipt)
    except ValueError:
        return (), ()
    return receipt.netted, receipt.carried
