"""Receive a workbook: check it under a rule set and store file, rule set and snapshot together, or nothing."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from payroll_service.book.records import Bureau, StoredImport, StoredRuleSet, StoredSnapshot
from payroll_service.errors import UnreadableFile
from payroll_service.snapshot.canonical import to_bytes
from payroll_service.snapshot.tables import Problem
from payroll_service.store.store import Session, Store
from payroll_service.workbook.csv_files import csv_paths
from payroll_service.workflow.load_rules import LoadedRules
from payroll_service.workflow.read_input import read_input

ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)  # a folder's archive must not know the hour


@dataclass(frozen=True)
class Imported:
    """What was stored: the snapshot's fingerprint, the rows of each table, and hints about the data."""

    snapshot: str
    content_hash: str
    rows: dict[str, int]
    hints: tuple[Problem, ...]
    is_new: bool


def import_workbook(
    store: Store, bureau: Bureau, rules: LoadedRules, path: Path, sender: str, now: datetime
) -> Imported:
    """Check and store. Raises UnsoundInput, UnreadableFile, UnreadableWorkbook; then nothing is stored."""
    content = received_bytes(path)
    sound = read_input(rules.program, content)
    received = StoredImport.received(bureau.bureau, path.name, sender, now, content)
    snapshot = StoredSnapshot(
        bureau.bureau,
        sound.snapshot.fingerprint,
        rules.program.fingerprint,
        to_bytes(rules.program, sound.snapshot),
        (received.content_hash,),
    )
    with store.writing() as session:
        session.add_bureau(bureau)
        save_rules(session, bureau.bureau, rules, sender, now)
        session.imports.save(received)
        session.imports.append(
            bureau.bureau,
            received.content_hash,
            "received",
            now,
            sender,
            path.name,
            rules.program.fingerprint,
        )
        is_new = session.snapshots.save(snapshot)
        session.imports.append(
            bureau.bureau,
            received.content_hash,
            "accepted",
            now,
            sender,
            sound.snapshot.fingerprint,
            rules.program.fingerprint,
        )
    rows = {name: table.size for name, table in sound.snapshot.tables.items()}
    return Imported(sound.snapshot.fingerprint, received.content_hash, rows, sound.hints, is_new)


def save_rules(session: Session, bureau: str, rules: LoadedRules, actor: str, now: datetime) -> None:
    """Store the rule set's document, once."""
    program = rules.program
    stored = StoredRuleSet(
        bureau=bureau,
        fingerprint=program.fingerprint,
        name=program.name,
        version=program.version,
        in_force_from=date.fromordinal(program.start),
        in_force_to=date.fromordinal(program.end),
        document=rules.document,
    )
    known = {each.fingerprint for each in session.rule_sets.all(bureau)}
    if (
        program.fingerprint not in known
    ):  # the same rules with another comment are the same rule set: the first stands
        session.rule_sets.save(stored)
        session.rule_sets.append(bureau, program.fingerprint, "stored", now, actor)


def received_bytes(path: Path) -> bytes:
    """The file's bytes; of a folder a ZIP archive of its CSV files, the same bytes for the same files.

    What is stored is what is read: an archive is read like the folder it was made from.
    """
    if path.is_file():
        return path.read_bytes()
    files = csv_paths(path) if path.is_dir() else []
    if not files:
        raise UnreadableFile(f"找不到 {path}，或文件夹里没有 CSV 文件。", "请核对工作簿或文件夹的路径。")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in files:
            name = file.relative_to(path).as_posix()
            archive.writestr(zipfile.ZipInfo(name, ZIP_MOMENT), file.read_bytes())
    return packed.getvalue()
