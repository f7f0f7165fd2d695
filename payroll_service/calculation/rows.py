"""The second opinion: a plain interpreter of a program, one value at a time, with Python numbers and fractions.

It shares the frames with the column evaluator, and nothing else. `ROW_PRIMITIVES` lists what it can do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import numpy as np

from payroll_service.calculation import row_dates, row_shares, row_slices, row_steps
from payroll_service.calculation import row_expressions as of_node
from payroll_service.calculation.exact import MODES
from payroll_service.calculation.labels import key_texts
from payroll_service.calculation.outcome import CalculationError, Computed, Frame, RowProblem
from payroll_service.calculation.row_expressions import AGGREGATES, RowFault
from payroll_service.calculation.row_shares import SharedPool
from payroll_service.snapshot.tables import Values
from rules.language import program as language
from rules.language.period import Period
from rules.language.plan import made_by
from rules.language.program import BOOL, NUMBER, PERIOD, Node, Program, Share, Type, VetoEffect
from rules.language.render import Value

EXPRESSIONS: dict[type | str, Callable[..., Any]] = {
    language.Const: of_node.const,
    language.Read: of_node.read,
    language.RateRead: of_node.rate_read,
    language.Arithmetic: of_node.arithmetic,
    language.Negate: of_node.negate,
    language.Compare: of_node.compare,
    language.Logic: of_node.logic,
    language.Not: of_node.negation,
    language.Among: of_node.among,
    language.Choose: of_node.choose,
    language.Extreme: of_node.extreme,
    language.Round: of_node.round_,
    language.Otherwise: of_node.otherwise,
    language.Aggregate: of_node.aggregate,
    language.Ranking: of_node.ranking,
    language.Slices: row_slices.slices,
    language.PeriodDay: row_dates.period_day,
    language.DateFunction: row_dates.date_function,
}
STEPS: dict[type | str, Callable[..., Any]] = {
    language.Formula: row_steps.formula,
    language.Split: row_steps.split,
    language.Gather: row_steps.gather,
    language.Share: row_shares.share,
}
ROW_PRIMITIVES: dict[type | str, Callable[..., Any]] = (
    EXPRESSIONS
    | STEPS
    | {
        **dict[type | str, Callable[..., Any]](AGGREGATES.items()),
        **dict[type | str, Callable[..., Any]](MODES.items()),
    }
)


Others = Callable[[Node, str, Sequence[int]], Mapping[int, Value]]
MANY = 16  # rows of which one asks at once


class RowEvaluator:
    """Values of single rows. With `kept` columns only what is asked by `before_vetoes` is calculated again."""

    def __init__(
        self,
        program: Program,
        frames: Mapping[str, Frame],
        period: Period,
        kept: Mapping[tuple[str, str], Computed] | None = None,
    ) -> None:
        self.program, self.frames, self.period, self.kept = program, frames, period, kept or {}
        self.makers = {column: step for step in program.steps for column in made_by(step)}
        self._watch: Callable[[Node, Value], None] = _nobody
        self._watched: tuple[str, int] | None = None
        self._values: dict[tuple[str, str, int], Value] = {}
        self._back = {column: chain.link for chain in program.chains for column in chain.columns}
        self._members: dict[tuple[str, tuple[str, ...]], tuple[np.ndarray, np.ndarray]] = {}
        self._pools: dict[tuple[str, str, int], SharedPool] = {}
        self._vetoes: dict[tuple[str, str], list[VetoEffect]] = {}
        for veto in program.vetoes:
            self._vetoes.setdefault((veto.table, veto.column), []).append(veto)
        self._others: Others | None = None
        self._foreseen: dict[tuple[int, str], dict[int, Value]] = {}
        self.gathered: dict[tuple[str, str, int], dict[int, Fraction]] = {}

    def value(self, table: str, column: str, row: int) -> Value:
        """The value of a column as every reader sees it: after vetoes. Raises CalculationError."""
        place = (table, column, row)
        if place not in self._values:
            if (table, column) in self._back and (table, column) not in self.kept:
                self._from_the_first(table, column, row)
            self._values[place] = self._value(table, column, row)
        return self._values[place]

    def _from_the_first(self, table: str, column: str, row: int) -> None:
        """Calculate a chain's column on the rows before this one, the first row first: no call runs deep."""
        back = self.frames[table].links[self._back[table, column]]
        before: list[int] = []
        while (row := int(back[row])) >= 0 and (table, column, row) not in self._values:
            before.append(row)
        for one in reversed(before):
            self._values[table, column, one] = self._value(table, column, one)

    def _value(self, table: str, column: str, row: int) -> Value:
        type_ = self.program.types[table, column]
        if (table, column) not in self.makers:
            return self._cell(self.frames[table].columns[column], type_, row)
        if (table, column) in self.kept:
            return self._kept(self.kept[table, column], type_, row)
        value = self.before_vetoes(table, column, row)
        return value if value is None or self.taken_by(table, column, row) is None else Fraction(0)

    def before_vetoes(self, table: str, column: str, row: int) -> Value:
        """The value of a rule's column before a veto takes it to a fund, calculated now."""
        step = self.makers[table, column]
        with self._placed(table, column, row):
            value: Value = STEPS[type(step)](self, step, column, row)
            return value

    def evaluate(self, node: Node, table: str, row: int) -> Value:
        """An expression of a table's row; whoever watches the row is told."""
        watched = self._watched is not None and self._watched == (table, row)
        if self._foreseen and not watched:
            known = self._foreseen.get((id(node), table))
            if known is not None and row in known:
                return known[row]
        value: Value = EXPRESSIONS[type(node)](self, node, table, row)
        if watched:
            self._watch(node, value)
        return value

    @contextmanager
    def watching(self, table: str, row: int, watch: Callable[[Node, Value], None]) -> Iterator[None]:
        """Tell `watch` of every expression that is evaluated on a row. Nothing of this row is foreseen meanwhile."""
        self._watch, self._watched = watch, (table, row)
        try:
            yield
        finally:
            self._watched = None

    def take_others_from(self, others: Others) -> None:
        """Where many rows are asked the same, take from here what it says of some of them. See colleagues.py."""
        self._others, self._foreseen = others, {}

    def foresee(self, table: str, rows: Sequence[int], *nodes: Node | None) -> None:
        """These rows are going to be asked for these expressions."""
        if self._others is not None and len(rows) >= MANY:
            for node in nodes:
                if node is not None:
                    known = self._foreseen.setdefault((id(node), table), {})
                    known.update(self._others(node, table, rows))

    def holds(self, condition: Node | None, table: str, row: int) -> bool:
        """No condition holds everywhere; a missing one nowhere."""
        return condition is None or self.evaluate(condition, table, row) is True

    def follow(self, table: str, path: Sequence[str], row: int) -> int:
        """The row at the end of a path of links, -1 for nowhere."""
        for name in path:
            if row < 0:
                return row
            row = int(self.frames[table].links[name][row])
            table = self.program.tables[table].links[name].target
        return row

    def members(self, table: str, path: tuple[str, ...], row: int) -> list[int]:
        """The rows of `table` whose path leads to a row, ascending."""
        if (table, path) not in self._members:
            self._members[table, path] = _below(self.program, self.frames, table, path)
        order, ends = self._members[table, path]
        found: list[int] = order[np.searchsorted(ends, row) : np.searchsorted(ends, row, "right")].tolist()
        return found

    def shared_pool(self, step: Share, pool_row: int) -> SharedPool:
        """The pool of one row, handed out."""
        place = (step.table, step.name, pool_row)
        if place not in self._pools:
            with self._placed(step.pool_table, step.name, pool_row):
                self._pools[place] = row_shares.hand_out(self, step, pool_row)
        return self._pools[place]

    def veto_conditions(self, step: Share) -> list[Node]:
        """What decides on the vetoes of a share's rows."""
        return [veto.when for veto in self._vetoes.get((step.table, step.name), ())]

    def veto_on(self, table: str, column: str, row: int) -> VetoEffect | None:
        """The veto that takes effect on a row: of several that hold the first alone. All are looked at."""
        vetoes = self._vetoes.get((table, column))
        if vetoes is None:
            return None
        with self._placed(table, column, row):
            held = [veto for veto in vetoes if self.holds(veto.when, table, row)]
        return held[0] if held else None

    def barred(self, step: Share, row: int) -> bool:
        """A veto sends the row's share back to its pool."""
        veto = self.veto_on(step.table, step.name, row)
        return veto is not None and not veto.fund

    def taken_by(self, table: str, column: str, row: int) -> VetoEffect | None:
        """The veto that takes the row's money to a fund."""
        veto = self.veto_on(table, column, row)
        return veto if veto is not None and veto.fund else None

    @contextmanager
    def _placed(self, table: str, column: str, row: int) -> Iterator[None]:
        """Give a fault inside its table, row and column."""
        try:
            yield
        except RowFault as fault:
            raise CalculationError([self.problem(fault, table, column, row)]) from None

    def problem(self, fault: RowFault, table: str, column: str, row: int) -> RowProblem:
        key = key_texts(self.program, self.frames, table, row)
        return RowProblem(table, key, fault.column or column, fault.message, fault.remedy)

    def _cell(self, values: Values, type_: Type, row: int) -> Value:
        if values.missing is not None and values.missing[row]:
            return None
        data = int(values.data[row])
        if type_.kind == PERIOD:
            return self.program.calendar.parse(values.words[data])
        return values.words[data] if values.words else _plain(data, type_, type_.step or Fraction(1))

    def _kept(self, computed: Computed, type_: Type, row: int) -> Value:
        if computed.missing is not None and computed.missing[row]:
            return None
        data = int(computed.data[row])
        if type_.kind == PERIOD:
            return self.program.calendar.parse(computed.words[data])
        return computed.words[data] if computed.words else _plain(data, type_, computed.step)


def _nobody(node: Node, value: Value) -> None:
    """Nobody watches."""


def _below(
    program: Program, frames: Mapping[str, Frame], table: str, path: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """The rows of a table in the order of the rows that a path leads to, and these."""
    ends = np.arange(frames[table].size)
    for name in path:
        links = np.append(frames[table].links[name], -1)  # -1 leads to the last place, and so to -1
        ends = links[ends]
        table = program.tables[table].links[name].target
    order = np.argsort(ends, kind="stable")
    return order, ends[order]


def _plain(data: int, type_: Type, step: Fraction) -> Value:
    if type_.kind == NUMBER:
        return data * step
    return bool(data) if type_.kind == BOOL else int(data * step)
