"""What the book says of data that are about to be imported, and what a run would refuse later: told while they are at hand."""

from __future__ import annotations

from collections.abc import Iterator

from payroll_service.snapshot.tables import Problem, Snapshot
from payroll_service.store.store import Session
from payroll_service.workflow.carry_over import can_carry, opening_tables
from payroll_service.workflow.net_run import approved_correction
from rules.language.program import Program


def book_hints(session: Session, bureau: str, program: Program, snapshot: Snapshot) -> Iterator[Problem]:
    """Hints: runs were approved under a version that corrects this one; a 上期 table is filled that runs carry over."""
    runs = [session.runs.get(bureau, each.run_id) for each in session.runs.approved(bureau)]
    correction = approved_correction(session, bureau, program, {run.run_id: run.rule_set for run in runs})
    if correction is not None:
        run_id, version = correction
        yield Problem(
            "", "", "", "旧版",
            f"批次 {run_id} 已经按更正的 {version} 审批，这份数据是按 {program.version} 导入的",
            f"请用 {version} 的规则集导入；不然核算时要写 --rules", "提示",
        )  # fmt: skip
    for table in opening_tables(program):
        filled = snapshot.tables[table.name].size
        last = next(
            (run.run_id for run in reversed(runs) if filled and can_carry(session, run, program)), None
        )
        if last is not None:
            yield Problem(
                table.name, "", "", "上期表",
                f"填了 {filled} 行；已有审批的批次（如 {last}），它以后的期间由批次带入，填了就不能核算",
                "请清空这张表；只有重算第一个期间才填", "提示",
            )  # fmt: skip
