"""Rules: formulas, splits, gatherings, shares and returns, with what every rule carries."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules.language.program.nodes import Node, Read, Rounding
from rules.language.program.types import Basis, Type
from rules.language.units import NO_UNIT


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
    late: str  # 迟到更正: 重新分配, 计入下期 or 不追回 由 a fund; "" of a trial
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
