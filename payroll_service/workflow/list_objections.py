"""Objections with what became of them: one's own, or all of a bureau, those that are overdue told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from payroll_service.book.objection_states import CORRECTED, OPEN, OUTCOMES
from payroll_service.book.receipt import read_receipt
from payroll_service.book.records import Objection, ObjectionEvent
from payroll_service.book.working_days import china_day
from payroll_service.store.store import Session, Store
from payroll_service.workflow.log_read import log_read


@dataclass(frozen=True)
class ListedObjection:
    """An objection as it stands. `answer`: the event that answered it; `correction`: the run that does, "" for none."""

    objection: Objection
    item_name: str
    person: str
    state: str
    answer: ObjectionEvent | None
    correction: str
    is_overdue: bool


def list_objections(store: Store, bureau: str, now: datetime, payee: str = "") -> list[ListedObjection]:
    """The last raised first; those of one payee alone, if it is named by its id."""
    key = {"payee_id": payee} if payee else {}
    with store.reading() as session:
        return listed_objections(session, bureau, china_day(now), **key)[::-1]


def read_objections(store: Store, bureau: str, by: str, now: datetime) -> list[ListedObjection]:
    """All of them, the last raised first, with the names of those who object; that `by` read these is put down."""
    found = list_objections(store, bureau, now)
    if found:
        log_read(store, bureau, "objections", by, now)
    return found


def listed_objections(session: Session, bureau: str, today: date, **key: Any) -> list[ListedObjection]:
    """Oldest first; `key` as for `Objections.find`."""
    found = session.objections.find(bureau, **key)
    events: dict[int, dict[str, ObjectionEvent]] = {}
    for event in session.objections.events(bureau) if found else ():
        events.setdefault(event.objection, {})[event.state] = event
    items = {run: _items(session, bureau, run) for run in {one.run_id for one in found}}
    return [
        _listed(one, items[one.run_id].get(one.item, one.item), _person(session, one), events, today)
        for one in found
    ]


def _listed(
    one: Objection, item: str, person: str, events: dict[int, dict[str, ObjectionEvent]], today: date
) -> ListedObjection:
    noted = events.get(one.number, {})
    answer = next((noted[state] for state in OUTCOMES if state in noted), None)
    correction = noted[CORRECTED].detail if CORRECTED in noted else ""
    state = CORRECTED if correction else answer.state if answer else OPEN
    overdue = state == OPEN and today > one.answer_by
    return ListedObjection(one, item, person, state, answer, correction, overdue)


def _items(session: Session, bureau: str, run_id: str) -> dict[str, str]:
    content = session.runs.receipt(bureau, run_id)
    assert content is not None, "only a calculated run is published"
    return {item.number: item.name for item in read_receipt(content).items}


def _person(session: Session, one: Objection) -> str:
    return session.payees.get(one.bureau, one.payee_id).label
