"""What a checked rule set means: typed tables, rules in order of calculation, vetoes, payments, checks.

The checker builds it; both evaluators, the explainer, the snapshot and the exports read it. Everything is frozen and
resolved: a name has become a path of links and a column, every expression carries its type, every unit has been
checked. Nothing here calculates.

Values, the same in both evaluators:

- numbers are exact rationals, money is in 元 here (columns hold whole fen because the column's step is 1/100);
- yes/no is bool, choices and texts are str, dates are day ordinals, periods are `Period`;
- a value may be *missing*: an empty cell, a link that leads nowhere, a rule that is not applicable to the row (限于).
  Missing travels through operators (left operand first). `Otherwise` (否则) catches it. A missing value that reaches
  the end of a rule on an applicable row is an error that names the row; so are a division by zero and the average or an
  extreme of nothing, which nothing catches.
- operands are looked at from left to right, and the first that is missing or an error decides;
- 且/或 look at the right operand only where the left one leaves the matter open; `Choose` (如果) only at the branch
  it takes: what is not looked at cannot be an error;
- a condition (限于, 其中, 当, 必须, 提示) holds where it is true: a missing one does not hold, an error stays an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal

from rules.language.period import Calendar
from rules.language.units import NO_UNIT, Unit

NUMBER, BOOL, CHOICE, DATE, TEXT, PERIOD = "数", "是否", "选项", "日期", "文字", "期间"
ID_NUMBER, CODE, ACCOUNT = "证件号", "代码", "账号"  # texts with a form of their own

FEN = Fraction(1, 100)


@dataclass(frozen=True)
class Type:
    """The type of a column or an expression.

    `step`: every value of a number is a whole multiple of it; None for an unrounded quotient. Money columns have 1/100.
    `low`, `high`: the declared range (numbers only, in the column's own unit), None where there is none.
    """

    kind: str
    unit: Unit = NO_UNIT
    step: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    options: tuple[str, ...] = ()  # of a choice
    text_form: str = TEXT  # of a text: TEXT, ID_NUMBER, CODE or ACCOUNT
    period_kind: str = ""  # of a period: 月, 学期, 学年, 年; "" for any
    percent: bool = False  # shown, and read from cells, as a percentage

    @cached_property
    def is_fen_money(self) -> bool:
        """Money in whole fen: what may be paid, split, gathered and shared."""
        return (
            self.kind == NUMBER
            and self.unit.is_money
            and self.step is not None
            and (self.step / FEN).denominator == 1
        )


@dataclass(frozen=True)
class Basis:
    """The clause a rule rests on: `办法 三`, or an interpretation `解释 调动当月`."""

    document: str
    clause: str

    def __str__(self) -> str:
        return f"{self.document} {self.clause}".strip()


# Expressions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Const:
    """A literal. `value` is Fraction, bool, str or int (a date) by `type.kind`."""

    value: Fraction | bool | str | int
    type: Type
    text: str


@dataclass(frozen=True)
class Read:
    """A column of the row that `path` (names of links, from the expression's own table) leads to; () is the own row.

    `opening` (开头) is only there where the path ends with 上月 or 上一行: the value where the row that asks has no row
    before it, an expression of that row.
    """

    path: tuple[str, ...]
    table: str  # the table at the end of the path
    column: str
    type: Type
    opening: Node | None = None


@dataclass(frozen=True)
class CurrentPeriod:
    """本期 as a lookup key: the period of `type.period_kind` that contains the run's period."""

    type: Type


@dataclass(frozen=True)
class PeriodDay:
    """期初 or 期末: the first or the last day of the run's period."""

    end: Literal["期初", "期末"]
    type: Type


@dataclass(frozen=True)
class RateRead:
    """A rate, its keys read in the using row; `at` says which day of a row's span counts.

    at: "月" the first day of the row's month (month tables; `month` reads that month number column);
    "期初"/"期末" the first/last day of the run's period; "" the rate must not change within the run's period:
    a version that begins after its first day and not after its last is an error, and so is a day without a version.
    """

    rate: str
    keys: tuple[Node, ...]
    at: Literal["月", "期初", "期末", ""]
    month: Read | None
    type: Type


@dataclass(frozen=True)
class Arithmetic:
    op: Literal["+", "-", "×", "÷"]
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True)
class Negate:
    operand: Node
    type: Type


@dataclass(frozen=True)
class Compare:
    """Both sides of one kind; = and ≠ for every kind, the rest for numbers, dates and periods (by first month)."""

    op: Literal["=", "≠", "<", "≤", ">", "≥"]
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True)
class Logic:
    op: Literal["且", "或"]
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True)
class Not:
    operand: Node
    type: Type


