"""Receive a workbook: check it under a rule set and store file, rule set and snapshot together, or nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from payroll_service.book.records import Bureau, StoredImport, StoredRuleSet, StoredSnapshot
from payroll_service.book.rule_set_states import DRAFTED
from payroll_service.errors import Overtaken, UnreadableFile, VersionsClash
from payroll_service.snapshot.canonical import to_bytes
from payroll_service.snapshot.differences import TableDifference, differences
from payroll_service.snapshot.sealing import from_bytes
from payroll_service.snapshot.tables import Problem, Snapshot, UnsoundTables
from payroll_service.store.imports import ACCEPTED, RECEIVED
from payroll_service.store.store import Session, Store
from payroll_service.workbook.csv_files import csv_paths
from payroll_service.workflow.book_hints import book_hints
from payroll_service.workflow.load_rules import LoadedRules, rules_from
from payroll_service.workflow.problems_ahead import read_for_periods
from payroll_service.workflow.progress import Progress, silent
from payroll_service.workflow.read_input import SoundInput
from rules.language.period import Period
from rules.language.program import Program
from rules.language.versions import find_clashes

ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)  # a folder's archive must not know the hour


@dataclass(frozen=True)
class ReceivedFile:
    """A file as it came."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Imported:
    """What was stored: the snapshot's fingerprint, the rows of each table, and hints about the data."""

    snapshot: str
    content_hash: str
    rows: dict[str, int]
    hints: tuple[Problem, ...]
    is_new: bool


@dataclass(frozen=True)
class Examined:
    """A sound file that is not yet stored. `last`: the snapshot accepted last, "" for none; `differences` to it,
    None where there is none, or where its tables no longer fit the rule set."""

    rules: LoadedRules
    file: ReceivedFile
    sound: SoundInput
    last: str
    differences: tuple[TableDifference, ...] | None


def examine_import(
    store: Store,
    bureau: str,
    rules: LoadedRules,
    file: ReceivedFile,
    progress: Progress = silent,
    periods: Sequence[Period] = (),
) -> Examined:
    """Read, check and compare; nothing is stored. Raises UnsoundInput, UnreadableFile, UnreadableWorkbook.

    What runs of `periods` would refuse is a problem, too.
    """
    progress(0, 2, "读取和检查")
    sound = read_for_periods(rules.program, file.content, periods)
    progress(1, 2, "与上次入库的数据比较")
    with store.reading() as session:
        last = last_accepted(session, bureau, rules.program.name)
        stored = session.snapshots.get(bureau, last) if last else None
        hints = (*sound.hints, *book_hints(session, bureau, rules.program, sound.snapshot))
    found = compare(rules.program, stored, sound.snapshot)
    return Examined(rules, file, replace(sound, hints=hints), last, found)


def compare(
    program: Program, stored: StoredSnapshot | None, snapshot: Snapshot
) -> tuple[TableDifference, ...] | None:
    """What changed since the stored snapshot; None if there is none, or none that this program understands."""
    if stored is None:
        return None
    try:
        return tuple(differences(program, from_bytes(program, stored.content), snapshot))
    except UnsoundTables:
        return None


def import_workbook(
    store: Store, bureau: Bureau, rules: LoadedRules, path: Path, sender: str, now: datetime
) -> Imported:
    """Check and store. Raises UnsoundInput, UnreadableFile, UnreadableWorkbook; then nothing is stored."""
    return store_import(
        store, bureau, examine_import(store, bureau.bureau, rules, received_file(path)), sender, now
    )


def store_import(store: Store, bureau: Bureau, examined: Examined, sender: str, now: datetime) -> Imported:
    """Store what was examined. Raises Overtaken if another import came between: its differences were not seen."""
    program, snapshot = examined.rules.program, examined.sound.snapshot
    received = StoredImport.received(bureau.bureau, examined.file.name, sender, now, examined.file.content)
    with store.writing() as session:
        refuse_overtaken(session, bureau.bureau, examined.last, program.name)
        session.add_bureau(bureau)
        save_rules(session, bureau.bureau, examined.rules, sender, now)
        save_received(session, received, program.fingerprint, sender, now)
        stored = canonical(bureau.bureau, program, snapshot, (received.content_hash,))
        is_new = save_snapshot(session, stored, sender, now)
    rows = {name: table.size for name, table in snapshot.tables.items()}
    return Imported(snapshot.fingerprint, received.content_hash, rows, examined.sound.hints, is_new)


