"""Checks that must hold, looked at while other things are still wrong: told where nothing that is wrong can matter.

A check that reads nothing but its own row is looked at on every row whose cells can be read. Any other is looked at only
if all tables that it rests on are whole. What cannot be looked at yet is named, to be looked at once all is mended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from string import ascii_uppercase

import numpy as np

from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError, Finding, RowProblem
from payroll_service.calculation.paths import paths_followed
from payroll_service.snapshot.loading import LoadedTable, load_tables
from payroll_service.snapshot.places import Places
from payroll_service.snapshot.sealing import errors_in, seal
from payroll_service.snapshot.tables import Cell, Problem, RawTable
from payroll_service.workflow.lacking_rows import SoundPart
from rules.language.needs import Needs
from rules.language.period import Period
from rules.language.plan import needed_by, plan
from rules.language.program import (
    TEXT,
    Aggregate,
    Check,
    Column,
    Node,
    Program,
    Ranking,
    Read,
    Sentence,
    Type,
)
from rules.language.render import render
from rules.language.walking import expressions, made_by, sentence, walk

MUST, LATER = "必须", "改好以后核对"
MERGED = "合并单元格"  # hides more cells than the one that is named
THIS = "这一行"
ROW = "（行）"  # no column of a rule set has such a name
ROWS_NAMED = 10
ONE_CELL = re.compile(r"[A-Z]+\d+")


def checks_ahead(
    program: Program,
    part: SoundPart,
    problems: Sequence[Problem],
    lacking: Sequence[RowProblem],
    period: Period,
) -> list[Problem]:
    """What does not hold, however the rest is mended; then, as hints, what must be looked at when it is."""
    told: list[Problem] = []
    later: list[Problem] = []
    errors = errors_in(problems)
    loaded = load_tables(program, part.all, strict_ids=True)
    whole = _whole_tables(program, part, errors, lacking)
    for check in plan(program, period.kind).checks:
        if check.level != MUST:
            continue
        if _reads_own_row(program, check.table, expressions(check)):
            own = _in_own_words(program, check)
            found, unseen = _on_own_rows(program, loaded[check.table], own, errors, period)
        else:
            found, unseen = _on_whole_tables(program, part, check, whole, period)
        told += found
        later += [_later(check, unseen)] if unseen else []
    if program.approved and plan(program, period.kind).payments:
        words = "每个发放的单位和资金都有核定，发放不超过核定"
        later.append(Problem("", "", "", LATER, f"核定总量：{words}", "改好以后请再核对一遍", "提示"))
    return [*told, *later]


def unmet(program: Program, finding: Finding, places: Places) -> Problem:
    """A check that does not hold, in the first column of the row that it looks at, else in the row's key."""
    check = next(one for one in program.checks if one.name == finding.check)
    column = _first_column(check)
    return _unmet(finding, column, *places.cell(finding.table, finding.key, column))


def _unmet(finding: Finding, column: str, sheet: str, cell: str) -> Problem:
    message, remedy = f"{finding.check}：{finding.sentence}", f"请核对这一行，改到“{finding.check}”成立"
    if finding.basis:
        remedy += f"（{finding.basis}）"
    return Problem(sheet or finding.table, cell, column, MUST, message, remedy)


def _first_column(check: Check) -> str:
    read = (
        node for _, node in walk(check.condition, check.table) if isinstance(node, Read) and not node.path
    )
    return next((node.column for node in read), "")


def _later(check: Check, unseen: str) -> Problem:
    words = render(check.condition)
    if check.where is not None:
        words += f"（限于 {render(check.where)}）"
    remedy = f"{unseen}，现在还看不出来；改好以后请核对“{words}”都成立"
    return Problem(check.table, "", _first_column(check), LATER, f"{check.name}：{words}", remedy, "提示")


def _told_and_asked(check: Check) -> list[tuple[str, Node]]:
    return [*expressions(check), *sentence(check)]


def _reads_own_row(program: Program, table: str, roots: Iterable[tuple[str, Node]]) -> bool:
    """Whether these read input columns of the row of the table itself and nothing else (beside rates)."""
    made = {column for step in program.steps for column in made_by(step)}
    nodes = [node for there, root in roots for _, node in walk(root, there)]
    return program.tables[table].kind == "输入" and not any(
        isinstance(node, Aggregate | Ranking)
        or (isinstance(node, Read) and (node.path or (node.table, node.column) in made))
        for node in nodes
    )


def _in_own_words(program: Program, check: Check) -> Check:
    """Its sentence tells what stands in the row; what it would tell from elsewhere, such as a name, is 这一行."""
    if check.head.sentence is None:
        return check
    pieces = tuple(
        piece
        if not isinstance(piece, Node) or _reads_own_row(program, check.table, [(check.table, piece)])
        else THIS
        for piece in check.head.sentence.pieces
    )
    return replace(check, head=replace(check.head, sentence=Sentence(pieces)))