@dataclass(frozen=True)
class Among:
    """属于: the operand equals one of the constants."""

    operand: Node
    options: tuple[Const, ...]
    type: Type


@dataclass(frozen=True)
class Choose:
    """如果(condition, then, other)."""

    condition: Node
    then: Node
    other: Node
    type: Type


@dataclass(frozen=True)
class Extreme:
    """取小 / 取大 of two or more numbers (or dates)."""

    op: Literal["取小", "取大"]
    operands: tuple[Node, ...]
    type: Type


@dataclass(frozen=True)
class Rounding:
    """四舍五入 (half away from zero), 四舍六入五成双 (half to even), 去尾 (toward zero), 进一 (away from zero)."""

    step: Fraction  # in 元 for money
    mode: Literal["四舍五入", "四舍六入五成双", "去尾", "进一"]


@dataclass(frozen=True)
class Round:
    operand: Node
    rounding: Rounding
    type: Type


@dataclass(frozen=True)
class Otherwise:
    """`a 否则 b`: b where a is missing."""

    operand: Node
    fallback: Node
    type: Type


@dataclass(frozen=True)
class Aggregate:
    """Over the rows of `table` whose `path` leads to this row; `value` and `where` are expressions of those rows.

    Rows where `where` is not true, or where `value` is missing, are skipped. 合计, 计数 and 最高 of nothing are 0; 平均,
    最小, 最大 and 去极端平均 of nothing are `if_none` (an expression of the outer row), or an error. 计数 has no value.
    The outer row (本行.x) appears inside as a Read whose path begins with `path`.

    最高: the sum of the `extent` highest values. 去极端平均: the average of what is left when the lowest and the highest
    values have been taken away, `extent` of each, or, if `extent` is a percentage, that part of their number, cut.
    """

    op: Literal["合计", "平均", "最小", "最大", "计数", "任一", "最高", "去极端平均"]
    table: str
    path: tuple[str, ...]
    value: Node | None
    where: Node | None
    if_none: Node | None
    type: Type
    extent: Const | None = None


@dataclass(frozen=True)
class Ranking:
    """排名: the row's place among the rows of its table, `table`, that `path` leads to the same row: 1, 1, 3; `dense`: 1, 1, 2.

    Ranked are the rows where `where` holds and `value` is not missing; on the others the rank is missing.
    """

    value: Node
    table: str
    path: tuple[str, ...]
    descending: bool
    dense: bool
    where: Node | None
    type: Type


@dataclass(frozen=True)
class Slices:
    """分段计: every unit of `number` at the value of its own band; `rate` has one key, which `number` stands for.

    The sum over the whole multiples k of `step` in (0, number] of value(k) × step, where `step` divides the number and
    every edge of a band. A number below 0 is an error, and so is a unit without a band. `at`, `month`: see RateRead.
    """

    number: Node
    rate: str
    step: Fraction
    at: Literal["月", "期初", "期末", ""]
    month: Read | None
    type: Type


@dataclass(frozen=True)
class DateFunction:
    """满年, 月数: whole years, months from one day to another, counted on the anniversary; 天数: days, both ends counted.

    加月: the day so many months later; a day that its month does not have is the month's last; 月初, 年初: the first day of
    the month, of the year. A second day before the first is an error, and so is a year beyond 1 to 9999.
    """

    op: Literal["满年", "月数", "天数", "加月", "月初", "年初"]
    operands: tuple[Node, ...]
    type: Type


Node = (
    Const
    | Read
    | CurrentPeriod
    | PeriodDay
    | RateRead
    | Arithmetic
    | Negate
    | Compare
    | Logic
    | Not
    | Among
    | Choose
    | Extreme
    | Round
    | Otherwise
    | Aggregate
    | Ranking
    | Slices
    | DateFunction
)


