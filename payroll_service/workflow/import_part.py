"""Receive some tables, or one school's: check them alone and store them as parts that are put together later."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from payroll_service.book.records import Bureau, ImportEvent, StoredImport
from payroll_service.errors import UnsoundInput
from payroll_service.snapshot.parts import check_parts, foreign_rows, labelled_units, unit_tables, units_of
from payroll_service.snapshot.sealing import errors_in
from payroll_service.snapshot.tables import Problem, RawTable
from payroll_service.store.store import Session, Store
from payroll_service.workbook.reader import read_workbook
from payroll_service.workflow.import_workbook import ReceivedFile, save_received, save_rules
from payroll_service.workflow.load_rules import LoadedRules
from payroll_service.workflow.progress import Progress, silent
from rules.language.program import Program

PART = "part"


@dataclass(frozen=True)
class Part:
    """Rows of one table for one unit, "" for all of a table that knows no units. `units`: of a table of units, its rows'
    codes and labels."""

    table: str
    unit: str
    rows: int
    units: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredPart:
    """The newest accepted part of a table and unit, and where it came from."""

    part: Part
    content_hash: str
    file_name: str
    at: datetime
    sender: str


@dataclass(frozen=True)
class ExaminedPart:
    """A sound file that is not yet stored. `before`: the rows that each of its parts has now."""

    rules: LoadedRules
    file: ReceivedFile
    parts: tuple[Part, ...]
    before: dict[tuple[str, str], int]
    hints: tuple[Problem, ...]


def examine_part(
    store: Store,
    bureau: str,
    rules: LoadedRules,
    file: ReceivedFile,
    unit: str = "",
    progress: Progress = silent,
) -> ExaminedPart:
    """Read and check alone. With a `unit` the whole file is that school's. Raises UnsoundInput, UnreadableFile …"""
    progress(0, 2, "读取")
    raw_tables, problems = read_workbook(file.content, rules.program)
    progress(1, 2, "检查")
    tables = [table for table in raw_tables if len(table.rows)]
    problems = [*problems, *check_parts(rules.program, tables)]
    if unit:
        problems += [each for table in tables for each in foreign_rows(rules.program, table, unit)]
    if not tables:
        problems.append(
            Problem(file.name, "", "", "没有数据", "没有一张表有数据行", "请按模板填写后重新提交")
        )
    if errors_in(problems):
        raise UnsoundInput(problems, raw_tables)
    with store.reading() as session:
        newest = newest_parts(session, bureau, rules.program.fingerprint)
    before = {key: stored.part.rows for key, stored in newest.items()}
    parts = tuple(part for table in tables for part in _parts_of(rules.program, table, unit))
    return ExaminedPart(rules, file, parts, before, tuple(problems))


def store_part(store: Store, bureau: Bureau, examined: ExaminedPart, sender: str, now: datetime) -> None:
    """Store the file and note which parts it brings; nothing is calculated from it before all are put together."""
    rule_set = examined.rules.program.fingerprint
    file = examined.file
    received = StoredImport.received(bureau.bureau, file.name, sender, now, file.content)
    with store.writing() as session:
        session.add_bureau(bureau)
        save_rules(session, bureau.bureau, examined.rules, sender, now)
        save_part(session, received, examined.parts, rule_set, sender, now)


def save_part(
    session: Session,
    received: StoredImport,
    parts: tuple[Part, ...],
    rule_set: str,
    sender: str,
    now: datetime,
) -> None:
    """Store a received file and note which parts it brings."""
    save_received(session, received, rule_set, sender, now)
    detail = _written(received.file_name, parts)
    session.imports.append(received.bureau, received.content_hash, PART, now, sender, detail, rule_set)


def newest_parts(session: Session, bureau: str, rule_set: str) -> dict[tuple[str, str], StoredPart]:
    """The newest accepted part of each table and unit under one rule set."""
    newest: dict[tuple[str, str], StoredPart] = {}
    for event in session.imports.log(bureau):
        if event.state == PART and event.rule_set == rule_set:
            for stored in _read(event):
                newest[stored.part.table, stored.part.unit] = stored
    return newest


def _parts_of(program: Program, table: RawTable, unit: str) -> list[Part]:
    units = labelled_units(program, table) if table.table in unit_tables(program) else {}
    counts = Counter(units_of(program, table))
    if set(counts) == {""}:
        return [Part(table.table, unit, len(table.rows), units)]
    return [Part(table.table, code, count) for code, count in sorted(counts.items())]


def _written(name: str, parts: tuple[Part, ...]) -> str:
    listed = [[part.table, part.unit, part.rows, part.units] for part in parts]
    return json.dumps({"file": name, "parts": listed}, ensure_ascii=False, sort_keys=True)


def _read(event: ImportEvent) -> list[StoredPart]:
    noted = json.loads(event.detail)
    return [
        StoredPart(Part(*part), event.content_hash, noted["file"], event.at, event.actor)
        for part in noted["parts"]
    ]
