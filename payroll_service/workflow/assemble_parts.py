"""Put the newest part of each table and school together, check the whole, and seal it as one snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from payroll_service.book.records import Bureau
from payroll_service.errors import NothingToAssemble, Overtaken, UnsoundInput
from payroll_service.snapshot.differences import TableDifference
from payroll_service.snapshot.parts import only_rows, units_of
from payroll_service.snapshot.sealing import check_and_seal, errors_in
from payroll_service.snapshot.tables import Problem, RawTable, Snapshot
from payroll_service.store.store import Session, Store
from payroll_service.workbook.reader import read_workbook
from payroll_service.workflow.import_part import StoredPart
from payroll_service.workflow.import_workbook import (
    Imported,
    canonical,
    compare,
    last_accepted,
    refuse_overtaken,
    save_snapshot,
)
from payroll_service.workflow.list_parts import PartsOverview, overview
from payroll_service.workflow.problems_ahead import foreseen
from payroll_service.workflow.progress import Progress, silent
from payroll_service.workflow.read_input import SoundInput
from rules.language.period import Period
from rules.language.program import Program


@dataclass(frozen=True)
class Assembly:
    """A sound whole that is not yet stored, and what it lacks."""

    snapshot: Snapshot
    overview: PartsOverview
    imports: tuple[str, ...]
    hints: tuple[Problem, ...]
    last: str
    differences: tuple[TableDifference, ...] | None


def examine_assembly(
    store: Store,
    bureau: str,
    program: Program,
    progress: Progress = silent,
    periods: Sequence[Period] = (),
) -> Assembly:
    """Raises NothingToAssemble, and UnsoundInput with the problems that show only in the whole.

    What runs of `periods` would refuse is a problem, too.
    """
    progress(0, 3, "读取各份")
    with store.reading() as session:
        found = overview(session, bureau, program)
        if not found.parts:
            raise NothingToAssemble("还没有分别导入的表。", "请先用 payroll import --part 逐份导入。")
        last = last_accepted(session, bureau, program.name)
        stored = session.snapshots.get(bureau, last) if last else None
        tables = list(_tables(session, bureau, program, found))
    empty = [
        RawTable(name, name, dict.fromkeys(program.tables[name].columns, ()), range(0))
        for name in _absent(found)
    ]
    progress(1, 3, "合并检查")
    sound = foreseen(program, lambda: _whole(program, tables, empty), periods)
    progress(2, 3, "与上次入库的数据比较")
    imports = tuple(dict.fromkeys(part.content_hash for part in found.parts.values()))
    compared = compare(program, stored, sound.snapshot)
    return Assembly(sound.snapshot, found, imports, sound.hints, last, compared)


def _whole(program: Program, tables: Sequence[RawTable], empty: Sequence[RawTable]) -> SoundInput:
    snapshot, problems = check_and_seal(program, [*tables, *empty])
    if snapshot is None or errors_in(problems):
        raise UnsoundInput(problems, tables)
    return SoundInput(snapshot, tuple(problems), tuple(tables))


def store_assembly(
    store: Store, bureau: Bureau, program: Program, assembly: Assembly, by: str, now: datetime
) -> Imported:
    """Store the snapshot with the imports that it was put together from. Raises Overtaken."""
    with store.writing() as session:
        refuse_overtaken(session, bureau.bureau, assembly.last, program.name)
        if overview(session, bureau.bureau, program) != assembly.overview:
            raise Overtaken("刚才又有一份表导入，所以没有入库。", "请重新合并，看过新的差异再确认。")
        stored = canonical(bureau.bureau, program, assembly.snapshot, assembly.imports)
        is_new = save_snapshot(session, stored, by, now)
    rows = {name: table.size for name, table in assembly.snapshot.tables.items()}
    return Imported(assembly.snapshot.fingerprint, assembly.imports[-1], rows, assembly.hints, is_new)


def _absent(found: PartsOverview) -> list[str]:
    return [table for table, units in found.missing.items() if units == [""]]


def _tables(session: Session, bureau: str, program: Program, found: PartsOverview) -> Iterator[RawTable]:
    """Of every stored file the rows that are still the newest of their table and unit."""
    files: dict[str, dict[tuple[str, str], StoredPart]] = {}
    for key, part in found.parts.items():
        files.setdefault(part.content_hash, {})[key] = part
    for content_hash, parts in files.items():
        name = next(iter(parts.values())).file_name
        raw_tables, _ = read_workbook(session.imports.get(bureau, content_hash).content, program)
        for table in raw_tables:
            wanted = {unit for of, unit in parts if of == table.table}
            if wanted and len(table.rows):
                codes = units_of(program, table)
                whole = set(codes) == {""}
                yield only_rows(table, [whole or code in wanted for code in codes], f"{name}：{table.source}")