RunDay = Literal[
    "期初", "期末", "月首日", "月末日"
]  # a day by the run's period, or by the month of a month row


# Tables and rates ------------------------------------------------------------------------------------------------


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
    keys: tuple[Node, ...] = ()
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


@dataclass(frozen=True)
class Band:
    """Numbers from `low` to `high`; an open end excludes its bound; None is without bound."""

    low: Fraction | None
    low_open: bool
    high: Fraction | None
    high_open: bool
    text: str

    def holds(self, value: Fraction) -> bool:
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return not (self.high is not None and (value > self.high or (self.high_open and value == self.high)))


@dataclass(frozen=True)
class RateVersion:
    """The values in force from `start` (day ordinal; None from ever): one per combination of key cases."""

    start: int | None
    values: dict[tuple[str | bool | Band, ...], Fraction]


@dataclass(frozen=True)
class Rate:
    """A dated table of values with up to three keys; each key is a choice, yes/no, text or band."""

    name: str
    keys: tuple[str, ...]  # as written: 教龄, 校.规模
    type: Type
    versions: tuple[RateVersion, ...]  # by start
    basis: tuple[Basis, ...]
    example: bool
    note: str = ""


# Rules -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sentence:
    """The sentence of a rule (说明): pieces are fixed text or expressions of the row, or a fact of a share."""

    pieces: tuple[str | Node | ShareFact, ...]


@dataclass(frozen=True)
class ShareFact:
    """总额, 权重, 权重合计, 人数, 应得 (exact, four places) or 实得 of a share."""

    name: str


@dataclass(frozen=True)
class Case:
    """例外: where `when` is true the rule's value is `value`. Two that hold at once are an error unless ordered."""

    when: Node
    value: Node
    basis: tuple[Basis, ...]


@dataclass(frozen=True)
class RuleHead:
    """What every rule carries: where it stands, why, what it says, and the source text of its formulas."""

    basis: tuple[Basis, ...]
    example: bool = False
    sentence: Sentence | None = None
    line: int = 0
    file: str = ""
    formulas: dict[str, str] = field(default_factory=dict)  # key of the rule -> formula as written


@dataclass(frozen=True)
class Formula:
    """Adds column `name` to `table`: where `where` holds, the case or `value`, rounded; elsewhere `otherwise` or missing.

    `opening` (开头) is what a first row reads as this column of the row before it (see `Read.opening`).
    `otherwise` is not rounded and may itself be missing. A case is looked at only where no case above holds, if ordered;
    where a case holds, `value` is not looked at. A missing `where` or `when` does not hold.
    """

    table: str
    name: str
    type: Type
    value: Node
    where: Node | None
    otherwise: Node | None
    cases: tuple[Case, ...]
    ordered: bool  # 依次: the first case that holds counts
    rounding: Rounding | None
    head: RuleHead
    opening: Node | None = None


@dataclass(frozen=True)
class Part:
    """A part of a split: `share` of the source if it is a ratio (66 %), else an amount (or heads); None is 其余."""

    name: str
    share: Node | None
    type: Type

    @property
    def is_ratio(self) -> bool:
        """A plain number of what has a unit; a percentage of anything."""
        kind = self.share.type if self.share is not None else self.type
        return kind.unit == NO_UNIT and (kind.percent or self.type.unit != NO_UNIT)


@dataclass(frozen=True)
class Split:
    """Splits the money `source` of every row where it is not missing and `where` holds; parts are rounded, the rest is exact.

    A source that is no money is heads (名额): whole numbers are split into whole numbers, and nothing is emptied.

    Elsewhere the parts are missing and nothing is split. A negative part is an error, and so is a part without rounding that is not whole fen.
    """

    table: str
    source: Read
    parts: tuple[Part, ...]
    rounding: Rounding | None
    head: RuleHead
    where: Node | None = None


