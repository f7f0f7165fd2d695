"""The work of an import job: examine what was uploaded, or what all parts come to, and keep what was found.

Nothing is stored for good here: somebody looks at the problems, or at the differences, and accepts (`accept_import`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from payroll_service.book.records import sha256
from payroll_service.errors import UnsoundInput
from payroll_service.snapshot.differences import TableDifference
from payroll_service.snapshot.sealing import errors_in
from payroll_service.snapshot.tables import Cell, Problem, RawTable
from payroll_service.store.jobs import EXAMINED, UNSOUND
from payroll_service.workflow.assemble_parts import examine_assembly
from payroll_service.workflow.calculate_period import governed_period
from payroll_service.workflow.import_part import StoredPart, examine_part
from payroll_service.workflow.import_workbook import ReceivedFile, canonical, examine_import
from payroll_service.workflow.jobs.hold import Hold
from payroll_service.workflow.jobs.kinds import (
    ASSEMBLY,
    DIFFERENCES,
    PART,
    PROBLEMS,
    SNAPSHOT,
    UPLOAD,
    AskedImport,
    Change,
    ImportProblem,
    ImportResult,
    PartOf,
    change_of,
    written,
    written_differences,
)
from payroll_service.workflow.load_rules import LoadedRules, rules_from
from payroll_service.workflow.masking import masked, masked_cell
from rules.language.period import Period
from rules.language.program import Program

CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def examine_upload(hold: Hold, asked: AskedImport) -> None:
    """Ends the job `examined`, or `unsound` with its problems. Raises UnreadableFile, RuleSetError …, and LostLease."""
    job = hold.job
    with hold.store.reading() as session:
        stored = session.rule_sets.get(job.bureau, asked.rule_set)
        file = ReceivedFile(asked.file_name, session.jobs.content(job, UPLOAD) or b"")
    rules = rules_from(stored.document, stored.name)
    periods = [governed_period(rules.program, text) for text in asked.periods]
    examine = {PART: _part, ASSEMBLY: _assembly}.get(job.kind, _import)
    try:
        state, found = EXAMINED, examine(hold, rules, file, periods)
    except UnsoundInput as unsound:
        state = UNSOUND
        found = _Found(ImportResult(*_counts(unsound.problems)), unsound.problems, unsound.tables)
    listed = [asdict(one) for one in typed(rules.program, found.problems, found.tables)]
    contents = {**found.contents, PROBLEMS: json.dumps(listed, ensure_ascii=False).encode()}
    with hold.store.writing() as session:
        for name, content in contents.items():
            session.jobs.keep(job, name, content)
        hold.end(session, state, written(found.result))


@dataclass(frozen=True)
class _Found:
    result: ImportResult
    problems: Sequence[Problem]
    tables: Sequence[RawTable] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)


def _import(hold: Hold, rules: LoadedRules, file: ReceivedFile, periods: Sequence[Period]) -> _Found:
    examined = examine_import(hold.store, hold.job.bureau, rules, file, hold.progress, periods)
    snapshot, problems = examined.sound.snapshot, examined.sound.hints
    content_hash = sha256(file.content)
    sealed = canonical(hold.job.bureau, rules.program, snapshot, (content_hash,))
    changes, contents = _compared(examined.differences)
    result = ImportResult(
        *_counts(problems),
        content_hash=content_hash,
        snapshot=snapshot.fingerprint,
        rows={name: table.size for name, table in snapshot.tables.items()},
        last=examined.last,
        changes=changes,
    )
    contents[SNAPSHOT] = sealed.content
    return _Found(result, problems, examined.sound.tables, contents)


def _part(hold: Hold, rules: LoadedRules, file: ReceivedFile, _: Sequence[Period]) -> _Found:
    examined = examine_part(hold.store, hold.job.bureau, rules, file, hold.job.unit, hold.progress)
    parts = tuple(PartOf(one.table, one.unit, one.rows, one.units) for one in examined.parts)
    result = ImportResult(*_counts(examined.hints), content_hash=sha256(file.content), parts=parts)
    return _Found(result, examined.hints)


def _assembly(hold: Hold, rules: LoadedRules, _: ReceivedFile, periods: Sequence[Period]) -> _Found:
    assembly = examine_assembly(hold.store, hold.job.bureau, rules.program, hold.progress, periods)
    snapshot = assembly.snapshot
    sealed = canonical(hold.job.bureau, rules.program, snapshot, assembly.imports)
    changes, contents = _compared(assembly.differences)
    result = ImportResult(
        *_counts(assembly.hints),
        snapshot=snapshot.fingerprint,
        rows={name: table.size for name, table in snapshot.tables.items()},
        last=assembly.last,
        changes=changes,
        parts=parts_of(assembly.overview.parts.values()),
        missing=assembly.overview.missing,
    )
    contents[SNAPSHOT] = sealed.content
    return _Found(result, assembly.hints, contents=contents)


def parts_of(parts: Iterable[StoredPart]) -> tuple[PartOf, ...]:
    """The parts that a whole is put together from, in the order of table and unit."""
    listed = [
        PartOf(
            one.part.table, one.part.unit, one.part.rows, one.part.units,
            one.content_hash, one.file_name, one.sender,
        )
        for one in parts
    ]  # fmt: skip
    return tuple(sorted(listed, key=lambda one: (one.table, one.unit)))


def typed(program: Program, problems: Iterable[Problem], tables: Sequence[RawTable]) -> list[ImportProblem]:
    """The problems with their tables and the values of their cells, as far as these were read; numbers masked."""
    sheets = {table.source: table for table in tables}
    rows = {table.source: {number: place for place, number in enumerate(table.rows)} for table in tables}
    headings = {table.source: {letter: name for name, letter in table.letters.items()} for table in tables}
    listed = []
    for one in problems:
        sheet = sheets.get(one.sheet)
        value: Cell = None
        if sheet is not None and (where := CELL.fullmatch(one.cell)):
            column, place = headings[one.sheet].get(where[1]), rows[one.sheet].get(int(where[2]))
            value = sheet.columns[column][place] if column is not None and place is not None else None
        named = one.sheet if one.sheet in program.tables else ""
        listed.append(
            ImportProblem(
                sheet.table if sheet is not None else named, one.sheet, one.cell, one.column, one.kind,
                one.level, masked_cell(value), masked(one.message), masked(one.remedy),
            )
        )  # fmt: skip
    return listed


def _counts(problems: Sequence[Problem]) -> tuple[int, int]:
    errors = len(errors_in(problems))
    return errors, len(problems) - errors


def _compared(
    found: tuple[TableDifference, ...] | None,
) -> tuple[tuple[Change, ...] | None, dict[str, bytes]]:
    if found is None:
        return None, {}
    return tuple(map(change_of, found)), {DIFFERENCES: written_differences(found)}
