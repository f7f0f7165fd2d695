"""Replay a stored run: prove what is stored, calculate again from what is stored, compare the payouts' bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from payroll_service.audit.evidence import AuditCheck, StoredRun
from payroll_service.audit.replay import compare_lines, replay
from payroll_service.audit.verify import verify_run
from payroll_service.book.payouts import Payouts
from payroll_service.book.receipt import read_receipt
from payroll_service.book.records import PayeeIdentity, RunEvent, RunOutcome, RunRecord
from payroll_service.book.stored_lines import UnreadableRecord, payouts_from
from payroll_service.errors import UnknownRun
from payroll_service.export.payouts_csv import payouts_csv
from payroll_service.snapshot.sealing import from_bytes
from payroll_service.store.store import Session, Store
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.calculate_run import CALCULATED, find_run
from payroll_service.workflow.load_rules import rules_from

SHOWN = 20


@dataclass(frozen=True)
class Replay:
    """Every check of a replay. `faithful`: nothing stored was altered, and the same fen came out again."""

    run: RunRecord
    checks: tuple[AuditCheck, ...]

    @property
    def faithful(self) -> bool:
        return all(check.holds for check in self.checks)


def replay_run(store: Store, bureau: str, run_id: str) -> Replay:
    """Verify and recalculate. Raises UnknownRun, StoredBytesChanged."""
    with store.reading() as session:
        stored = load_stored_run(session, bureau, run_id)
    checks = verify_run(stored)
    rules = rules_from(stored.rule_set.document, stored.rule_set.name)
    snapshot = from_bytes(rules.program, stored.snapshot.content)
    period = governed_period(rules.program, stored.run.period)
    again = replay(rules.program, snapshot, period, stored.outcome.receipt)
    told = "逐字节相符" if again.same else f"不同的部分：{'、'.join(again.differences)}"
    checks.append(AuditCheck("重算：凭据与入库的逐字节相符", again.same, told))
    checks.append(_same_file(stored, again.payouts))
    return Replay(stored.run, tuple(checks))


def _same_file(stored: StoredRun, again: Payouts) -> AuditCheck:
    """payouts.csv from the stored lines and from the recalculation, byte by byte."""
    name = "重算：发放表 payouts.csv 与入库的逐字节相符"
    receipt = read_receipt(stored.outcome.receipt)
    funds = {fund.name: fund.title for fund in receipt.funds}
    try:
        kept = payouts_from(stored.records, stored.identities or {}, receipt.period, receipt.items, funds)
    except UnreadableRecord as why:
        return AuditCheck(name, False, str(why))
    if payouts_csv(kept) == payouts_csv(again):
        return AuditCheck(name, True, f"{len(again)} 笔逐字节相符")
    lines = compare_lines(kept, again)
    shown = "；".join(f"{'入库' if each.stored else '重算'} {each.line}" for each in lines[:SHOWN])
    return AuditCheck(name, False, f"{len(lines)} 笔不同：{shown}" if lines else "姓名或名称不同，金额相同")


def load_stored_run(session: Session, bureau: str, run_id: str) -> StoredRun:
    """Everything the book has of a calculated run."""
    run = find_run(session, bureau, run_id)
    receipt = session.runs.receipt(bureau, run_id)
    if receipt is None:
        raise UnknownRun(f"批次 {run_id} 没有算出结果。", "请看 payroll runs 里的原因。")
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
        identities=_identities(session, bureau),
        noted_receipt=noted.get("receipt", ""),
        noted_records=noted.get("records", ""),
    )


def _noted(events: list[RunEvent]) -> dict[str, str]:
    """What the log noted when the run was calculated."""
    for event in events:
        if event.state == CALCULATED:
            noted: dict[str, str] = json.loads(event.detail)
            return noted
    return {}


def _identities(session: Session, bureau: str) -> dict[str, PayeeIdentity]:
    kinds = ("个人", "学校", "学生")
    return {each.payee_id: each for kind in kinds for each in session.payees.all(bureau, kind)}
