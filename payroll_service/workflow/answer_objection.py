"""Finance answers an objection: upheld, which leads to a correction, or rejected; in words, once."""

from __future__ import annotations

from datetime import datetime

from payroll_service.book.objection_states import CORRECTED, OPEN, OUTCOMES, UPHELD
from payroll_service.errors import NotObjectable, SamePerson
from payroll_service.store.store import Store
from payroll_service.workflow.list_objections import ListedObjection, read_objection
from payroll_service.workflow.stored_runs import find_run


def answer_objection(
    store: Store, bureau: str, number: int, outcome: str, words: str, by: str, now: datetime
) -> ListedObjection:
    """Put the answer down. Late is still an answer. Raises NotStored, NotObjectable, SamePerson."""
    if outcome not in OUTCOMES or not words.strip():
        raise NotObjectable("答复要写明成立还是不成立，并写明理由。", "请补全再提交。")
    with store.writing() as session:
        found = read_objection(session, bureau, number, now)
        if found.state != OPEN:
            raise NotObjectable(
                f"第 {number} 号申诉已经答复。", "一件申诉只答复一次；要更正的，请登记更正批次。"
            )
        if by.strip() == found.objection.raised_by:
            raise SamePerson(f"第 {number} 号申诉是 {by} 自己提的，不能自己答复。", "请由另一个人答复。")
        session.objections.note(bureau, number, outcome, now, by, words.strip())
        return read_objection(session, bureau, number, now)


def name_correction(
    store: Store, bureau: str, number: int, run_id: str, by: str, now: datetime
) -> ListedObjection:
    """Name the later run of the same period that puts an upheld objection right.

    Raises NotStored, NotObjectable, UnknownRun.
    """
    with store.writing() as session:
        found = read_objection(session, bureau, number, now)
        if found.state != UPHELD:
            raise NotObjectable(
                f"第 {number} 号申诉不是“成立，待更正”，不能登记更正批次。", "先答复成立，且只登记一次。"
            )
        run = find_run(session, bureau, run_id)
        objected = find_run(session, bureau, found.objection.run_id)
        names = {session.rule_sets.get(bureau, each.rule_set).name for each in (run, objected)}
        if (
            run.period != objected.period
            or run.created_at <= found.objection.at
            or len(names) > 1
            or not session.runs.is_approved(bureau, run_id)
        ):
            raise NotObjectable(
                f"批次 {run_id} 不能更正第 {number} 号申诉：更正批次要是同一规则集、同一期间、申诉以后核算并已审批的。",
                f"请改正数据，把 {objected.period} 重新核算、审批，再登记。",
            )
        session.objections.note(bureau, number, CORRECTED, now, by, run_id)
        return read_objection(session, bureau, number, now)
