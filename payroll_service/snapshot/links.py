"""Lookups between the input tables: which row each row leads to, and rows that ought to lead somewhere and do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from payroll_service.snapshot.keys import any_missing, match_rows
from payroll_service.snapshot.loading import LoadedTable
from payroll_service.snapshot.row_names import are_nearly_same, name_at, names_in_common
from payroll_service.snapshot.spelling import name_key
from payroll_service.snapshot.tables import Values
from rules.language.program import ID_NUMBER, Link, Program, Read, Type

ColumnAndType = tuple[Values, Type]
MOST_NAMED = 3  # rows that a remedy names
MOST_PAIRS = 10_000  # of rows that are compared; where more are wrong, any may be meant


class Links:
    """Follows lookups whose keys are input columns. What needs a run's period or a rule's result is unknown: None."""

    def __init__(self, program: Program, loaded: dict[str, LoadedTable]) -> None:
        self._program, self._loaded = program, loaded
        self._rows: dict[tuple[str, str], np.ndarray | None] = {}

    def keys_of(self, table: str, link: Link) -> list[ColumnAndType] | None:
        """The key columns of a lookup as they stand in the rows that use it."""
        keys = [self.read(table, key) if isinstance(key, Read) else None for key in link.keys]
        known = [key for key in keys if key is not None]
        return known if len(known) == len(keys) else None

    def rows(self, table: str, name: str) -> np.ndarray | None:
        """For each row of a table the row that a lookup leads to, -1 for none."""
        if (table, name) not in self._rows:
            self._rows[table, name] = None  # a circle of lookups is unknown, too
            self._rows[table, name] = self._matched(table, self._program.tables[table].links[name])
        return self._rows[table, name]

    def read(self, table: str, node: Read) -> ColumnAndType | None:
        """A column at the end of a path, row by row of `table`; missing where the path leads nowhere."""
        rows = np.arange(self._loaded[table].size)
        for name in node.path:
            step = self.rows(table, name)
            if step is None:
                return None
            rows = np.append(step, -1)[rows]
            table = self._program.tables[table].links[name].target
        values = self._loaded[table].columns.get(node.column)
        if values is None:
            return None
        return _taken(values, rows), self._program.tables[table].columns[node.column].type

    def _matched(self, table: str, link: Link) -> np.ndarray | None:
        target = self._loaded.get(link.target)
        by_key = link.kind == "查找" and link.at is None  # a row in force depends on the run
        keys = self.keys_of(table, link) if by_key and target is not None else None
        if target is None or keys is None:
            return None
        columns = link.columns or target.table.key
        own_types = [target.table.columns[name].type for name in columns]
        own = [target.columns[name] for name in columns]
        values, types = [key for key, _ in keys], [kind for _, kind in keys]
        return match_rows(values, types, own, own_types, (self._loaded[table].size, target.size))


def _taken(values: Values, rows: np.ndarray) -> Values:
    missing = np.zeros(len(values.data), bool) if values.missing is None else values.missing
    return Values(np.append(values.data, 0)[rows], np.append(missing, True)[rows], values.words)


def check_lookups(program: Program, loaded: dict[str, LoadedTable]) -> None:
    """A filled key without a match is a problem; an empty one is not, nor one that had nothing to carry over (上期)."""
    links = Links(program, loaded)
    for table in loaded.values():
        for link in table.table.links.values():
            _check_lookup(links, table, link, loaded.get(link.target))
        _check_matches(links, table)


def _check_lookup(links: Links, table: LoadedTable, link: Link, target: LoadedTable | None) -> None:
    if (
        target is None
        or not target.is_there
        or target.table.carries
        or (target.size and target.unreadable(target.table.key).all())
    ):
        return  # its sheet is wrong as a whole and says so itself
    rows, keys = links.rows(table.table.name, link.name), links.keys_of(table.table.name, link)
    if rows is None or keys is None:
        return
    lost = (rows < 0) & ~any_missing([values for values, _ in keys], table.size)
    columns = [key.column if not key.path else key.path[0] for key in link.keys if isinstance(key, Read)]
    if lost.any() and not target.size:
        remedy = f"请先填好“{link.target}”表"
        message = f"“{link.target}”表没有数据，{int(lost.sum())} 行按 {'、'.join(columns)} 找不到对应的行"
        table.add_for_sheet(table.parts[0].source, columns[0], "查找不到", message, remedy)
        return
    shown = next((name for name in columns if name in table.table.columns), next(iter(table.table.columns)))
    named = "、".join(columns)
    searched = link.columns or target.table.key
    unread = np.flatnonzero(target.unreadable(searched)).tolist()
    own = [key.column if isinstance(key, Read) and not key.path else "" for key in link.keys]
    any_may_be = len(unread) * int(np.count_nonzero(lost)) > MOST_PAIRS
    for row in np.flatnonzero(lost).tolist():
        likely = [each for each in unread if any_may_be or _may_be(target, searched, each, table, own, row)]
        table.add(
            row,
            shown,
            "查找不到",
            f"按 {named} 在“{link.target}”表中找不到对应的行",
            f"{_perhaps(target, searched, likely)}请核对 {named}；确实没有的，请在“{link.target}”表补一行",
        )


def _may_be(
    target: LoadedTable, searched: Sequence[str], there: int, table: LoadedTable, own: Sequence[str], row: int
) -> bool:
    """Whether a row whose key cannot be read may be the one that is looked for: not where it bears another name, or
    quite another ID number."""
    names = names_in_common(table.table, target.table)
    if names is not None:
        mine, theirs = name_at(table, names[0], row), name_at(target, names[1], there)
        if mine and theirs:
            return mine == theirs
    return all(
        not target.bad[name][there] or target.table.columns[name].type.text_form != ID_NUMBER or not column
        or are_nearly_same(table.handed_in(row, column), target.handed_in(there, name))
        for name, column in zip(searched, own, strict=True)
    )  # fmt: skip


def _perhaps(target: LoadedTable, columns: Sequence[str], rows: Sequence[int]) -> str:
    """Where the row that is looked for may stand, with a key that cannot be read; "" for nowhere."""
    if not rows:
        return ""
    places = "、".join(target.row_number(row) for row in rows[:MOST_NAMED])
    more = "等" if len(rows) > MOST_NAMED else ""
    return f"“{target.table.name}”表{places}{more}的 {'、'.join(columns)} 有误，也许就是那一行，改好它就行；不是的，"


def _check_matches(links: Links, table: LoadedTable) -> None:
    """Columns that repeat another sheet's (names): spaces, widths and middle dots may differ, nothing else."""
    for column in table.table.columns.values():
        there = links.read(table.table.name, column.matches) if column.matches else None
        if there is None or column.matches is None:
            continue
        here = table.columns[column.name]
        differ = _differ(here, there[0]) & ~any_missing([here, there[0]], table.size)
        for row in np.flatnonzero(differ):
            table.add(
                int(row),
                column.name,
                "姓名不一致",
                f"与“{column.matches.table}”表里同一{'、'.join(column.matches.path)}的“{column.matches.column}”不一致",
                "请对照身份证核对两张表，改成同一种写法；也可能是号码填串了行",
            )


def _differ(here: Values, there: Values) -> np.ndarray:
    """Rows whose cells are no two spellings of one text, or not the same number."""
    if not here.words:
        return np.asarray(here.data != there.data)
    cells, others = (np.array(values.words, object)[values.data] for values in (here, there))
    differ: np.ndarray = cells != others
    for row in np.flatnonzero(differ):
        differ[row] = name_key(cells[row]) != name_key(others[row])
    return differ
