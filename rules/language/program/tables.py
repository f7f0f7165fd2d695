"""Tables: input sheets, months laid out, groups; their columns, and the links between their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rules.language.program.nodes import Key, Read, RunDay
from rules.language.program.types import Basis, Type
from rules.language.units import NO_UNIT, Unit


@dataclass(frozen=True)
class Column:
    """An input column. `default` is the cell text that stands for an empty cell; `matches` a (path, column) it repeats."""

    name: str
    type: Type
    optional: bool = False
    open: bool = False  # 开放: a lower level may fill it
    default: str | None = None
    matches: Read | None = None  # 核对: must agree with that column (names on several sheets)
    note: str = ""
    basis: tuple[Basis, ...] = ()
    declared: str = ""  # the type as written in the rule set, for headings' notes
    synonyms: tuple[str, ...] = ()  # 别名: other headings that this column may stand under
    empty_marks: tuple[str, ...] | None = None  # 空写法: texts that mean an empty cell; None: nothing said


@dataclass(frozen=True)
class Link:
    """From a row of one table to at most one row of `target`.

    kind "查找": `keys`, expressions of the using row in the order of the target's key columns; an empty key leads nowhere;
    "上级": from a month row to the row it was made from; "组": from a row to its group; "上月": from a month row to that
    of the month before, of the same row above; "上一行": to the row before in the table's order.

    `columns`: the target's columns that the keys must equal, () for its whole key. With `at` (在) they are all of the
    key but its last column, the day from which a row is in force: of the rows that agree the latest not after `at`
    counts, unless it has ended before (`Table.until`). A key column may be a rule's; then the link is made when the
    column is.
    """

    name: str
    target: str
    kind: Literal["查找", "上级", "组", "上月", "上一行"]
    keys: tuple[Key, ...] = ()
    columns: tuple[str, ...] = ()
    at: Read | RunDay | None = None

    @property
    def reads(self) -> tuple[Read, ...]:
        """The columns of the using row that say where the link leads."""
        nodes = self.keys if self.at is None else (*self.keys, self.at)
        return tuple(node for node in nodes if isinstance(node, Read))


PRIOR = ("上月", "上一行")  # kinds of links, and their names, that lead to the row before


@dataclass(frozen=True)
class Order:
    """顺序: rows that are equal in `within` (columns, or links of a group) stand in the order of the columns `by`.

    Numbers and dates by value, periods by their first month, choices as declared, texts by code point. No two rows of
    the same `within` are equal in all of `by`.
    """

    within: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True)
class GroupKey:
    """One 按 of a group: a column of the members (`node`), or a link (`path` not empty: the rows it leads to)."""

    name: str
    node: Read | None
    path: tuple[str, ...] = ()
    target: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of one kind. `columns` are the input columns; rule columns are in `Program.types`.

    kind "输入" comes from the workbook; "分月" has a row per row of `of` and month of the run that the span counts
    (columns `月`, a number: see `period.month_number`; `月首日`, `月末日`, its first and last day);
    "分组" a row per combination of `by` that occurs in `of`.
    """

    name: str
    kind: Literal["输入", "分月", "分组"]
    key: tuple[str, ...]
    columns: dict[str, Column]
    links: dict[str, Link]
    of: str = ""
    span: tuple[str, str] = (
        "",
        "",
    )  # 分月: columns of `of` with the first and the last day (inclusive; may be empty)
    arrive: Literal["", "次月起", "当月起"] = ""
    leave: Literal["", "当月止", "上月止"] = ""
    by: tuple[GroupKey, ...] = ()
    period_column: str = ""  # the column whose type is a period: rows of other periods are invisible to a run
    no_overlap: tuple[str, ...] = ()  # 不重叠: rows with equal values here must not overlap in `span`
    unique: tuple[
        tuple[str, ...], ...
    ] = ()  # 唯一: no two rows agree in these columns (where all are filled)
    until: str = ""  # 有效至: the last day on which a row is in force
    order: Order | None = None  # 顺序: gives the link 上一行
    carries: str = ""  # 上期: the table whose closing rows of the last approved run this one holds
    payee_kind: str = ""  # 收款人: 个人, 学校, 学生
    label_column: str = ""  # what a person reads instead of the key: 姓名, 学校名称
    count_unit: Unit = NO_UNIT  # 计为: what counting its rows gives; 月 for month tables
    note: str = ""
    basis: tuple[Basis, ...] = ()
