"""Objections with what became of them: one's own, or all of a bureau, those that are overdue told apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from payroll_service.book.objection_states import CORRECTED, OPEN, OUTCOMES
from payroll_service.book.receipt import read_receipt
from payroll_service.book.records import Objection, ObjectionEvent
from payroll_service.book.working_days import china_day
from payroll_service.store.objections import Objections
from payroll_service.store.paging import Page
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


def page_objections(
    store: Store,
    bureau: str,
    by: str,
    now: datetime,
    after: int,
    limit: int,
    state: str = "",
    overdue: bool = False,
) -> Page[ListedObjection]:
    """The last raised first, with the names of those who object; that `by` read these is put down.

    In one state if it is named; `overdue`: only those that are open past their last day.
    """
    last = china_day(now) if overdue else None
    return _put_down(store, bureau, by, now, lambda kept: kept.page(bureau, after, limit, state, last))


def page_waiting(
    store: Store, bureau: str, by: str, now: datetime, after: int, limit: int
) -> Page[ListedObjection]:
    """Those to be answered, by the last day for it; that `by` read these is put down. Raises UnknownPlace."""
    return _put_down(store, bureau, by, now, lambda kept: kept.page_of_waiting(bureau, after, limit))


def page_answered(
    store: Store, bureau: str, by: str, now: datetime, after: int, limit: int
) -> Page[ListedObjection]:
    """Those that are answered, the last raised first; that `by` read these is put down."""
    return _put_down(store, bureau, by, now, lambda kept: kept.page_of_answered(bureau, after, limit))


def page_own_objections(
    store: Store, bureau: str, payee: str, now: datetime, after: int, limit: int
) -> Page[ListedObjection]:
    """Those of the payee with this id, the last raised first."""
    with store.reading() as session:
        page = session.objections.page_of_payee(bureau, payee, after, limit)
        return page.of(listed_objections(session, bureau, china_day(now), page.items))


def own_objections_to(
    store: Store, bureau: str, payee: str, run_id: str, now: datetime
) -> list[ListedObjection]:
    """Those of one payee to one run, the last raised first."""
    with store.reading() as session:
        found = session.objections.find(bureau, run_id=run_id, payee_id=payee)
        return listed_objections(session, bureau, china_day(now), found)[::-1]


def read_objection(session: Session, bureau: str, number: int, now: datetime) -> ListedObjection:
    """One objection as it stands. Raises NotStored."""
    return listed_objections(session, bureau, china_day(now), [session.objections.get(bureau, number)])[0]


def look_at_objection(store: Store, bureau: str, number: int, by: str, now: datetime) -> ListedObjection:
    """The same; that `by` read it is put down. Raises NotStored."""
    with store.writing() as session:
        found = read_objection(session, bureau, number, now)
        session.access.log_read(bureau, now, by, "objections", found.objection.payee_id)
        return found


def listed_objections(
    session: Session, bureau: str, today: date, found: Sequence[Objection]
) -> list[ListedObjection]:
    """These objections as they stand, in their order."""
    events: dict[int, dict[str, ObjectionEvent]] = {}
    for event in session.objections.events(bureau, [one.number for one in found]):
        events.setdefault(event.objection, {})[event.state] = event
    items = {run: _items(session, bureau, run) for run in {one.run_id for one in found}}
    people = {one: session.payees.get(bureau, one).label for one in {one.payee_id for one in found}}
    return [
        _listed(one, items[one.run_id].get(one.item, one.item), people[one.payee_id], events, today)
        for one in found
    ]


def _put_down(
    store: Store, bureau: str, by: str, now: datetime, read: Callable[[Objections], Page[Objection]]
) -> Page[ListedObjection]:
    with store.reading() as session:
        page = read(session.objections)
        found = page.of(listed_objections(session, bureau, china_day(now), page.items))
    if found.items:
        log_read(store, bureau, "objections", by, now)
    return found


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
