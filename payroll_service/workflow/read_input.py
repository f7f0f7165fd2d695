"""From a workbook or a folder of CSV files to a sealed snapshot, or to every problem in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from payroll_service.errors import UnreadableFile, UnsoundInput
from payroll_service.snapshot.sealing import check_and_seal, errors_in
from payroll_service.snapshot.tables import Problem, RawTable, Snapshot
from payroll_service.workbook.reader import read_workbook
from rules.language.program import Program


@dataclass(frozen=True)
class SoundInput:
    """What was received, checked and sealed; `hints` are worth a look but forbid nothing."""

    snapshot: Snapshot
    hints: tuple[Problem, ...]
    tables: tuple[RawTable, ...]


def read_input(program: Program, source: Path | bytes) -> SoundInput:
    """Read and check in one pass. Raises UnsoundInput with all problems, UnreadableFile, UnreadableWorkbook."""
    if isinstance(source, Path) and not source.exists():
        raise UnreadableFile(f"找不到 {source}。", "请核对工作簿或文件夹的路径。")
    raw_tables, problems = read_workbook(source, program)
    snapshot, found = check_and_seal(program, raw_tables)
    problems = [*problems, *found]
    if snapshot is not None and not any(table.size for table in snapshot.tables.values()):
        problems.append(
            Problem(
                "", "", "", "空表", "所有的表都没有数据，没有可算的", "请先填好各表；空白工作簿里只有表头"
            )
        )
    if snapshot is None or errors_in(problems):
        raise UnsoundInput(problems, raw_tables)
    return SoundInput(snapshot, tuple(problems), tuple(raw_tables))