def _on_own_rows(
    program: Program, table: LoadedTable, check: Check, errors: Sequence[Problem], period: Period
) -> tuple[list[Problem], str]:
    """Looked at in a table of its own, which has only the columns that are read, and where a row stands as its key."""
    shape = table.table
    read = {
        node.column
        for there, root in _told_and_asked(check)
        for _, node in walk(root, there)
        if isinstance(node, Read)
    }
    read |= {shape.label_column, shape.period_column} - {""}
    sound = _sound_rows(table, read, errors)
    rows = np.flatnonzero(sound).tolist()
    names = {table.row_number(row): row for row in rows}
    raw = RawTable(shape.name, shape.name, _cells(table, read, rows) | {ROW: list(names)}, range(len(rows)))
    columns = {name: replace(shape.columns[name], matches=None) for name in shape.columns if name in read}
    alone = replace(
        shape, key=(ROW,), columns={ROW: Column(ROW, Type(TEXT))} | columns, links={}, span=("", ""),
        no_overlap=(), unique=(), until="", order=None, carries="",
    )  # fmt: skip
    only = replace(
        _looking(program, (check,)),
        tables={shape.name: alone}, steps=(), chains=(), vetoes=(), schemes=(),
        types=program.types | {(shape.name, ROW): Type(TEXT)},
    )  # fmt: skip
    unseen = [table.row_number(row) for row in np.flatnonzero(~sound).tolist()]
    try:
        findings = calculate(only, seal(only, [raw]), period).findings
    except CalculationError:
        return [], "有的行算不出来"
    column = _first_column(check)
    found = [
        _unmet(each, column, *table.place(names[each.key[0]], column or shape.key[0])) for each in findings
    ]
    more = "等" if len(unseen) > ROWS_NAMED else ""
    return found, f"{'、'.join(unseen[:ROWS_NAMED])}{more}有错误" if unseen else ""


def _cells(table: LoadedTable, read: set[str], rows: Sequence[int]) -> dict[str, Sequence[Cell]]:
    """The raw cells of columns that the sheets have."""
    found: dict[str, Sequence[Cell]] = {}
    for name in read:
        cells = [cell for part in table.parts for cell in part.columns.get(name, [None] * len(part.rows))]
        found[name] = [cells[row] for row in rows]
    return found


def _sound_rows(table: LoadedTable, read: set[str], errors: Sequence[Problem]) -> np.ndarray:
    """Rows where no cell that is read is wrong; none where more than cells is wrong in a sheet."""
    sound = ~table.unreadable(sorted(read))
    sheets = {part.source for part in table.parts}
    wrong = set()
    for problem in errors:
        if problem.sheet in sheets:
            if not _is_one_cell(problem):
                return np.zeros(table.size, bool)
            if problem.column in read:
                wrong.add((problem.sheet, int(problem.cell.lstrip(ascii_uppercase))))
    places = ((part.source, row) for part in table.parts for row in part.rows)
    untouched: np.ndarray = np.array([place not in wrong for place in places], bool)
    return np.asarray(sound & untouched)


def _whole_tables(
    program: Program, part: SoundPart, errors: Sequence[Problem], lacking: Sequence[RowProblem]
) -> set[str]:
    """Tables whose rows are all sound, and that get no other row when the rest is mended."""
    if part.snapshot is None or not all(map(_is_one_cell, errors)) or not all(each.lack for each in lacking):
        return set()
    named = {table.source: table.table for table in part.all}
    changing = {table.table for table in part.left_out if table.rows}
    changing |= {_base(program, each.table) for each in lacking}
    changing |= {each.lack.table for each in lacking if each.lack}
    for each in errors:
        links = program.tables[named[each.sheet]].links.values() if each.sheet in named else ()
        keyed = (link for link in links if each.column in {read.column for read in link.reads})
        changing |= {link.target for link in keyed}
    return {table.name for table in program.input_tables()} - changing


def _base(program: Program, table: str) -> str:
    """The input table whose rows a table is made from."""
    while program.tables[table].of:
        table = program.tables[table].of
    return table


def _is_one_cell(problem: Problem) -> bool:
    return ONE_CELL.fullmatch(problem.cell) is not None and problem.kind != MERGED


def _on_whole_tables(
    program: Program, part: SoundPart, check: Check, whole: set[str], period: Period
) -> tuple[list[Problem], str]:
    only = _looking(program, (check,))
    if part.snapshot is None or not _tables_behind(program, check) <= whole:
        return [], "所依据的表里还有错误或缺行"
    try:
        findings = calculate(only, part.snapshot, period).findings
    except CalculationError:
        return [], "所依据的数还算不出来"
    places = Places(program, part.kept)
    return [unmet(program, each, places) for each in findings], ""


def _looking(program: Program, checks: tuple[Check, ...]) -> Program:
    """A program that pays nothing and only looks at these."""
    return replace(
        program, checks=checks, payments=(), returns=(), roster=None, approved=None, disbursement=None
    )


def _tables_behind(program: Program, check: Check) -> set[str]:
    """The input tables that a check rests on, through rules, ways between rows, months and groups."""
    made = needed_by(program, Needs(program), _told_and_asked(check))
    steps = [step for step in program.steps if not made.isdisjoint(made_by(step))]
    tables, paths = paths_followed([*steps, check], program)
    paths |= {
        (inside, node.path)
        for table, root in sentence(check)
        for inside, node in walk(root, table)
        if isinstance(node, Read | Aggregate | Ranking)
    }
    waiting = [*paths, *((table, ()) for table in tables)]
    found: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        table, path = step = waiting.pop()
        if step in found:
            continue
        found.add(step)
        shape = program.tables[table]
        waiting += [(shape.of, key.path) for key in shape.by] + ([(shape.of, ())] if shape.of else [])
        if path:
            link = shape.links[path[0]]
            waiting += [(table, read.path) for read in link.reads] + [(link.target, path[1:])]
    return {table for table, _ in found if program.tables[table].kind == "输入"}
