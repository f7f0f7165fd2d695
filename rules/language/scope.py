"""Which names a row can see, and which way leads up or down between tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rules.language.formula import WORDS
from rules.language.lens import Lens, filled
from rules.language.mistakes import Mistake, Place, meant
from rules.language.program import PRIOR, Link, Node, Read, RunDay, Table, Type

MAX_PATH = 4
MONTH_BEFORE = "上月"
MONTH_DAYS: tuple[RunDay, ...] = ("月首日", "月末日")


@dataclass(frozen=True)
class ColumnSeen:
    path: tuple[str, ...]
    table: str
    column: str


@dataclass(frozen=True)
class LinkSeen:
    path: tuple[str, ...]  # ends with the link itself
    target: str


@dataclass(frozen=True)
class RateSeen:
    rate: str


Seen = ColumnSeen | LinkSeen | RateSeen


class SeveralWays(Mistake):
    """Several paths lead from one table to another, and none is the shortest."""


class Scopes:
    """The scope of every table: own columns, lookups and groups, rates, and for month tables all of the parent's.

    `column_type` gives the type of any column; for a rule's column it compiles the rule first. `lens` is that of the
    document whose names are being read; `filled` are the open columns that schemes fill.
    """

    def __init__(
        self,
        tables: dict[str, Table],
        rule_columns: dict[str, dict[str, Place]],
        rates: tuple[str, ...],
        column_type: Callable[[str, str, Place], Type],
    ) -> None:
        self.tables = tables
        self.rule_columns = rule_columns
        self.rates = rates
        self.column_type = column_type
        self.lens = Lens()
        self.filled: set[tuple[str, str]] = set()
        self.type_before = (
            column_type  # as `column_type`, for a column of the row before: it may be in the making
        )
        self.opening: Callable[[str, str, Place], Node | None] = lambda table, column, place: None

    def link_kind(self, table: str, path: tuple[str, ...]) -> str:
        """The kind of the last link of a path, "" for the empty path."""
        kind = ""
        for name in path:
            link = self.tables[table].links[name]
            table, kind = link.target, link.kind
        return kind

    def goes_back(self, table: str, path: tuple[str, ...]) -> bool:
        """A path leads through a row before."""
        return any(self.link_kind(table, path[: end + 1]) in PRIOR for end in range(len(path)))

    @contextmanager
    def seen_by(self, lens: Lens) -> Iterator[None]:
        """Read names as one document does."""
        before, self.lens = self.lens, lens
        try:
            yield
        finally:
            self.lens = before

    def find(self, table: str, name: str) -> Seen | None:
        """What a bare name means in the rows of a table, or None."""
        own = self.tables[table]
        if name == MONTH_BEFORE and own.kind == "分月":
            own.links.setdefault(name, Link(name, table, "上月"))  # made only where a rule asks for it
        column, link, rate = self.lens.column(table, name), self.lens.table(name), self.lens.rate(name)
        if (table, column) in self.filled:
            return ColumnSeen((), table, filled(column))
        if column in own.columns or column in self.rule_columns.get(table, {}):
            return ColumnSeen((), table, column)
        for known in (name, link):
            if known in own.links:
                return LinkSeen((known,), own.links[known].target)
        if rate in self.rates:
            return RateSeen(rate)
        if own.kind == "分月" and name != own.of:
            found = self.find(own.of, name)
            if isinstance(found, ColumnSeen):
                return ColumnSeen((own.of, *found.path), found.table, found.column)
            if isinstance(found, LinkSeen):
                return LinkSeen((own.of, *found.path), found.target)
        return None

    def names(self, table: str) -> tuple[str, ...]:
        """Every name a table's rows can see, for messages."""
        own = self.tables[table]
        months = (MONTH_BEFORE,) if own.kind == "分月" else ()
        names = (*own.columns, *self.rule_columns.get(table, {}), *own.links, *months)
        inherited = self.names(own.of) if own.kind == "分月" else ()
        return tuple(dict.fromkeys((*names, *inherited, *self.rates)))

    def walk(self, table: str, parts: tuple[str, ...], place: Place) -> Seen:
        """Resolve a path of names from a table's rows: links first, then a column, a link or a rate."""
        found = self.find(table, parts[0])
        if found is None:
            raise Mistake(place, f"表「{table}」里没有「{parts[0]}」", self._cure(table, parts[0]))
        path: tuple[str, ...] = ()
        for name in parts[1:]:
            if not isinstance(found, LinkSeen):
                raise Mistake(
                    place, f"「{parts[0]}」不是查找，后面不能再接「.{name}」", "只有查找名后面才能接「.列名」"
                )
            path = found.path
            inner = self.find(found.target, name)
            if inner is None or isinstance(inner, RateSeen):
                cure = self._cure(found.target, name)
                raise Mistake(place, f"表「{found.target}」里没有「{name}」", cure)
            found = (
                ColumnSeen((*path, *inner.path), inner.table, inner.column)
                if isinstance(inner, ColumnSeen)
                else LinkSeen((*path, *inner.path), inner.target)
            )
        return found

    def _cure(self, table: str, name: str) -> str:
        told = (
            self.glued_word(table, name)
            or self._cure_of_rows(table, name)
            or self._cure_of_table(table, name)
        )
        if told:
            return told
        for other, columns in self.tables.items():
            if name in columns.columns or name in self.rule_columns.get(other, {}):
                hint = f"「{name}」在表「{other}」里，请{self._way_to(table, other, name)}"
                return meant(name, self.names(table)) + hint
        own = self.tables[table]
        for link, each in (self.tables[own.of] if own.kind == "分月" else own).links.items():
            if name in self.tables[each.target].links:
                return (
                    meant(name, self.names(table))
                    + f"「{name}」是表「{each.target}」的查找，请写「{link}.{name}」"
                )
        return meant(name, self.names(table)) + f"是选项的要加引号：「{name}」。"

    def _way_to(self, table: str, other: str, name: str) -> str:
        """How rows of `table` come to a column of another table: up its links, or down by an aggregate."""
        up = min(self._paths(table, other, "", ()), key=len, default=())
        if up:
            inherited = self.tables[table].kind == "分月" and up[0] == self.tables[table].of
            return f"写「{'.'.join((*up[inherited:], name))}」"
        if self._paths(other, table, "", ()):
            return f"往下取，如 合计({other}.{name})、任一({other}.{name} = …)"
        return f"写「查找名.{name}」，先在表「{table}」里写一个通向它的查找"

    def _cure_of_table(self, table: str, name: str) -> str:
        """The cure for a table's name where its rows cannot be read by it."""
        if name not in self.tables:
            return ""
        if name == table:
            return "它就是本行所在的表：读本行的列直接写列名；给、单位写「本行」"
        ways = [link for link, each in self.tables[table].links.items() if each.target == name]
        if ways:
            return f"它是表名：请写通向这张表的查找「{'」或「'.join(ways)}」"
        return f"它是表名：往下取请写 合计({name}.列)、计数({name}) 等；往上读要先在表「{table}」里写一个查找"

    def _cure_of_rows(self, table: str, name: str) -> str:
        """The cure for 上月, 上一行 and the days of a month in a table whose rows have none."""
        if name not in (*PRIOR, *MONTH_DAYS):
            return ""
        own = self.tables[table]
        if own.kind == "分月":
            return "分月表的上一行写「上月」：上月.列"
        months = "、".join(
            each.name for each in self.tables.values() if each.of == table and each.kind == "分月"
        )
        if name in MONTH_DAYS:
            where = f"表「{months}」" if months else "分月的表"
            return f"只有分月表的行才有「{name}」：请把规则写在{where}上，或用 期初、期末"
        order = f"请在表「{table}」里写「顺序: {{在: [同一个人的列], 按: [先后的列]}}」，再读「上一行.列」"
        return f"{order}；按月的写在表「{months}」上，读「上月.列」" if months else order

    def glued_word(self, table: str, name: str, options: tuple[str, ...] = ()) -> str:
        """The cure if an unknown name is known ones with an operator's word between them: 教师且班主任."""
        known = (*self.names(table), *options, "")
        for word in WORDS:
            before, found, after = name.partition(word)
            if found and (before or after) and before in known and after in known:
                return f"如果「{word}」是运算词，请在它两边加空格"
        return ""

    # Ways down -------------------------------------------------------------------------------------------------

    def way_up(self, lower: str, upper: str, via: str, place: Place) -> tuple[str, ...]:
        """The one path of links from the rows of `lower` to those of `upper`.

        The shortest counts; a group on the way only if it is the end, or is named by `via`. Raises Mistake if
        there is none, or several as short.
        """
        found = sorted(self._paths(lower, upper, via, ()), key=len)
        if via:
            found = [path for path in found if via in path]
        if not found:
            told = f"从表「{lower}」没有路通到表「{upper}」" + (f"（经 {via}）" if via else "")
            raise Mistake(place, told, self._cure_of_no_way(lower, upper))
        shortest = [path for path in found if len(path) == len(found[0])]
        if len(shortest) > 1:
            ways = "；".join(".".join(path) for path in shortest)
            raise SeveralWays(
                place,
                f"从表「{lower}」到表「{upper}」有几条路：{ways}",
                f"每个查找都算一条路，新加的也算：请用「经 查找名」写明走哪一条，如「经 {shortest[0][-1]}」",
            )
        return shortest[0]

    def _cure_of_no_way(self, lower: str, upper: str) -> str:
        """The cure for an aggregate over rows of `lower` that do not lie below those of `upper`."""
        links = self.tables[lower].links
        if lower == upper:
            ups = [name for name, link in links.items() if link.kind not in PRIOR]
            where = f"（{'、'.join(ups)}）" if ups else ""
            return (
                f"要算同组、同校各行的，把它写成那一组、那一校的一列{where}，"
                "再用「查找名.列」或「组名.列」读；还没有这样的组，先写分组"
            )
        if self._paths(upper, lower, "", ()):
            return (
                f"「{lower}」在「{upper}」的上面，合计、计数只往下算：请把它写成表「{lower}」的一列"
                f"（如 列: {lower}.数，公式: 计数({upper})），再往上读这一列"
            )
        linked = "、".join(links) or "没有查找"
        return f"表「{lower}」的查找有：{linked}；请在表里声明一个通向「{upper}」的查找"

    def _paths(self, lower: str, upper: str, via: str, seen: tuple[str, ...]) -> list[tuple[str, ...]]:
        if len(seen) >= MAX_PATH:
            return []
        found: list[tuple[str, ...]] = []
        for name, link in self.tables[lower].links.items():
            if link.kind in PRIOR:
                continue
            if link.target == upper:
                found.append((name,))
            elif link.target not in seen and (link.kind != "组" or name == via):
                inner = self._paths(link.target, upper, via, (*seen, lower))
                found.extend((name, *path) for path in inner)
        return found


def canonical_read(tables: dict[str, Table], read: Read, table: str) -> Read:
    """The same value read without going through a group: a group's 按 column is its members' own column."""
    path: tuple[str, ...] = ()
    here = table
    for index, name in enumerate(read.path):
        link = tables[here].links[name]
        if link.kind == "组":
            group = tables[link.target]
            rest = read.path[index + 1 :]
            for key in group.by:
                if rest and rest[0] == key.name and key.path:
                    shorter = Read((*path, *key.path, *rest[1:]), read.table, read.column, read.type)
                    return canonical_read(tables, shorter, table)
                if not rest and key.node is not None and key.name == read.column:
                    inner = key.node
                    shorter = Read((*path, *inner.path), inner.table, inner.column, read.type)
                    return canonical_read(tables, shorter, table)
        path = (*path, name)
        here = link.target
    return read
