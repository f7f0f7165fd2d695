"""Read a received workbook: sheets found by table name, cells as they stand, nothing guessed."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from payroll_service.snapshot.tables import Problem, RawTable
from payroll_service.workbook.csv_folder import csv_grids
from payroll_service.workbook.grid import Grid, heading_key, table_of
from payroll_service.workbook.guard import LIMITS, Limits, check_size, open_package
from payroll_service.workbook.parsing import parse_sheets
from payroll_service.workbook.sheets import facts_of, sheet_parts
from payroll_service.workbook.template import GUIDE_SHEET
from rules.language.program import Program


def read_workbook(
    source: Path | bytes, program: Program, limits: Limits = LIMITS
) -> tuple[list[RawTable], list[Problem]]:
    """The raw tables of an .xlsx file (path or bytes) or a folder of CSV files, and problems of headings and layout.

    Tables that the file does not have are left out; checking what is in the cells is the snapshot's work.
    `UnreadableWorkbook` if the file as a whole cannot or must not be read.
    """
    if isinstance(source, Path) and source.is_dir():
        return _tables(csv_grids(source, limits), program)
    if isinstance(source, Path):
        check_size(source.stat().st_size, limits)
        source = source.read_bytes()
    return _tables(_xlsx_grids(source, program, limits), program)


def _xlsx_grids(data: bytes, program: Program, limits: Limits) -> dict[str, Grid]:
    with open_package(data, limits) as package:
        parts = sheet_parts(package)
        wanted = {heading_key(table.name) for table in program.input_tables()}
        facts = {
            name: facts_of(package, part, limits)
            for name, part in parts.items()
            if heading_key(name) in wanted
        }
    parsed = parse_sheets(data, list(facts), limits)
    return {
        name: Grid(name, parsed[name], facts[name].merged, facts[name].failed)
        if name in facts
        else Grid(name, [])
        for name in parts
    }


def _tables(grids: Mapping[str, Grid], program: Program) -> tuple[list[RawTable], list[Problem]]:
    found, problems = _by_table(grids, program)
    tables = []
    for table in program.input_tables():
        if table.name in found:
            tables.append(table_of(found[table.name], table))
            problems += found[table.name].problems
    return tables, problems


def _by_table(grids: Mapping[str, Grid], program: Program) -> tuple[dict[str, Grid], list[Problem]]:
    """The grid of each table. A doubled sheet is an error, one that no table is named like a hint."""
    names = {heading_key(table.name): table.name for table in program.input_tables()}
    found: dict[str, Grid] = {}
    problems: list[Problem] = []
    unknown = []
    for sheet, grid in grids.items():
        name = names.get(heading_key(sheet))
        if name is None:
            unknown.append(grid.source)
        elif name in found:
            message = f"与工作表“{found[name].source}”重名"
            problems.append(Problem(grid.source, "", "", "表名重复", message, "请只保留一张，或改正表名"))
        else:
            found[name] = grid
    lacking = [name for name in names.values() if name not in found]
    for sheet in unknown:
        near = get_close_matches(sheet, lacking, n=1, cutoff=0.6)
        remedy = f"是否应为“{near[0]}”？请改正表名" if near else "不需要处理；需要读入的，请核对表名"
        if sheet != GUIDE_SHEET:
            problems.append(
                Problem(sheet, "", "", "未用的表", "规则没有声明这张表，不会读入", remedy, "提示")
            )
    return found, problems
