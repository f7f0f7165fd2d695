"""Where a scheme is at home: its 范围, a condition on one table, seen from the rows of every other table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rules.language.conditions import canonical, cases, conjuncts, mapped, told, truth
from rules.language.mistakes import Mistake, Place
from rules.language.plan import walk
from rules.language.program import Aggregate, GroupKey, Node, Ranking, RateRead, Read
from rules.language.scope import Scopes, SeveralWays


class Range:
    """The rows of one scheme. `condition` is an expression of the rows of `table`, over input columns alone."""

    def __init__(self, scopes: Scopes, short: str, table: str, condition: Node, place: Place) -> None:
        self.scopes, self.short, self.table, self.condition, self.place = (
            scopes, short, table, condition, place,
        )  # fmt: skip
        for there, node in walk(condition, table):
            if isinstance(node, RateRead | Aggregate | Ranking):
                raise Mistake(
                    place, f"范围只能看工作簿里的列（表「{there}」）", '如 当: 校.学校代码 = "X015"'
                )

    def on(self, table: str, place: Place) -> Node:
        """The condition as the rows of `table` see it. Raises Mistake where these rows cannot tell."""
        found = self.own(table)
        if found is None and (several := self._several_ways(table, place)):
            raise several
        if found is None:
            raise Mistake(
                place,
                f"从表「{table}」的行看不出是不是方案「{self.short}」范围里的",
                f"请把规则写在「{self.table}」或通向它的表上；分组请在「按」里加上范围所看的列或查找",
            )
        return found

    def own(self, table: str) -> Node | None:
        """As `on` for a table that the scheme has declared itself; None: all its rows are the scheme's."""
        for end, condition in self._shortened():
            if end == table:
                return condition
            if (path := self._way(table, end)) is not None:
                return _below(condition, path)
        return self._from_group(table)

    def _shortened(self) -> Iterator[tuple[str, Node]]:
        """The condition on its own table; and on the tables it truly tests: 校.学校代码 is a matter of the school."""
        paths = [read.path for read in _reads(self.condition, self.table)]
        table = self.table
        yield table, self.condition
        for length in range(1, min(map(len, paths), default=0) + 1):
            start = paths[0][:length]
            if any(path[:length] != start for path in paths):
                return
            table = self.scopes.tables[table].links[start[-1]].target
            cut = length
            yield table, mapped(self.condition, lambda read, cut=cut: replace(read, path=read.path[cut:]))  # type: ignore[misc]

    def _way(self, lower: str, upper: str) -> tuple[str, ...] | None:
        try:
            return self.scopes.way_up(lower, upper, "", self.place)
        except Mistake:
            return None

    def _several_ways(self, table: str, place: Place) -> Mistake | None:
        """What to tell of a table that sees the range by several lookups at once."""
        for end, _ in self._shortened():
            try:
                self.scopes.way_up(table, end, "", place)
            except SeveralWays as several:
                told = (
                    f"从这几条路看，可能在、也可能不在方案「{self.short}」的范围里：{several.problem.message}"
                )
                return Mistake(place, told, f"请只留一个通向「{end}」的查找，或把规则写在「{end}」上")
            except Mistake:
                continue
        return None

    def _from_group(self, table: str) -> Node | None:
        """A group knows of its members what it is formed by."""
        group = self.scopes.tables[table]
        members = self.own(group.of) if group.kind == "分组" else None
        if members is None:
            return None
        try:
            return mapped(members, lambda read: _by_keys(group.by, read, table))
        except LookupError:
            return None


def _by_keys(keys: tuple[GroupKey, ...], read: Read, group: str) -> Read:
    for key in keys:
        if key.node is not None and (key.node.path, key.node.column) == (read.path, read.column):
            return Read((), group, key.name, read.type)
        if key.path and read.path[: len(key.path)] == key.path:
            return replace(read, path=(key.name, *read.path[len(key.path) :]))
    raise LookupError(read.column)


def _below(condition: Node, path: tuple[str, ...]) -> Node:
    return mapped(condition, lambda read: replace(read, path=(*path, *read.path)))


def _reads(condition: Node, table: str) -> list[Read]:
    return [node for _, node in walk(condition, table) if isinstance(node, Read)]


def refuse_overlap(one: Range, other: Range) -> None:
    """Two schemes must not have a row in common. Raises Mistake, with a case, unless that is proved."""
    table, seen = one.table, other.own(one.table)
    mine: Node | None = one.condition
    if seen is None:
        table, seen, mine = other.table, other.condition, one.own(other.table)
    case_told = "（看不到同一张表）"
    if mine is not None:
        tables = one.scopes.tables
        parts = [part for node in (mine, seen) for part in conjuncts(canonical(tables, node, table))]
        tried = cases(parts, lambda node: False)
        case = (
            next((case for case in tried if all(truth(part, case) for part in parts)), None) if tried else {}
        )
        if case is None:
            return
        case_told = f"（当 {told(case)} 时）" if case else ""
    raise Mistake(
        other.place,
        f"方案「{one.short}」和「{other.short}」的范围可能有同一行{case_told}",
        '请用同一列的不同的值写各自的范围，如 校.学校代码 = "X015"',
    )
