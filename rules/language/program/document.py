"""A whole rule set, compiled."""

from __future__ import annotations

from dataclasses import dataclass

from rules.language.period import Calendar
from rules.language.program.nodes import Node
from rules.language.program.rates import Rate
from rules.language.program.rules import Return, Step
from rules.language.program.settlement import ApprovedTotals, Check, Disbursement, Payment, Roster, VetoEffect
from rules.language.program.tables import Table
from rules.language.program.types import Type


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


@dataclass(frozen=True, eq=False)
class Program:
    """A compiled rule set. `steps` are in order of calculation; `types` holds every column of every table, rules' too.

    Each is itself alone: what has been worked out of one can be remembered by it. Content is compared by `fingerprint`.
    """

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
