"""A payee objects (申诉) to one item of her own in a published run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from payroll_service.book.objection_states import CAUSES, OPEN
from payroll_service.book.records import Objection, RunPublication
from payroll_service.book.run_states import PUBLISHED
from payroll_service.book.working_days import china_day, working_day_after
from payroll_service.errors import NotObjectable, UnknownCalendar, UnknownPayee
from payroll_service.store.store import Session, Store
from payroll_service.workflow.list_objections import listed_objections

LONGEST = 1000


@dataclass(frozen=True)
class Complaint:
    """What somebody has against an item, by its number: `cause` as in objection_states, and words."""

    item: str
    cause: str
    words: str


def object_to_item(
    store: Store, bureau: str, payee: str, run_id: str, complaint: Complaint, by: str, now: datetime
) -> Objection:
    """Put it on record with the day until which it is answered. Raises UnknownPayee, which tells nothing about the run,
    and NotObjectable outside the days, for what the payee has no line of, or where one to it is open."""
    today = china_day(now)
    words = complaint.words.strip()
    if complaint.cause not in CAUSES:
        raise NotObjectable("申诉的类型不对。", f"请从这些里选：{'、'.join(CAUSES.values())}。")
    if not words or len(words) > LONGEST or "\0" in words:
        raise NotObjectable(
            f"请写明哪里不对，不超过 {LONGEST} 个字。", "写清楚是哪个数、应该是多少、凭什么。"
        )
    with store.writing() as session:
        _refuse_strange(session, bureau, payee, run_id, complaint.item)
        publication = _open_publication(session, bureau, run_id, today)
        raised = session.objections.find(bureau, run_id=run_id, payee_id=payee)
        for one in listed_objections(session, bureau, today, raised):
            if (one.objection.item, one.state) == (complaint.item, OPEN):
                raise NotObjectable(
                    f"对“{one.item_name}”的第 {one.objection.number} 号申诉还没有答复。", "请等答复以后再提。"
                )
        objection = Objection(
            bureau=bureau,
            number=0,
            run_id=run_id,
            payee_id=payee,
            item=complaint.item,
            cause=complaint.cause,
            words=words,
            at=now,
            raised_by=by,
            answer_by=_answer_by(publication, today),
        )
        return session.objections.add(objection)


def _refuse_strange(session: Session, bureau: str, payee: str, run_id: str, item: str) -> None:
    record = session.runs.record(bureau, run_id, payee) if session.runs.is_approved(bureau, run_id) else None
    if record is None:
        raise UnknownPayee(f"批次 {run_id} 里没有您的发放。", "请在“我的工资”里选一次发放。")
    if item not in {line["item"] for line in json.loads(record.content)["lines"]}:
        raise NotObjectable(f"批次 {run_id} 里没有您的这个项目。", "请从您这次发放的项目里选。")


def _open_publication(session: Session, bureau: str, run_id: str, today: date) -> RunPublication:
    publication = session.objections.publication(bureau, run_id)
    if publication is None:
        raise NotObjectable(
            f"批次 {run_id} 没有公示，不能申诉。", "公示期内可以申诉；平时有疑问请问本单位经办。"
        )
    over = session.runs.last_event(bureau, run_id).state != PUBLISHED
    if over or not publication.first_day <= today <= publication.last_day:
        raise NotObjectable(
            f"批次 {run_id} 的公示期是 {publication.first_day} 至 {publication.last_day}，今天 {today} 不能申诉。",
            "请向本单位或教育局反映；确有差错的，用更正补上。",
        )
    return publication


def _answer_by(publication: RunPublication, today: date) -> date:
    """So many working days from today, and never after the publication's own last day for answers."""
    try:
        return min(publication.answer_by, working_day_after(today, publication.answer_days))
    except UnknownCalendar:
        return publication.answer_by
