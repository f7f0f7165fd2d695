"""What the rows that cannot be calculated yet will want in other tables: told with their errors, to be mended in one go.

Where the key can be read, the other table has the row or has not. Where it cannot, a row there is likely that bears the
same name and that no other row leads to; of several, the one whose ID number differs by one character (wrong, missing,
too many, or two exchanged), which tells also where the tables have no names in common. Whether a rule will ask for the
row depends on what is mended, so these are hints, in the rule's own words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase

import numpy as np

from payroll_service.snapshot.canonical import writer
from payroll_service.snapshot.loading import LoadedTable, load_tables
from payroll_service.snapshot.row_names import (
    MOST_SLIPS,
    are_nearly_same,
    name_at,
    names_in_common,
    one_less,
)
from payroll_service.snapshot.sealing import errors_in
from payroll_service.snapshot.tables import Problem
from payroll_service.workflow.checks_ahead import ONE_CELL
from payroll_service.workflow.lacking_rows import SoundPart
from rules.language.period import Period
from rules.language.plan import plan
from rules.language.program import (
    ID_NUMBER,
    Aggregate,
    Compare,
    Const,
    CurrentPeriod,
    Formula,
    Link,
    Logic,
    Node,
    Otherwise,
    Program,
    Ranking,
    Read,
    Share,
    Split,
    Step,
)
from rules.language.render import render
from rules.language.walking import inner

WANTED = "还要一行"
SAME, NEARLY = "号码相同", "号码只差一个字"
LIKELY_NAMED = 3
Keys = tuple[str | None, ...]  # None: a cell that cannot be read


@dataclass(frozen=True)
class Use:
    """A rule that looks at the row that a link of `table` leads to, on the rows where `where` holds."""

    table: str
    link: Link
    rule: str
    where: Node | None


def rows_wanted(
    program: Program, part: SoundPart, problems: Sequence[Problem], period: Period
) -> list[Problem]:
    """For every row left out, each row of another table that it will want and that is not there, or not surely."""
    loaded = load_tables(program, part.all, strict_ids=True)
    left_out = {(table.table, table.source, row) for table in part.left_out for row in table.rows}
    wrong = {
        (problem.sheet, int(problem.cell.lstrip(ascii_uppercase)), problem.column)
        for problem in errors_in(problems)
        if ONE_CELL.fullmatch(problem.cell)
    }
    rows = {
        name: [row for row, place in enumerate(_places(table)) if (name, *place) in left_out]
        for name, table in loaded.items()
    }
    found: dict[tuple[str, str, str], Problem] = {}
    for use in _uses(program, period):
        table, target = loaded[use.table], loaded[use.link.target]
        if rows[use.table] and target.is_there:
            looked = _Lookup(program, period, use, table, target, wrong)
            for row in rows[use.table]:
                problem = looked.problem(row)
                if problem is not None:
                    found.setdefault((problem.sheet, problem.cell, use.link.name), problem)
    return list(found.values())


def _places(table: LoadedTable) -> Iterator[tuple[str, int]]:
    """Sheet and row number of every row."""
    return ((part.source, row) for part in table.parts for row in part.rows)


def _uses(program: Program, period: Period) -> Iterator[Use]:
    """The lookups by columns of input tables that rules due in the period cannot do without; and those always needed."""
    for step in plan(program, period.kind).steps:
        for node in _values(step):
            for path in _demanded(node):
                yield from _hops(program, step, path)
    for table in program.input_tables():
        for link in table.links.values():
            if _is_simple(link) and not any(isinstance(key, CurrentPeriod) for key in link.keys):
                yield Use(table.name, link, "", None)
        own = tuple(Read((), table.name, name, table.columns[name].type) for name in table.key)
        yield Use(table.name, Link("", table.name, "查找", own), "", None)


def _hops(program: Program, step: Step, path: tuple[str, ...]) -> Iterator[Use]:
    table = step.table
    for number, name in enumerate(path):
        shape = program.tables[table]
        link = shape.links[name]
        if shape.kind == "输入" and _is_simple(link) and program.tables[link.target].kind == "输入":
            rule = step.source.column if isinstance(step, Split) else step.name
            yield Use(table, link, rule, None if number else step.where)
        table = link.target


def _is_simple(link: Link) -> bool:
    """By columns of the row itself and 本期; one row of the target, not that in force on a day."""
    by_columns = all(not isinstance(key, Read) or not key.path for key in link.keys)
    known = all(isinstance(key, CurrentPeriod | Read) for key in link.keys)
    return link.kind == "查找" and link.at is None and known and by_columns


def _values(step: Step) -> list[Node]:
    """What must have a value where the rule applies."""
    if isinstance(step, Formula):
        return [step.value, *(case.value for case in step.cases)]
    if isinstance(step, Share):
        return [node for node in (step.weight, step.lower, step.upper) if node is not None]
    if isinstance(step, Split):
        return [part.share for part in step.parts if part.share is not None]
    return []


def _demanded(node: Node) -> Iterator[tuple[str, ...]]:
    """The paths that cannot lead nowhere: not what 否则 catches, nor what is added up over other rows."""
    if isinstance(node, Read):
        yield node.path
    elif isinstance(node, Otherwise):
        yield from _demanded(node.fallback)
    elif not isinstance(node, Aggregate | Ranking):
        for each in inner(node):
            yield from _demanded(each)


def _agree(mine: Keys, theirs: Keys) -> bool:
    """In what can be read of both."""
    return all(None in both or both[0] == both[1] for both in zip(mine, theirs, strict=True))


def _is_number(table: LoadedTable, column: str) -> bool:
    return table.table.columns[column].type.text_form == ID_NUMBER


class _Lookup:
    """One use of a link, over the rows as they were handed in."""

    def __init__(
        self,
        program: Program,
        period: Period,
        use: Use,
        table: LoadedTable,
        target: LoadedTable,
        wrong: set[tuple[str, int, str]],
    ) -> None:
        self.use, self.table, self.target, self.wrong = use, table, target, wrong
        self.columns = use.link.columns or target.table.key
        self.own = [key.column if isinstance(key, Read) else None for key in use.link.keys]
        numbers = [place for place, name in enumerate(self.own) if name and _is_number(table, name)]
        self.number = numbers[0] if len(numbers) == 1 else None  # where among the keys an ID number stands
        around = [
            program.calendar.around(period, key.type.period_kind or period.kind)
            for key in use.link.keys
            if isinstance(key, CurrentPeriod)
        ]
        self.fixed = around[0].text if around and around[0] else period.text
        self.names = names_in_common(table.table, target.table)
        self._kept_texts: dict[str, list[str | None]] = {}

    def problem(self, row: int) -> Problem | None:
        keys = self._own_keys[row]
        if "" in keys or self._surely_not(self.use.where, row):
            return None
        if None not in keys:
            return None if not self.use.rule or self._may_be_there(keys, row) else self._wanting(keys, row)
        if self.names is None and row not in self._slips:
            return None
        likely = self._likely(keys, row)
        if self.target is self.table:
            return self._twins(keys, row, likely) if likely else None
        if likely:
            return self._named(keys, row, likely)
        unread = any(self.table.bad[column][row] for column in self.own if column)
        return self._wanting(keys, row) if self.use.rule or unread else None

    def _wanting(self, keys: Keys, row: int) -> Problem:
        there, bad = self.target.table.name, self._unread_columns(keys)
        told = "，".join(
            f"{name} {'与改好的相同' if key is None else key}"
            for name, key in zip(self.columns, keys, strict=True)
        )
        when = f"算“{self.use.rule}”" if self.use.rule else ""
        if self.use.where is not None:
            when += f"（限于 {render(self.use.where)}）"
        is_read = self.number is not None and keys[self.number] is not None
        likeness = "姓名相同" if self.names else SAME if is_read else NEARLY
        alike = f"那里没有{likeness}的行" if bad else "那里现在没有"
        message = f"这一行改好以后，{when}要用“{there}”表里的一行，{alike}：{told}"
        remedy = f"{'用得着的，' if when else ''}请同时在“{there}”表补上：{told}"
        first = next(
            filter(None, self.own), self.table.table.key[0]
        )  # none where 本期 is all that leads there
        return self._hint(row, bad or [first], message, remedy)

    def _named(self, keys: Keys, row: int, likely: Sequence[int]) -> Problem:
        there, bad = self.target.table.name, self._unread_columns(keys)
        used = likely[0] in self._used
        perhaps = "已有别的行用到，也许是同一个人" if used else "没有别的行用到，多半就是它"
        message = f"改好的{'、'.join(bad)}在“{there}”表里也要有一行；{self._called(likely)}{self._likeness(likely, row)}，{perhaps}"
        remedy = f"请与“{there}”表那一行核对，两处改成一样；不是的，请在“{there}”表补一行"
        return self._hint(row, bad, message, remedy)

    def _twins(self, keys: Keys, row: int, likely: Sequence[int]) -> Problem:
        message = (
            f"{self._called(likely)}{self._likeness(likely, row)}，读得出的主键也都相同，改好以后也许重复"
        )
        return self._hint(row, self._unread_columns(keys), message, "如果是同一行交了两次，请删去多余的一行")

    def _hint(self, row: int, columns: Sequence[str], message: str, remedy: str) -> Problem:
        sheet, cell = self.table.place(row, columns[0])
        return Problem(sheet, cell, columns[0], WANTED, message, remedy, "提示")

    def _unread_columns(self, keys: Keys) -> list[str]:
        return [column for column, key in zip(self.own, keys, strict=True) if column and key is None]

    def _called(self, rows: Sequence[int]) -> str:
        return "、".join(self._row_and_name(each) for each in rows[:LIKELY_NAMED])

    def _row_and_name(self, row: int) -> str:
        name = self.target.columns[self.names[1]] if self.names else None
        called = "" if name is None or not name.words else f"（{name.words[int(name.data[row])]}）"
        number = self.target.row_number(row)
        return f"{number}{called}"

    def _may_be_there(self, keys: Keys, row: int) -> bool:
        return keys in self._index or any(self._same_person(keys, row, each) for each in self._unread(keys))

    def _likely(self, keys: Keys, row: int) -> list[int]:
        """Rows of the same name that agree in what can be read; first those that no other row leads to."""
        alike = [
            each
            for each in self._of_name.get(self._name(row), ())
            if not (self.target is self.table and each == row) and _agree(keys, self._keys[each])
        ]
        near = self._near.get(row, [])
        likely = [each for each in alike if each in near] or alike if self.names else near
        unused = [each for each in likely if each not in self._used]
        return unused or likely

    def _likeness(self, likely: Sequence[int], row: int) -> str:
        """What the rows have in common with this one."""
        near = self._number_alike(likely, row) if set(likely) <= set(self._near.get(row, ())) else ""
        return "、".join(filter(None, ("姓名相同" if self.names else "", near)))

    def _number_alike(self, likely: Sequence[int], row: int) -> str:
        place, number = self.number, self._number_of(row)
        same = place is not None and all(
            self.target.handed_in(each, self.columns[place]) == number for each in likely
        )
        return SAME if same else NEARLY

    def _unread(self, keys: Keys) -> Iterator[int]:
        for row in self._unreadable:
            theirs = self._keys[row]
            if all(their is None or mine == their for mine, their in zip(keys, theirs, strict=True)):
                yield row

    def _same_person(self, keys: Keys, row: int, there: int) -> bool:
        """Whether they may bear one name; where tables have no names in common, nearly one number."""
        if self.names is not None:
            mine, theirs = self._name(row), name_at(self.target, self.names[1], there)
            return mine == theirs or not mine or not theirs
        return len(self._unreadable) > MOST_SLIPS or all(
            key is None or text is not None or not _is_number(self.target, name)
            or are_nearly_same(key, self.target.handed_in(there, name))
            for name, key, text in zip(self.columns, keys, self._keys[there], strict=True)
        )  # fmt: skip

    def _name(self, row: int) -> str:
        return name_at(self.table, self.names[0], row) if self.names else ""

    @cached_property
    def _keys(self) -> list[Keys]:
        return self._rows_of(self.target, self.columns)

    @cached_property
    def _own_keys(self) -> list[Keys]:
        return self._rows_of(self.table, self.own)

    def _rows_of(self, table: LoadedTable, columns: Sequence[str | None]) -> list[Keys]:
        fixed = [self.fixed] * table.size
        texts = [fixed if column is None else self._texts(table, column) for column in columns]
        return list(zip(*texts, strict=True))

    @cached_property
    def _index(self) -> set[Keys]:
        return set(self._keys)

    @cached_property
    def _unreadable(self) -> list[int]:
        return [row for row, keys in enumerate(self._keys) if None in keys]

    @cached_property
    def _slips(self) -> frozenset[int]:
        """The rows with an ID number of which some key cannot be read; none where they are more than slips of a hand."""
        found = [row for row, keys in enumerate(self._own_keys) if None in keys and self.number is not None]
        return frozenset(found) if len(found) <= MOST_SLIPS else frozenset()

    @cached_property
    def _near(self) -> Mapping[int, list[int]]:
        """By row of which some key cannot be read: the rows of the target with its ID number, or with that but for a slip
        where one of the two cannot be read, that agree in what can be read of the rest of the key."""
        place, found = self.number, defaultdict[int, list[int]](list)
        if place is None:
            return found
        asked: defaultdict[str, list[int]] = defaultdict(list)
        for row in self._slips:
            for text in one_less(self._number_of(row)):
                asked[text].append(row)
        for there, keys in enumerate(self._keys if asked else ()):
            number = keys[place] or self.target.handed_in(there, self.columns[place])
            for row in {row for text in one_less(number) for row in asked.get(text, ())}:
                is_itself = self.target is self.table and there == row
                if not is_itself and _agree(self._own_keys[row], keys):
                    found[row].append(there)
        return found

    def _number_of(self, row: int) -> str:
        """The ID number of a row as it came."""
        column = self.own[self.number] if self.number is not None else None
        return self.table.handed_in(row, column) if column else ""

    @cached_property
    def _of_name(self) -> Mapping[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for row in range(self.target.size) if self.names else ():
            name = name_at(self.target, self.names[1] if self.names else "", row)
            if name:
                found[name].append(row)
        return found

    @cached_property
    def _used(self) -> set[int]:
        """Rows of the target that a row leads to whose key can be read."""
        wanted = set(self._own_keys)
        return {row for row, keys in enumerate(self._keys) if keys in wanted and None not in keys}

    def _texts(self, table: LoadedTable, column: str) -> list[str | None]:
        """The cells of a column as texts, "" for an empty one; None for one that has an error."""
        values, bad = table.columns[column], table.bad[column]
        write = writer(table.table.columns[column].type, values.words)
        empty = np.zeros(table.size, bool) if values.missing is None else values.missing
        return [
            None if unread or (*place, column) in self.wrong else "" if none else write(value)
            for unread, none, value, place in zip(
                bad.tolist(), empty.tolist(), values.data.tolist(), _places(table), strict=True
            )
        ]

    def _surely_not(self, where: Node | None, row: int) -> bool:
        """Whether a condition fails by a cell of the row that can be read."""
        if isinstance(where, Logic) and where.op == "且":
            return self._surely_not(where.left, row) or self._surely_not(where.right, row)
        if not isinstance(where, Compare) or where.op != "=":
            return False
        read, const = where.left, where.right
        if not (isinstance(read, Read) and not read.path and isinstance(const, Const)):
            return False
        values = self.table.columns.get(read.column)
        if values is None or not values.words:
            return False
        if read.column not in self._kept_texts:
            self._kept_texts[read.column] = self._texts(self.table, read.column)
        return self._kept_texts[read.column][row] not in (None, const.value)