@dataclass(frozen=True)
class Gather:
    """Column `name` of `table` is the sum of `source` over the rows of `source_table` whose `path` leads here.

    Where `where` (a test of the receiving row) is not true the column is missing and nothing is gathered. Money other
    than 0 in a row whose path leads nowhere is an error of that row: nothing may vanish.
    """

    table: str
    name: str
    type: Type
    source_table: str
    source: Read
    path: tuple[str, ...]
    where: Node | None
    head: RuleHead


@dataclass(frozen=True)
class Tie:
    node: Node
    descending: bool


@dataclass(frozen=True)
class Share:
    """Hands `pool` of `pool_table` out to its rows by weight, largest remainder first.

    Members: rows of `table` whose `path` leads to a row where the pool is not missing, and where `where` holds. A member's
    exact due is pool × weight ÷ all weights; each gets the due cut to whole fen, and the fen left over go one each to the
    largest remainders; equal remainders by `ties`, in the end by the row's whole key, ascending. `vetoes` that hold
    make the weight zero without looking at it. A missing or negative weight is an error; a missing tie comes last.
    If all weights are zero, or there is no member, `fallback` says where the pool goes: a fund's name (退回), or None:
    equally to all members without a veto (平均), which needs such a member unless the pool is empty.
    Other rows: missing. Pools where `pool_where` (of the pool's own row) is not true are not this share's to hand out.
    `open`: 开放, a lower level may hand its pools out in its own way.

    With 至少 (`lower`) or 至多 (`upper`), money of the row in whole fen, a member's exact due is factor × weight, but not less
    than `lower` and not more than `upper`, with the one factor that makes all dues add up to the pool. Vetoed members get
    nothing, others without weight their `lower`. A missing or negative limit and a `lower` above the `upper` are errors of the
    row; floors that add up to more than the pool are an error of the pool. What the ceilings leave goes to the fund
    `excess` (超出); what is left when all weights are zero to the `fallback`.

    `trial`: 试分, the same numbers, but nothing is spent: no pocket is emptied and none is filled.
    """

    table: str
    name: str
    type: Type
    pool_table: str
    pool: Read  # in the pool's own row
    path: tuple[str, ...]
    where: Node | None
    weight: Node
    ties: tuple[Tie, ...]
    fallback: str | None
    late: str  # 迟到更正, as declared
    head: RuleHead
    pool_where: Node | None = None
    open: bool = False
    lower: Node | None = None
    upper: Node | None = None
    excess: str = ""
    trial: bool = False


@dataclass(frozen=True)
class Return:
    """The money in column `source` of `table` goes back to `fund`."""

    table: str
    source: Read
    fund: str
    head: RuleHead


Step = Formula | Split | Gather | Share


@dataclass(frozen=True)
class VetoEffect:
    """One item of a veto, attached to the column (table, column) it hits; `when` is an expression of that table's rows.

    fund "": back to the pool: the row's weight in the share that makes the column is zero.
    Otherwise the column is calculated as usual, then the amount goes to the fund, and every reader of the column
    reads 0; if several hold on a row, the first alone takes it. Rows where the column is missing have no veto.
    """

    name: str
    table: str
    column: str
    when: Node
    fund: str
    basis: tuple[Basis, ...]
    line: int = 0


@dataclass(frozen=True)
class Payment:
    """A pay item: what column is paid, to whom, for which unit, earned when, paid by which run, from which funds.

    `payee` and `unit` are paths from `table`. `funds`: one (name, None), or parts in percent with exactly one None (其余);
    parts are rounded half up to the fen, line by line. On month tables money per month is paid for one month each.
    `where`: the rows that the item is for at all, those of its scheme; it tells whom to speak of it, and limits nothing.
    `event`: the input column that tells apart what one payee gets several times in a period; rows of one event add up.
    """

    number: str
    name: str  # 名称: as it stands on the payslip
    table: str
    column: Read
    payee: tuple[str, ...]
    unit: tuple[str, ...]
    earned: str  # 所属: 月, 学期, 学年, 年
    when: str  # 何时: 每月, 学期末, 学年末, 年末
    funds: tuple[tuple[str, Fraction | None], ...]
    head: RuleHead
    where: Node | None = None
    event: Read | None = None


