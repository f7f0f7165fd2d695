"""Put an approved run on public view (公示) for some working days, and close that once every objection is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from payroll_service.book.objection_states import OPEN
from payroll_service.book.records import RunEvent, RunPublication, RunRecord
from payroll_service.book.run_states import APPROVED, CLOSED, PUBLISHED
from payroll_service.book.working_days import china_day, working_day_after
from payroll_service.errors import NotPublishable
from payroll_service.store.store import Session, Store
from payroll_service.workflow.list_objections import listed_objections
from payroll_service.workflow.load_rules import rules_from
from payroll_service.workflow.stored_runs import expect_state, find_run

WORKING_DAYS = ANSWER_DAYS = 5  # usual, and no law: the bureau's own rules say how many


@dataclass(frozen=True)
class PublishRequest:
    """For how long. `working_days`: None for what the rule set's 支付 says, or else the usual number.

    `until` and `answer_by` set a day by hand, for `reason`, where nothing is counted.
    """

    working_days: int | None = None
    answer_days: int = ANSWER_DAYS
    until: date | None = None
    answer_by: date | None = None
    reason: str = ""


def publish_run(
    store: Store, bureau: str, run_id: str, by: str, now: datetime, request: PublishRequest | None = None
) -> RunPublication:
    """Publish from today; the days are counted from tomorrow and stored, so nothing later depends on a calendar.

    Raises UnknownRun, NotApprovable where it is not approved or was published, NotPublishable, UnknownCalendar.
    """
    asked = request or PublishRequest()
    if not by.strip():
        raise NotPublishable("没有写由谁公示。", "请用 --by 写明。")
    first = china_day(now)
    with store.writing() as session:
        run = find_run(session, bureau, run_id)
        expect_state(session, run, "公示", APPROVED)
        working_days = asked.working_days if asked.working_days is not None else usual_days(session, run)
        last, answer_by = _days(asked, working_days, first)
        publication = RunPublication(
            bureau=bureau,
            run_id=run_id,
            number=0,
            published_by=by.strip(),
            at=now,
            first_day=first,
            last_day=last,
            working_days=0 if asked.until else working_days,
            answer_days=asked.answer_days,
            answer_by=answer_by,
            reason=asked.reason.strip(),
        )
        return session.objections.publish(publication)


def usual_days(session: Session, run: RunRecord) -> int:
    """For how many working days the run's rule set wants it published; the usual number where it does not say."""
    stored = session.rule_sets.get(run.bureau, run.rule_set)
    rule = rules_from(stored.document, stored.name).program.disbursement
    return rule.publicity if rule and rule.publicity else WORKING_DAYS


def _days(asked: PublishRequest, working_days: int, first: date) -> tuple[date, date]:
    if working_days < 1 or asked.answer_days < 1:
        raise NotPublishable("公示和答复至少各要 1 个工作日。", "请改好天数再公示。")
    if (asked.until or asked.answer_by) and not asked.reason.strip():
        raise NotPublishable("自己定公示、答复的最后一天，要写理由。", "请用 --reason 写明。")
    last = asked.until or working_day_after(first, working_days)
    if last <= first:
        raise NotPublishable(f"公示的最后一天 {last} 要在今天 {first} 以后。", "请改好日期再公示。")
    answer_by = asked.answer_by or working_day_after(last, asked.answer_days)
    if answer_by < last:
        raise NotPublishable(f"答复的最后一天 {answer_by} 早于公示的最后一天 {last}。", "请改好日期再公示。")
    return last, answer_by


def close_run(store: Store, bureau: str, run_id: str, by: str, now: datetime) -> RunEvent:
    """End the public view, after its last day, with no objection open. Raises UnknownRun, NotApprovable, NotPublishable."""
    if not by.strip():
        raise NotPublishable("没有写由谁结束公示。", "请用 --by 写明。")
    with store.writing() as session:
        expect_state(session, find_run(session, bureau, run_id), "结束公示", PUBLISHED)
        publication = session.objections.publication(bureau, run_id)
        assert publication is not None, "a run is published by its publication"
        if (today := china_day(now)) <= publication.last_day:
            raise NotPublishable(
                f"批次 {run_id} 公示到 {publication.last_day}，今天是 {today}，还没有期满。",
                "请期满以后再结束。",
            )
        listed = listed_objections(session, bureau, today, session.objections.find(bureau, run_id=run_id))
        if waiting := [str(one.objection.number) for one in listed if one.state == OPEN]:
            raise NotPublishable(
                f"批次 {run_id} 还有申诉没有答复：第 {'、'.join(waiting)} 号。", "请逐件答复以后再结束公示。"
            )
        return session.runs.append(bureau, run_id, CLOSED, now, by.strip())
