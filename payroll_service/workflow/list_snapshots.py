"""What was accepted: snapshots with the files that they were made from, and how many rows their tables have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from payroll_service.book.records import ImportEvent
from payroll_service.errors import UnknownSnapshot
from payroll_service.snapshot.sealing import from_bytes
from payroll_service.store.errors import NotStored
from payroll_service.store.paging import AT_ONCE, Page, walk
from payroll_service.store.store import Session, Store
from payroll_service.workflow.load_rules import rules_from


@dataclass(frozen=True)
class SourceFile:
    """A received file: its hash, and name, sender and time when it came last."""

    content_hash: str
    name: str
    sender: str
    at: datetime


@dataclass(frozen=True)
class AcceptedSnapshot:
    """`number`: of the last event of its acceptance, ascending in time."""

    fingerprint: str
    rule_set: str
    number: int
    at: datetime
    by: str
    files: tuple[SourceFile, ...]


def list_snapshots(store: Store, bureau: str) -> list[AcceptedSnapshot]:
    """Every snapshot that was accepted, the last accepted first."""
    with store.reading():
        found = [*walk(lambda after: page_snapshots(store, bureau, after, AT_ONCE), "")]
    return sorted(found, key=lambda one: -one.number)


def page_snapshots(store: Store, bureau: str, after: str, limit: int) -> Page[AcceptedSnapshot]:
    """The one that was first accepted last first: accepting the same data again does not move them. Raises UnknownPlace."""
    with store.reading() as session:
        page = session.imports.page_of_accepted(bureau, after, limit)
        return page.of(_accepted(session, bureau, page.items))


def read_snapshot(
    store: Store, bureau: str, fingerprint: str
) -> tuple[AcceptedSnapshot | None, dict[str, int]]:
    """The snapshot, None where it was made by the book for a run, and the rows of each table. Raises UnknownSnapshot."""
    with store.reading() as session:
        try:
            stored = session.snapshots.get(bureau, fingerprint)
        except NotStored as none:
            raise UnknownSnapshot(
                f"没有数据快照“{fingerprint[:12]}”。", "请从数据快照的列表里选一份。"
            ) from none
        rules = session.rule_sets.get(bureau, stored.rule_set)
        accepted = _accepted(session, bureau, [fingerprint])
    program = rules_from(rules.document, rules.name).program
    rows = {name: table.size for name, table in from_bytes(program, stored.content).tables.items()}
    return accepted[0] if accepted else None, rows


def _accepted(session: Session, bureau: str, fingerprints: Sequence[str]) -> list[AcceptedSnapshot]:
    """Those of these that were accepted."""
    made: dict[str, list[ImportEvent]] = {one: [] for one in fingerprints}
    for event in session.imports.acceptances(bureau, fingerprints):
        made[event.detail].append(event)
    hashes = {event.content_hash for events in made.values() for event in events}
    files = {
        event.content_hash: SourceFile(event.content_hash, event.detail, event.actor, event.at)
        for event in session.imports.receptions(bureau, hashes)
    }
    return [
        AcceptedSnapshot(
            fingerprint, events[-1].rule_set or "", events[-1].number, events[-1].at, events[-1].actor,
            tuple(files[one] for one in dict.fromkeys(event.content_hash for event in events)),
        )
        for fingerprint, events in made.items()
        if events
    ]  # fmt: skip
