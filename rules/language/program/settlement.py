"""What is done with what the rules made: vetoes, payments, checks, the roster, totals and disbursement."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from rules.language.program.nodes import Node, Read
from rules.language.program.rules import RuleHead
from rules.language.program.types import Basis


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
    `publicity`: for how many working days a run is published before it is paid, 0 where the rule set does not say.
    """

    shortage: Literal["按比例", "按先后"]
    order: tuple[str, ...]
    items: tuple[tuple[str, ...], ...]
    recovery: Literal["抵扣", "按计划"]
    basis: tuple[Basis, ...]
    publicity: int = 0