def last_accepted(session: Session, bureau: str, name: str = "") -> str:
    """The fingerprint of the snapshot accepted last, under a version of the rule set of that name if one is given; "" if
    none was."""
    named = {each.fingerprint for each in session.rule_sets.all(bureau) if name in ("", each.name)}
    log = (event for event in session.imports.log(bureau) if event.state == ACCEPTED)
    accepted = [event.detail for event in log if event.rule_set in named]
    return accepted[-1] if accepted else ""


def refuse_overtaken(session: Session, bureau: str, seen: str, name: str) -> None:
    if last_accepted(session, bureau, name) != seen:
        raise Overtaken(
            "刚才另有一份数据入库，差异已不是看到的那样，所以没有入库。", "请重新导入，看过新的差异再确认。"
        )


def save_received(
    session: Session, received: StoredImport, rule_set: str, sender: str, now: datetime
) -> None:
    session.imports.save(received)
    session.imports.append(
        received.bureau, received.content_hash, RECEIVED, now, sender, received.file_name, rule_set
    )


def canonical(bureau: str, program: Program, snapshot: Snapshot, imports: tuple[str, ...]) -> StoredSnapshot:
    """The snapshot as it is stored, made from these imports."""
    content = to_bytes(program, snapshot)
    return StoredSnapshot(bureau, snapshot.fingerprint, program.fingerprint, content, imports)


def save_snapshot(session: Session, stored: StoredSnapshot, sender: str, now: datetime) -> bool:
    """Store a snapshot, and note with each import that it was made from that it was accepted. False if it was stored."""
    is_new = session.snapshots.save(stored)
    for each in stored.imports:
        session.imports.append(
            stored.bureau, each, ACCEPTED, now, sender, stored.fingerprint, stored.rule_set
        )
    return is_new


def save_rules(session: Session, bureau: str, rules: LoadedRules, actor: str, now: datetime) -> None:
    """Store the rule set's document as a draft, once; with schemes the rule set alone, and the bundle that extends it.

    Raises VersionsClash where another version in force on the same days is stored, and the later does not correct it.
    """
    if rules.extends is not None:
        save_rules(session, bureau, rules.extends, actor, now)
    program = rules.program
    stored = StoredRuleSet(
        bureau=bureau,
        fingerprint=program.fingerprint,
        name=program.name,
        version=program.version,
        in_force_from=date.fromordinal(program.start),
        in_force_to=date.fromordinal(program.end),
        document=rules.document,
        extends=rules.extends.program.fingerprint if rules.extends else None,
    )
    known = session.rule_sets.all(bureau)
    if program.fingerprint not in {each.fingerprint for each in known}:
        # the same rules with another comment are the same rule set: the first stands
        if rules.extends is None:
            _refuse_clash(program, known)
        session.rule_sets.save(stored)
        session.rule_sets.append(bureau, program.fingerprint, DRAFTED, now, actor)


def _refuse_clash(program: Program, known: Sequence[StoredRuleSet]) -> None:
    beside = [
        rules_from(each.document, each.name).program
        for each in known
        if each.name == program.name and each.extends is None
    ]
    for clash in find_clashes([*beside, program]):
        if program is clash.earlier or program is clash.later:
            raise VersionsClash(f"{clash.message}。", f"{clash.remedy}。")


def received_file(path: Path) -> ReceivedFile:
    """The file; of a folder a ZIP archive of its CSV files, the same bytes for the same files.

    What is stored is what is read: an archive is read like the folder it was made from.
    """
    if path.is_file():
        return ReceivedFile(path.name, path.read_bytes())
    files = csv_paths(path) if path.is_dir() else []
    if not files:
        raise UnreadableFile(f"找不到 {path}，或文件夹里没有 CSV 文件。", "请核对工作簿或文件夹的路径。")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in files:
            name = file.relative_to(path).as_posix()
            archive.writestr(zipfile.ZipInfo(name, ZIP_MOMENT), file.read_bytes())
    return ReceivedFile(path.name, packed.getvalue())
