"""What was accepted: snapshots with the files that they were made from, and how many rows their tables have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from payroll_service.book.records import ImportEvent
from payroll_service.snapshot.sealing import from_bytes
from payroll_service.store.store import Session, Store
from payroll_service.workflow.import_workbook import ACCEPTED
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
    """Every snapshot that was accepted, the last first."""
    with store.reading() as session:
        return _accepted(session, bureau)


def read_snapshot(
    store: Store, bureau: str, fingerprint: str
) -> tuple[AcceptedSnapshot | None, dict[str, int]]:
    """The snapshot, None where it was made by the book for a run, and the rows of each table. Raises NotStored."""
    with store.reading() as session:
        stored = session.snapshots.get(bureau, fingerprint)
        rules = session.rule_sets.get(bureau, stored.rule_set)
        accepted = _accepted(session, bureau)
    program = rules_from(rules.document, rules.name).program
    rows = {name: table.size for name, table in from_bytes(program, stored.content).tables.items()}
    return next((one for one in accepted if one.fingerprint == fingerprint), None), rows


def _accepted(session: Session, bureau: str) -> list[AcceptedSnapshot]:
    files: dict[str, SourceFile] = {}
    made: dict[str, list[ImportEvent]] = {}
    for event in session.imports.log(bureau):
        if event.state == "received":
            files[event.content_hash] = SourceFile(event.content_hash, event.detail, event.actor, event.at)
        elif event.state == ACCEPTED:
            made.setdefault(event.detail, []).append(event)
    found = [
        AcceptedSnapshot(
            fingerprint, events[-1].rule_set or "", events[-1].number, events[-1].at, events[-1].actor,
            tuple(files[one] for one in dict.fromkeys(event.content_hash for event in events)),
        )
        for fingerprint, events in made.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: -one.number)
