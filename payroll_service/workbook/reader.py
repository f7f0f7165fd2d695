"""Read a received workbook: sheets found by table name, cells as they stand, nothing guessed."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from time import thread_time

from payroll_service.snapshot.tables import Problem, RawTable
from payroll_service.workbook.cell_styles import scaling_styles
from payroll_service.workbook.csv_files import archive_grids, folder_grids
from payroll_service.workbook.grid import Grid, table_of
from payroll_service.workbook.guard import (
    LIMITS,
    OLD_OFFICE,
    Limits,
    check_size,
    check_workbook,
    is_workbook,
    open_archive,
)
from payroll_service.workbook.headings_found import heading_key
from payroll_service.workbook.old_package import book_stream
from payroll_service.workbook.old_sheets import old_facts
from payroll_service.workbook.parsing import parse_sheets
from payroll_service.workbook.sheets import SheetFacts, facts_of, sheet_parts
from payroll_service.workbook.template import PROBLEM_SHEET, own_sheets
from rules.language.program import Program


def read_workbook(
    source: Path | bytes, program: Program, limits: Limits = LIMITS
) -> tuple[list[RawTable], list[Problem]]:
    """The raw tables of a workbook and problems of headings and layout: see `read_grids` for what it may be.

    Tables that the file does not have are left out; checking what is in the cells is the snapshot's work.
    `UnreadableWorkbook` if the file as a whole cannot or must not be read.
    """
    found, problems = _by_table(read_grids(source, program, limits), program)
    tables = []
    for name, grids in found.items():
        for grid in grids:
            tables.append(table_of(grid, program.tables[name], program))
            problems += grid.problems
    return tables, problems


def read_grids(source: Path | bytes, program: Program, limits: Limits = LIMITS) -> list[Grid]:
    """The sheets of an .xlsx or .xls file or a ZIP archive of CSV files (path or bytes), or of a folder of these.

    Only sheets named like a table are parsed; the others are empty grids.
    """
    if isinstance(source, Path) and source.is_dir():
        return folder_grids(source, limits)
    if isinstance(source, Path):
        check_size(source.stat().st_size, limits)
        source = source.read_bytes()
    check_size(len(source), limits)
    if source.startswith(OLD_OFFICE):
        return _parsed(source, old_facts(book_stream(source), limits), program, limits)
    until = thread_time() + limits.seconds
    with open_archive(source, limits) as package:
        if not is_workbook(package) and _has_no_book(package):
            return archive_grids(package, limits)
        check_workbook(package)
        parts = sheet_parts(package)
        wanted, styles = _table_names(program), scaling_styles(package)
        facts = {
            name: facts_of(package, part, limits, until, styles)
            if heading_key(name) in wanted
            else SheetFacts(part.hidden)
            for name, part in parts.items()
        }
    left = max(1, round(until - thread_time()))
    return _parsed(source, facts, program, replace(limits, seconds=left))


def _has_no_book(package: zipfile.ZipFile) -> bool:
    return not any(name.startswith("xl/") for name in package.namelist())


def _table_names(program: Program) -> dict[str, str]:
    return {heading_key(table.name): table.name for table in program.input_tables()}


def _parsed(data: bytes, facts: Mapping[str, SheetFacts], program: Program, limits: Limits) -> list[Grid]:
    wanted = _table_names(program)
    parsed = parse_sheets(data, [name for name in facts if heading_key(name) in wanted], limits)
    return [
        Grid(
            name, parsed.get(name, []), each.merged, each.failed, each.hidden_rows, each.hidden_columns,
            each.hidden, name=name, scaled=each.scaled,
        )
        for name, each in facts.items()
    ]  # fmt: skip


def _by_table(grids: Sequence[Grid], program: Program) -> tuple[dict[str, list[Grid]], list[Problem]]:
    """The grids of each table, in the rule set's order; CSV files of several folders are parts of one table.

    A doubled sheet is an error, one that no table is named like a hint.
    """
    names = _table_names(program)
    found: dict[str, list[Grid]] = {name: [] for name in names.values()}
    problems: list[Problem] = []
    unknown: list[Grid] = []
    for grid in grids:
        name = names.get(heading_key(grid.name))
        same = [other for other in found.get(name or "", ()) if other.folder == grid.folder]
        if name is None:
            unknown.append(grid)
        elif same:
            message = f"与工作表“{same[0].source}”重名"
            problems.append(Problem(grid.source, "", "", "表名重复", message, "请只保留一张，或改正表名"))
        else:
            found[name].append(grid)
    lacking = [name for name, parts in found.items() if not parts]
    ours = (PROBLEM_SHEET, *own_sheets(program))
    problems += [_unused(grid, lacking) for grid in unknown if grid.name not in ours]
    return found, problems


def _unused(grid: Grid, lacking: Sequence[str]) -> Problem:
    near = get_close_matches(grid.name, lacking, n=1, cutoff=0.6)
    remedy = f"是否应为“{near[0]}”？请改正表名" if near else "不需要处理；需要读入的，请核对表名"
    return Problem(grid.source, "", "", "未用的表", "规则没有声明这张表，不会读入", remedy, "提示")
