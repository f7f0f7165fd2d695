"""What a rule looked at on a row: reads, rates with the case each hit, aggregates with how many rows they took in."""

from __future__ import annotations

from fractions import Fraction

from payroll_service.calculation.exact import added
from payroll_service.calculation.explain_texts import (
    HIDDEN,
    citations,
    facts,
    leads_to_another,
    leaves,
    named,
    shown_value,
    substituted,
)
from payroll_service.calculation.explanation import RateUse
from payroll_service.calculation.ownership import Viewer
from payroll_service.calculation.row_expressions import ranked, rate_case
from payroll_service.calculation.row_slices import slices_of
from payroll_service.calculation.rows import RowEvaluator
from rules.language.program import Aggregate, Band, Basis, Gather, Node, Ranking, RateRead, Read, Slices
from rules.language.render import Value, number_text, value_text

Place = tuple[str, str, int]  # table, column, row


class Looks:
    """`values`: what the row looked at, by id of the read. `places`: the values it was made of, in order."""

    def __init__(self, rows: RowEvaluator, viewer: Viewer, table: str, row: int) -> None:
        self.rows, self.program, self.viewer = rows, rows.program, viewer
        self.table, self.row = table, row
        self.values: dict[int, Value] = {}
        self.shown: dict[int, str] = {}
        self.places: list[Place] = []
        self.rates: list[RateUse] = []
        self.below: list[str] = []
        self.basis: list[Basis] = []

    def note(self, node: Node, value: Value) -> None:
        """Told of every expression that is evaluated on this row; keeps the reads."""
        if isinstance(node, Read | RateRead | Aggregate | Ranking | Slices):
            self.values[id(node)] = value
            self.shown[id(node)] = self._text(node, value)

    def _text(self, node: Read | RateRead | Aggregate | Ranking | Slices, value: Value) -> str:
        if not isinstance(node, Read):
            return value_text(value, node.type)
        if leads_to_another(self.rows, self.viewer, node, self.table, self.row):
            return HIDDEN
        return shown_value(self.program, node.table, node.column, value)

    def with_numbers(self, node: Node) -> str:
        """The expression with this row's numbers where it looked."""
        return substituted(self.program, node, self.shown)

    def facts(self, node: Node) -> str:
        """What a condition found on this row, in words."""
        return facts(self.program, node, self.shown)

    def follow(self, node: Node | None) -> None:
        """Go on to everything that an expression looked at."""
        for leaf in leaves(node):
            if id(leaf) not in self.values:
                continue
            if isinstance(leaf, RateRead):
                self._rate(leaf)
            elif isinstance(leaf, Ranking):
                self._ranking(leaf)
            elif isinstance(leaf, Slices):
                self._slices(leaf)
            elif isinstance(leaf, Aggregate):
                self._aggregate(leaf)
            else:
                self._place(leaf, self.table, self.row)

    def gathered(self, step: Gather, found: dict[int, Fraction]) -> None:
        """Money that came from the rows below: how many and how much; of these the person's own go on."""
        own = {row: value for row, value in found.items() if self.viewer.concerns(step.source_table, row)}
        self.below.append(f"{len(found)} 行，合计 {_total(step, found)}")
        self.basis += self.program.tables[step.source_table].basis
        if len(own) < len(found):
            self.below.append(f"其中本人 {len(own)} 行，合计 {_total(step, own)}")
        for row in own:
            self._place(step.source, step.source_table, row)

    def _place(self, read: Read, table: str, row: int) -> None:
        end = self.rows.follow(table, read.path, row)
        if end >= 0:
            self.places.append((read.table, read.column, end))
        elif read.opening is not None and len(read.path) == 1:
            self.follow(read.opening)

    def _rate(self, node: RateRead) -> None:
        found = rate_case(self.rows, node, self.table, self.row)
        if found is None:
            return
        rate = self.program.rates[node.rate]
        keys = []
        for name, key, case in zip(rate.keys, node.keys, found[0], strict=True):
            text = value_text(self.rows.evaluate(key, self.table, self.row), key.type)
            keys.append(f"{name} {text}：{case.text}" if isinstance(case, Band) else f"{name} {text}")
        clauses = citations(self.program, rate.basis)
        use = RateUse(rate.name, tuple(keys), number_text(found[1], rate.type), clauses, rate.example)
        if use not in self.rates:
            self.rates.append(use)

    def _ranking(self, node: Ranking) -> None:
        """Among how many; nobody else's value."""
        end = self.rows.follow(self.table, node.path, self.row)
        count = len(ranked(self.rows, node, end)) if end >= 0 else 0
        self.below.append(f"{named(self.program, node)}：{count} 行参加排名，得 {self.shown[id(node)]}")

    def _slices(self, node: Slices) -> None:
        """The bands that the number reaches into: how much of it lies in each, at what value."""
        rate = self.program.rates[node.rate]
        clauses = citations(self.program, rate.basis)
        for band, part, value in slices_of(self.rows, node, self.table, self.row) or ():
            reached = f"{band.text}的部分 {number_text(part, node.number.type)}"
            use = RateUse(rate.name, (reached,), number_text(value, rate.type), clauses, rate.example)
            if use not in self.rates:
                self.rates.append(use)

    def _aggregate(self, node: Aggregate) -> None:
        members = [
            row for row in self.rows.members(node.table, node.path, self.row) if self._counts(node, row)
        ]
        own = [row for row in members if self.viewer.concerns(node.table, row)]
        self._below(named(self.program, node), node.table, len(members), self.shown[id(node)])
        if len(own) < len(members):
            self.below.append(f"其中本人 {len(own)} 行")
        for row in own:
            for leaf in leaves(node.value):
                if isinstance(leaf, Read):
                    self._place(leaf, node.table, row)

    def _counts(self, node: Aggregate, member: int) -> bool:
        if not self.rows.holds(node.where, node.table, member):
            return False
        return node.value is None or self.rows.evaluate(node.value, node.table, member) is not None

    def _below(self, what: str, table: str, count: int, total: str) -> None:
        self.below.append(f"{what}：{count} 行，得 {total}")
        self.basis += self.program.tables[table].basis


def _total(step: Gather, found: dict[int, Fraction]) -> str:
    return number_text(added(found.values()), step.type)