@dataclass(frozen=True)
class Check:
    """必须 (must hold on every row of the table, or the run stops) or 提示 (is reported where it does not hold).

    A listed one (列出) also puts the columns of its sentence in a table, a row for each row that it looks at.
    """

    name: str
    table: str
    level: Literal["必须", "提示"]
    condition: Node
    where: Node | None
    head: RuleHead
    listed: bool = False

    @property
    def told(self) -> tuple[Node, ...]:
        """What its sentence reads, in the order of the sentence."""
        pieces = self.head.sentence.pieces if self.head.sentence else ()
        return tuple(piece for piece in pieces if isinstance(piece, Node))


@dataclass(frozen=True)
class RosterRule:
    """不发 (a reason why a person on the roster gets nothing) or 暂缓 (lines are calculated but held)."""

    name: str
    kind: Literal["不发", "暂缓"]
    condition: Node  # of the roster's rows
    when: str  # only in runs of this cadence; "" in all
    basis: tuple[Basis, ...]
    line: int = 0


@dataclass(frozen=True)
class Roster:
    """名册: every row of `table` must be paid, held or excluded."""

    table: str
    rules: tuple[RosterRule, ...]


@dataclass(frozen=True)
class ApprovedTotals:
    """核定总量: names of the table and its columns. Every unit and fund that is paid needs a row that covers the run's period."""

    table: str
    unit: str
    fund: str
    amount: str
    basis: tuple[Basis, ...]


@dataclass(frozen=True)
class Disbursement:
    """支付: how claims are paid when a fund has too little for all of them, and how overpayments are recovered.

    `shortage` 按比例: every claim gets the same part; 按先后: claims are put into classes by `order` (所属: the period that
    ends first; 项目: as in `items`, what is not listed last), one class after the other, pro rata within a class.
    `recovery` 抵扣: withheld from the next payment of the same fund; 按计划: only as agreed with the payee.
    """

    shortage: Literal["按比例", "按先后"]
    order: tuple[str, ...]
    items: tuple[tuple[str, ...], ...]
    recovery: Literal["抵扣", "按计划"]
    basis: tuple[Basis, ...]


@dataclass(frozen=True)
class Interpretation:
    id: str
    question: str
    answer: str
    decided: str
    since: str


@dataclass(frozen=True)
class Chain:
    """Formulas and splits of `table` that read one another's columns in the row before, through `link`.

    They are calculated row by row along the order, all of them on each row. Within a row each stands after what it
    reads; in `Program.steps` they stand together. A chain's column is read by its steps in the own row or in the row
    before, never inside an aggregate.
    """

    table: str
    link: str
    columns: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Scheme:
    """A school's or group's own document, compiled together with the rule set; its names stand under `short`."""

    name: str
    short: str
    version: str
    fingerprint: str
    table: str  # 范围: the rows of this table that are its own,
    condition: Node  # where this holds


@dataclass(frozen=True)
class Program:
    """A compiled rule set. `steps` are in order of calculation; `types` holds every column of every table, rules' too."""

    language: int
    name: str
    version: str
    start: int  # in force, day ordinals, inclusive
    end: int
    corrects: str
    fingerprint: str
    documents: dict[str, str]
    interpretations: dict[str, Interpretation]
    unencoded: tuple[tuple[str, str], ...]  # 未编入: (clause, reason)
    calendar: Calendar
    funds: dict[str, str]
    tables: dict[str, Table]
    rates: dict[str, Rate]
    steps: tuple[Step, ...]
    returns: tuple[Return, ...]
    vetoes: tuple[VetoEffect, ...]
    payments: tuple[Payment, ...]
    checks: tuple[Check, ...]
    roster: Roster | None
    approved: ApprovedTotals | None
    types: dict[tuple[str, str], Type]
    examples: tuple[str, ...]  # every figure marked 示例, in words
    chains: tuple[Chain, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    disbursement: Disbursement | None = None

    def input_tables(self) -> list[Table]:
        return [table for table in self.tables.values() if table.kind == "输入"]

    def target(self, table: str, path: tuple[str, ...]) -> str:
        """The table at the end of a path of links."""
        for name in path:
            table = self.tables[table].links[name].target
        return table


CADENCE = {
    "月": "每月",
    "学期": "学期末",
    "学年": "学年末",
    "年": "年末",
}  # period kind -> what is due in its runs
