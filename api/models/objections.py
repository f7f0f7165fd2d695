"""Requests and answers about publications and objections."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.models.base import Answer, Request, RunId, Words
from payroll_service.book.records import RunPublication
from payroll_service.store.paging import Page
from payroll_service.workflow.list_objections import ListedObjection
from payroll_service.workflow.object_to_item import LONGEST
from payroll_service.workflow.publish_run import ANSWER_DAYS

Cause = Literal["score", "months", "post", "rule", "other"]
Outcome = Literal["upheld", "rejected"]
Item = Annotated[str, StringConstraints(min_length=1, max_length=100), Field(examples=["奖励"])]
Days = Annotated[int, Field(ge=1, le=60)]


class Publish(Request):
    """For how many working days, counted from tomorrow (null: as the rule set says, or else five); or until a day set by hand, for a reason."""

    working_days: Days | None = None
    answer_days: Days = ANSWER_DAYS
    until: date | None = None
    answer_by: date | None = None
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")
    ] = ""


class Publication(Answer):
    """Objections are taken until `last_day` and answered by `answer_by`; `working_days` is 0 for days set by hand."""

    run: str
    published_by: str
    published_at: datetime
    first_day: date
    last_day: date
    working_days: int
    answer_by: date
    reason: str

    @classmethod
    def of(cls, publication: RunPublication) -> Publication:
        return cls(
            run=publication.run_id,
            published_by=publication.published_by,
            published_at=publication.at,
            first_day=publication.first_day,
            last_day=publication.last_day,
            working_days=publication.working_days,
            answer_by=publication.answer_by,
            reason=publication.reason,
        )


class Closed(Answer):
    run: str
    closed_by: str
    closed_at: datetime


class Raise(Request):
    """An objection to one's own item, by its number."""

    item: Item
    cause: Cause
    words: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST, pattern=r"^[^\x00]+$")
    ]


class AnswerObjection(Request):
    outcome: Outcome
    words: Words


class NameCorrection(Request):
    """The later run of the same period that puts an upheld objection right."""

    run: RunId


class ObjectionAnswer(Answer):
    """An objection as it stands; `state`: open, rejected, upheld (a correction is to come), corrected."""

    number: int
    run: str
    item: str
    item_name: str
    person: str
    cause: Cause
    words: str
    raised_at: datetime
    answer_by: date
    state: Literal["open", "upheld", "rejected", "corrected"]
    overdue: bool
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    correction: str | None = None

    @classmethod
    def of(cls, listed: ListedObjection) -> ObjectionAnswer:
        objection, answer = listed.objection, listed.answer
        return cls.model_validate(
            {
                "number": objection.number,
                "run": objection.run_id,
                "item": objection.item,
                "item_name": listed.item_name,
                "person": listed.person,
                "cause": objection.cause,
                "words": objection.words,
                "raised_at": objection.at,
                "answer_by": objection.answer_by,
                "state": listed.state,
                "overdue": listed.is_overdue,
                "answer": answer.detail if answer else None,
                "answered_by": answer.actor if answer else None,
                "answered_at": answer.at if answer else None,
                "correction": listed.correction or None,
            }
        )


class Objections(Answer):
    """`next` continues the list; null at its end."""

    objections: list[ObjectionAnswer]
    next: int | None = None

    @classmethod
    def of(cls, page: Page[ListedObjection]) -> Objections:
        return cls(objections=[ObjectionAnswer.of(one) for one in page.items], next=page.next)
