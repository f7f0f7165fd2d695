"""The rows a run works on: visible rows of input tables, months, groups, and the links between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from payroll_service.calculation.lines import month_before, places, row_before
from payroll_service.calculation.made_values import counted_in
from payroll_service.calculation.matching import (
    NOWHERE,
    Codes,
    combinations,
    dense,
    dense_codes,
    matched_rows,
    no_keys,
    packed_keys,
    rows_in_force,
)
from payroll_service.calculation.months import covered_months
from payroll_service.calculation.on_demand import OnDemand
from payroll_service.calculation.outcome import Frame
from payroll_service.calculation.standing import Standing, remembered
from payroll_service.snapshot.tables import Snapshot, Values
from rules.language.period import Period, first_day, last_day
from rules.language.program import GroupKey, Key, Link, Program, Read, RunDay, Table, Type
from rules.language.walking import ColumnId


def build_frames(
    program: Program, snapshot: Snapshot, period: Period, standing: Standing | None = None
) -> dict[str, Frame]:
    """The frame of every table of the program. Rows ascend by key; links are followed when they are asked for.

    An input table with a period column shows the rows whose period meets the run's. A link whose key is empty
    or matches no row is -1; so is the link of a member that lacks a value its group is formed by. Tables and links
    that a rule's column decides are left to `extend_frames`. `standing`: that of the program, if it is known.
    """
    frames: dict[str, Frame] = {}
    _Builder(program, snapshot, period, frames, {}, standing or Standing(program)).complete()
    return frames


def extend_frames(
    program: Program,
    snapshot: Snapshot,
    period: Period,
    frames: dict[str, Frame],
    computed: Mapping[ColumnId, Callable[[], Values]],
    standing: Standing | None = None,
) -> None:
    """Add, in place, every table and link that the columns made so far decide."""
    _Builder(program, snapshot, period, frames, computed, standing or Standing(program)).complete()


def follow(
    program: Program, frames: dict[str, Frame], table: str, path: tuple[str, ...]
) -> np.ndarray | None:
    """The row at the end of a path for every row of `table` (-1: nowhere); None for the empty path."""
    rows: np.ndarray | None = None
    for name in path:
        step = frames[table].links[name]
        rows = step if rows is None else through(rows, step)
        table = program.tables[table].links[name].target
    return rows


def through(rows: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Follow one more link: `step` at `rows`, -1 stays -1."""
    if not len(step):
        return np.full(len(rows), NOWHERE, np.int64)
    reached: np.ndarray = np.where(rows < 0, NOWHERE, step[rows])
    return reached


def taken(values: Values, rows: np.ndarray | None) -> Values:
    """A column read at `rows` (None: all rows as they stand); -1 reads missing."""
    if rows is None:
        return values
    if not len(values.data):
        return Values(np.zeros(len(rows), np.int64), np.ones(len(rows), bool), values.words)
    nowhere = rows < 0
    missing = nowhere if values.missing is None else nowhere | values.missing[rows]
    data = values.data[rows]
    if not missing.any():
        return values.of_rows(data, None)
    data[missing] = 0
    return values.of_rows(data, missing)


class _Builder:
    """Builds frames in the order in which they need one another; links come after the columns."""

    def __init__(
        self,
        program: Program,
        snapshot: Snapshot,
        period: Period,
        frames: dict[str, Frame],
        computed: Mapping[ColumnId, Callable[[], Values]],
        standing: Standing,
    ) -> None:
        self.program, self.snapshot, self.period = program, snapshot, period
        self.frames, self.computed = frames, computed
        self.standing, self.known = standing, standing.known(snapshot)
        self.shown: dict[str, np.ndarray] = {}  # sealed rows, of tables of which the period shows a part

    def complete(self) -> None:
        """Every table and link that can be made yet."""
        needs = self.standing.needs
        for table in self.program.tables.values():
            if not needs.rows(table.name) <= self.computed.keys():
                continue
            self.frame(table.name)
            for name in table.links:
                if needs.link(table.name, name) <= self.computed.keys():
                    self._add_link(table.name, name)

    def frame(self, name: str) -> Frame:
        if name not in self.frames:
            table = self.program.tables[name]
            if table.kind == "输入":
                self.frames[name] = self._visible(table)
            elif table.kind == "分月":
                self.frames[name] = self._months(table)
            else:
                self._group(table)
        return self.frames[name]

    def link(self, table: str, name: str) -> np.ndarray:
        """The rows that a link of a table leads to."""
        self._add_link(table, name)
        return self.frame(table).links[name]

    def _add_link(self, table: str, name: str) -> None:
        frame, shape = self.frame(table), self.program.tables[table]
        link = shape.links[name]
        if link.kind == "查找":
            stands = self.standing.link(table, name)
            lookup = partial(self._lookup, frame, name)
            _links(frame).add(name, partial(remembered, self.known, stands, ("link", table, name), lookup))
        elif link.kind == "上月":
            _links(frame).add(name, partial(month_before, frame, self._parent(shape)))
        elif link.kind == "上一行":
            _links(frame).add(name, partial(self._row_before, frame, shape))
        else:
            self.frame(link.target)  # making a group links its members

    def column(self, table: str, read: Read) -> Values:
        """A column read along a path from a table."""
        rows, end = self._path(table, read.path)
        made = self.computed.get((end, read.column))
        return taken(self.frame(end).columns[read.column] if made is None else made(), rows)

    def _path(self, table: str, path: tuple[str, ...]) -> tuple[np.ndarray | None, str]:
        rows: np.ndarray | None = None
        for name in path:
            step = self.link(table, name)
            rows = step if rows is None else through(rows, step)
            table = self.program.tables[table].links[name].target
        return rows, table

    def _visible(self, table: Table) -> Frame:
        sealed = self.snapshot.tables[table.name]
        columns: Mapping[str, Values] = sealed.columns
        size = sealed.size
        if table.period_column:
            column = columns[table.period_column]
            meets = np.array([self._meets(word) for word in column.words] + [False], bool)
            codes = column.data if column.missing is None else np.where(column.missing, NOWHERE, column.data)
            visible = meets[codes]
            if not visible.all():
                rows = self.shown[table.name] = np.flatnonzero(visible)
                size = len(rows)
                columns = OnDemand({name: partial(taken, values, rows) for name, values in columns.items()})
        return Frame(table.name, size, table.key, columns, OnDemand({}))

    def _meets(self, word: str) -> bool:
        parse = partial(self.program.calendar.parse, word)
        period = remembered(self.known, True, ("period", word), parse)
        return period is not None and period.meets(self.period)

    def _months(self, table: Table) -> Frame:
        spans = self.frame(table.of)
        start, end = (spans.columns[name] for name in table.span)
        covered = covered_months(start, end, self.period, table.arrive, table.leave)
        links = OnDemand({self._parent(table): lambda: covered.rows})
        size = int(covered.counts.sum())
        return Frame(table.name, size, table.key, covered.columns(), links, covered.counts)

    def _parent(self, table: Table) -> str:
        return next(name for name, link in table.links.items() if link.kind == "上级")

    def _group(self, table: Table) -> None:
        """One row per combination that occurs; and the members' link to their group."""
        stands, what = self.standing.table(table.name), ("group", table.name)
        size, columns, links, group_of = remembered(self.known, stands, what, partial(self._grouped, table))
        made = OnDemand({name: partial(_itself, rows) for name, rows in links.items()})
        self.frames[table.name] = Frame(table.name, size, table.key, columns, made)
        name = next(
            n for n, link in self.program.tables[table.of].links.items() if _leads_to_group(link, table)
        )
        _links(self.frame(table.of)).add(name, partial(_itself, group_of))

    def _grouped(self, table: Table) -> tuple[int, dict[str, Values], dict[str, np.ndarray], np.ndarray]:
        """How many groups there are, their columns and links, and the group of every member."""
        members = self.frame(table.of)
        keys = [self._group_codes(table.of, key) for key in table.by]
        examples, group_of = combinations([(codes, count) for codes, count, _ in keys], members.size)
        columns: dict[str, Values] = {}
        links: dict[str, np.ndarray] = {}
        for key, (codes, _, values) in zip(table.by, keys, strict=True):
            if values is None:
                links[key.name] = codes[examples]
            else:
                columns[key.name] = taken(values, examples)
        return len(examples), columns, links, group_of

    def _group_codes(self, of: str, key: GroupKey) -> tuple[np.ndarray, int, Values | None]:
        if key.node is not None:
            values = self.column(of, key.node)
            return (*dense_codes(values), values)
        rows, target = self._path(of, key.path)
        assert rows is not None, "a group is formed by a column or by a link"
        return rows, self.frame(target).size, None

    def _row_before(self, frame: Frame, table: Table) -> np.ndarray:
        assert table.order is not None, "上一行 comes from 顺序"
        within = [
            dense_codes(frame.columns[name]) if name in frame.columns else self._linked(frame, name)
            for name in table.order.within
        ]
        _, line = combinations(within, frame.size)
        types, calendar = self.program.types, self.program.calendar
        by = [places(frame.columns[name], types[table.name, name], calendar) for name in table.order.by]
        return row_before(line, by)

    def _linked(self, frame: Frame, name: str) -> tuple[np.ndarray, int]:
        """The rows that a link of a table leads to, as codes."""
        target = self.program.tables[frame.table].links[name].target
        return self.link(frame.table, name), self.frame(target).size

    def _lookup(self, frame: Frame, name: str) -> np.ndarray:
        link = self.program.tables[frame.table].links[name]
        target = self.frame(link.target)
        shape = self.program.tables[link.target]
        pairs = [*zip(link.keys, link.columns or shape.key, strict=True)]
        if self.standing.keys(frame.table, name):
            reads = [one for one in pairs if isinstance(one[0], Read)]
            make = partial(self._standing_codes, frame, shape, reads)
            pairs = [one for one in pairs if not isinstance(one[0], Read)]
            using, held, count = remembered(self.known, True, ("keys", frame.table, name), make)
            codes = using, held[self.shown[shape.name]] if shape.name in self.shown else held, count
        else:
            codes = no_keys(frame.size, target.size)
        codes = packed_keys(self._keys(frame, shape, pairs, target.columns), codes)
        if link.at is None:
            return matched_rows(codes)
        days = self._days(frame, link.at)
        ends = target.columns[shape.until] if shape.until else None
        return rows_in_force(codes, days, target.columns[shape.key[-1]].data, ends)

    def _standing_codes(self, frame: Frame, target: Table, pairs: list[tuple[Key, str]]) -> Codes:
        """Of the keys that stand, for all sealed rows of the target."""
        sealed = self.snapshot.tables[target.name]
        keys = self._keys(frame, target, pairs, sealed.columns)
        return dense(packed_keys(keys, no_keys(frame.size, sealed.size)))

    def _keys(
        self, frame: Frame, target: Table, pairs: list[tuple[Key, str]], held: Mapping[str, Values]
    ) -> list[tuple[Values, Values]]:
        return [(self._key(frame, node, target.columns[name].type), held[name]) for node, name in pairs]

    def _days(self, frame: Frame, at: Read | RunDay) -> Values:
        """The day at which each row looks something up."""
        if isinstance(at, Read):
            return self.column(frame.table, at)
        if at in ("期初", "期末"):
            day = self.period.first_day if at == "期初" else self.period.last_day
            return Values(np.full(frame.size, day, np.int64))
        of_month = first_day if at == "月首日" else last_day
        days = np.array([of_month(month) for month in self.period.months], np.int64)
        return Values(days[frame.columns[frame.key[-1]].data - self.period.start])

    def _key(self, frame: Frame, node: Key, wanted: Type) -> Values:
        if isinstance(node, Read):
            return counted_in(self.column(frame.table, node), node.type, wanted)
        kind = node.type.period_kind or self.period.kind
        find = partial(self.program.calendar.around, self.period, kind)
        around = remembered(self.known, True, ("around", self.period, kind), find)
        missing = None if around else np.ones(1, bool)
        return Values(np.zeros(1, np.int64), missing, (around.text if around else "",))


def _links(frame: Frame) -> OnDemand[np.ndarray]:
    assert isinstance(frame.links, OnDemand), "a builder's frames get their links on demand"
    return frame.links


def _itself(rows: np.ndarray) -> np.ndarray:
    return rows


def _leads_to_group(link: Link, group: Table) -> bool:
    return link.kind == "组" and link.target == group.name
