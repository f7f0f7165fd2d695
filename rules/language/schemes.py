"""Schemes put to work in the program of the rule set that they extend: their rules in their own rows, and nowhere else.

A scheme's rules stand in its rows; a column that it fills is read through one that asks the schemes first and then the
sheet; a pool that it hands out is taken from the general share there, with the vetoes on it. What stands behind the
general share alone is not asked for in its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rules.language.compiler import Compiler
from rules.language.conditions import mapped
from rules.language.expressions import YES_NO
from rules.language.fingerprints import fingerprint_of
from rules.language.keys import RANGE
from rules.language.lens import Lens, filled
from rules.language.mistakes import Consequence, Mistake, Place
from rules.language.needs import Needs
from rules.language.plan import ColumnId, emptied_by, expressions, made_by, read_by, read_by_step
from rules.language.program import (
    CHOICE,
    NUMBER,
    Aggregate,
    Basis,
    Check,
    Compare,
    Const,
    Formula,
    Gather,
    Logic,
    Node,
    Not,
    Otherwise,
    Payment,
    Program,
    Ranking,
    Read,
    Return,
    RuleHead,
    Scheme,
    Share,
    Split,
    Step,
    Type,
    VetoEffect,
)
from rules.language.ranges import Range, refuse_overlap
from rules.language.rule_sources import RuleSource
from rules.language.scheme_sources import SchemeSource
from rules.language.source import fields_of, scalar_of, word_of
from rules.language.walking import walk

WITHIN = "限于内"  # the part of a rule with 否则 that its 限于 lets through


def joined(*conditions: Node | None) -> Node | None:
    """All of them, in order; None where there is none."""
    whole: Node | None = None
    for one in conditions:
        if one is not None:
            whole = one if whole is None else Logic("且", whole, one, YES_NO)
    return whole


@dataclass(frozen=True)
class Filling:
    """A scheme's rule for an open column of the rule set."""

    short: str
    table: str
    column: str  # as in the rule set
    own: str  # as the scheme's rule makes it
    place: Place


class Schemes:
    """All schemes of one program. Problems are collected by the compiler's declarations."""

    def __init__(self, compiler: Compiler, sources: list[SchemeSource]) -> None:
        self.compiler, self.scopes, self.sources = compiler, compiler.scopes, sources
        self.ranges: dict[str, Range] = {}
        self.fillings = [found for source in sources for found in _fillings(source)]
        self.scopes.filled = {(one.table, one.column) for one in self.fillings}
        for table, column in self.scopes.filled:
            compiler.types[table, filled(column)] = self.scopes.tables[table].columns[column].type
        compiler.placed = self.placed

    def read_ranges(self) -> None:
        for source in self.sources:
            with self.compiler.declared.collecting():
                self.ranges[source.declared.file] = self._range(source)
        ranges = list(self.ranges.values())
        for index, one in enumerate(ranges):
            for other in ranges[index + 1 :]:
                with self.compiler.declared.collecting():
                    refuse_overlap(one, other)
        for source in self.sources:
            with self.compiler.declared.collecting():
                self._refuse_shadows(source)

    def _range(self, source: SchemeSource) -> Range:
        entry = fields_of(source.fields["范围"], "范围", *RANGE)
        rule_set = [name for name in self.scopes.tables if not source.declared.lens.owns(name)]
        table = word_of(entry["表"], "表", tuple(rule_set))
        when = scalar_of(entry["当"], "当")
        known, self.scopes.column_type = self.scopes.column_type, self._input_type
        try:
            with self.scopes.seen_by(Lens()):
                condition = self.compiler.expressions.condition(when.text, when.place, table)
        finally:
            self.scopes.column_type = known
        return Range(self.scopes, source.short, table, condition, when.place)

    def _input_type(self, table: str, column: str, place: Place) -> Type:
        if column not in self.scopes.tables[table].columns:
            raise Mistake(
                place, f"范围只能看工作簿里的列，「{table}.{column}」是算出来的", "如 当: 校.学校代码 = 甲校"
            )
        return self.scopes.tables[table].columns[column].type

    def _refuse_shadows(self, source: SchemeSource) -> None:
        """A scheme may not give a name of the rule set another meaning."""
        with self.scopes.seen_by(Lens()):
            for rule in source.rules:
                lens = source.declared.lens
                for own in rule.makes:
                    written = own.removeprefix(lens.own(""))
                    taken = self.scopes.find(rule.table, written)
                    if (rule.table, written) in lens.columns and not lens.owns(rule.table) and taken:
                        raise Mistake(
                            rule.node.place,
                            f"规则集的表「{rule.table}」里已有「{written}」",
                            "请另起一个列名；学校要接着分的钱，用 分配 或 拆分 接过开放的池",
                        )

    # One rule -------------------------------------------------------------------------------------------------

    def placed(self, step: Step, source: RuleSource) -> Step:
        """A step of a scheme, limited to the rows that are its own."""
        if source.declared.parent is None:
            return step
        where = self._where(step.table, source)
        if isinstance(step, Share):
            if source.declared.lens.owns(step.pool_table) or self._is_own(source, step.pool):
                return step
            return replace(step, pool_where=self._where(step.pool_table, source))
        if isinstance(step, Formula) and step.otherwise is not None:
            return self._with_elsewhere(step, where)
        return replace(step, where=joined(where, step.where))

    def _where(self, table: str, source: RuleSource) -> Node | None:
        at = self.ranges.get(source.declared.file)
        if at is None:
            raise Consequence(source.node.place, "方案的范围有错误", "请先改正「范围」")
        return at.own(table) if source.declared.lens.owns(table) else at.on(table, source.node.place)

    def _is_own(self, source: RuleSource, read: Read) -> bool:
        """A column that one of the same scheme's rules makes."""
        maker = self.compiler.maker.get((read.table, read.column))
        return maker is not None and maker.source.declared is source.declared

    def _with_elsewhere(self, step: Formula, where: Node | None) -> Formula:
        """否则 holds in the scheme's rows alone: the rule within its 限于, and a second one around it."""
        assert step.otherwise is not None, "a rule with 否则"
        inner = f"{step.name}·{WITHIN}"
        self.compiler.types[step.table, inner] = step.type
        self.compiler.helpers.append(
            replace(step, name=inner, where=joined(where, step.where), otherwise=None)
        )
        value = Otherwise(Read((), step.table, inner, step.type), step.otherwise, step.type)
        head = replace(step.head, formulas={})
        return Formula(step.table, step.name, step.type, value, where, None, (), False, None, head)

    # The whole ------------------------------------------------------------------------------------------------

    def put_to_work(self, program: Program) -> Program:
        """The program with columns filled, pools taken over, vetoes handed on, and the schemes' own checks."""
        with self.compiler.declared.collecting():
            steps = (*program.steps, *(self._filled(*column) for column in sorted(self.scopes.filled)))
            program = replace(program, steps=steps, schemes=tuple(self._told()))
            program = self._without_general_share(program)
            self._refuse_foreign_money(program)
            vetoes = (*program.vetoes, *self._vetoes_handed_on(program))
            checks = tuple(self._checked_at_home(check) for check in program.checks)
            checks = (*checks, *self._limits(), *self._at_home(program))
            tables = {**program.tables}
            for table, column in self.scopes.filled:
                held = tables[table]
                optional = replace(held.columns[column], optional=True)
                tables[table] = replace(held, columns={**held.columns, column: optional})
            payments = tuple(self._paid_at_home(payment) for payment in program.payments)
            return replace(program, vetoes=vetoes, payments=payments, checks=checks, tables=tables)
        return program

    def _told(self) -> Iterator[Scheme]:
        for source in self.sources:
            at = self.ranges[source.declared.file]
            print_ = fingerprint_of(source.document)
            yield Scheme(source.name, source.short, source.version, print_, at.table, at.condition)

    def _filled(self, table: str, column: str) -> Formula:
        """An open column as everybody reads it: what the schemes put there, else the sheet's cell."""
        declared = self.compiler.types[table, column]
        value: Node = Read((), table, column, declared)
        ranges: list[Node] = []
        basis: list[Basis] = []
        for one in reversed([each for each in self.fillings if (each.table, each.column) == (table, column)]):
            made = self.compiler.maker[table, one.own]
            step = made.step
            assert isinstance(step, Formula), "nothing else may fill an open column"
            _refuse_misfit(one, step.type, declared)
            value = Otherwise(Read((), table, one.own, step.type), value, declared)
            ranges.append(self.ranges[made.source.declared.file].on(table, one.place))
            basis += step.head.basis
        where = ranges[0]
        for other in ranges[1:]:
            where = Logic("或", where, other, YES_NO)
        cell = Read((), table, column, declared)
        head = RuleHead(tuple(dict.fromkeys(basis)))
        return Formula(table, filled(column), declared, value, where, cell, (), False, None, head)

    def _taken_over(self, program: Program) -> dict[int, tuple[Share, list[Range]]]:
        """By id of every open share of the rule set: the schemes that hand its pools out."""
        found: dict[int, tuple[Share, list[Range]]] = {}
        for general in program.steps:
            if isinstance(general, Share) and general.open and general.head.file not in self.ranges:
                pool = (general.pool_table, general.pool.column)
                files = dict.fromkeys(
                    step.head.file for step in program.steps
                    if step.head.file in self.ranges and emptied_by(step) == pool
                )  # fmt: skip
                found[id(general)] = (general, [self.ranges[file] for file in files])
        return found

    def _without_general_share(self, program: Program) -> Program:
        """The general rule does not hold where a scheme hands the pool out; nor does what serves it alone."""
        for general, ranges in self._taken_over(program).values():
            if not ranges:
                continue
            nowhere = [self._not_at(at, general.pool_table, general) for at in ranges]
            limited: Step = replace(general, pool_where=joined(*nowhere))
            alone = {id(step) for step in _serving_alone(program, general)}
            columns = {column for step in program.steps if id(step) in alone for column in made_by(step)}
            steps = []
            for step in program.steps:
                if step is general:
                    steps.append(limited)
                elif id(step) in alone and isinstance(step, Formula):
                    steps.append(self._kept_out(step, ranges))
                else:
                    steps.append(step)
            needs = Needs(program)
            checks = tuple(
                self._kept_out(check, ranges) if read_by(needs, expressions(check)) & columns else check
                for check in program.checks
            )
            program = replace(program, steps=tuple(steps), checks=checks)
        return program

    def _not_at(self, at: Range, table: str, step: Step) -> Node:
        return Not(at.on(table, Place(step.head.file, step.head.line, 1)), YES_NO)

    def _kept_out(self, thing: Formula | Check, ranges: list[Range]):  # type: ignore[no-untyped-def]  # noqa: ANN202
        """A rule or check of the rule set, outside the schemes' rows (as far as its own rows can tell)."""
        seen = [at.own(thing.table) for at in ranges]
        outside = [Not(one, YES_NO) for one in seen if one is not None]
        return replace(thing, where=joined(*outside, thing.where))

    def _refuse_foreign_money(self, program: Program) -> None:
        """A scheme moves only money that the rule set left open to it, and what it has made of that."""
        open_pools = {
            (general.pool_table, general.pool.column) for general, _ in self._taken_over(program).values()
        }
        ours: list[Step | Return | Payment] = [*program.steps, *program.returns, *program.payments]
        fed: dict[ColumnId, str] = {}
        waiting: list[Step | Return | Payment] = [
            thing for thing in ours if thing.head.file in self.ranges and emptied_by(thing) is not None
        ]
        while True:
            still: list[Step | Return | Payment] = []
            for thing in waiting:
                source = emptied_by(thing)
                assert source is not None, "only what empties a pocket waits"
                may = isinstance(thing, Split | Share) and source in open_pools
                if may or fed.get(source) == thing.head.file:
                    made = made_by(thing) if isinstance(thing, Split | Gather | Share) else ()
                    fed |= dict.fromkeys(made, thing.head.file)
                else:
                    still.append(thing)
            if len(still) == len(waiting):
                break
            waiting = still
        self.fed = fed
        for thing in waiting:
            raise Mistake(
                Place(thing.head.file, thing.head.line, 1),
                f"「{'.'.join(emptied_by(thing) or ())}」不是规则集开放给方案的钱",
                "方案只能分规则集里写了「开放: 是」的池（用 分配 或 拆分 接过来），以及从它分出来的钱",
            )

    def _vetoes_handed_on(self, program: Program) -> Iterator[VetoEffect]:
        """Who is barred from a pool is barred from it in every scheme's way of handing it out."""
        for general, ranges in self._taken_over(program).values():
            files = [file for file, at in self.ranges.items() if at in ranges]
            effects = [
                veto for veto in program.vetoes if (veto.table, veto.column) == (general.table, general.name)
            ]
            for step in program.steps:
                if isinstance(step, Share) and step.head.file in files:
                    for veto in effects:
                        yield self._handed_on(veto, step)

    def _handed_on(self, veto: VetoEffect, step: Share) -> VetoEffect:
        if step.table == veto.table:
            return replace(veto, column=step.name)
        place = Place(step.head.file, step.head.line, 1)
        if any(isinstance(node, Aggregate | Ranking) for _, node in walk(veto.when, veto.table)):
            raise Mistake(
                place,
                f"否决「{veto.name}」看的是表「{veto.table}」的别的行，跟不到表「{step.table}」的分配上",
                f"请把分配写在表「{veto.table}」上，或先把合计、排名写成规则集里的一列，否决读那一列",
            )
        path = self.scopes.way_up(step.table, veto.table, "", place)
        when = mapped(veto.when, lambda read: replace(read, path=(*path, *read.path)))
        return replace(veto, table=step.table, column=step.name, when=when)

    def _checked_at_home(self, check: Check) -> Check:
        """A scheme's checks look at its own rows."""
        at = self.ranges.get(check.head.file)
        return replace(check, where=joined(at.own(check.table), check.where)) if at else check

    def _paid_at_home(self, payment: Payment) -> Payment:
        at = self.ranges.get(payment.head.file)
        return replace(payment, where=at.own(payment.table)) if at else payment

    def _limits(self) -> Iterator[Check]:
        """What a scheme fills in must lie in the range that the rule set declares."""
        for one in self.fillings:
            declared = self.compiler.types[one.table, one.column]
            step = self.compiler.maker[one.table, one.own].step
            assert isinstance(step, Formula), "nothing else may fill an open column"
            if declared.kind != NUMBER:
                continue
            read = Read((), one.table, one.own, declared)
            bounds = [
                Compare(op, read, Const(bound, declared, str(bound)), YES_NO)  # type: ignore[arg-type]
                for op, bound in (("≥", declared.low), ("≤", declared.high))
                if bound is not None
            ]
            condition = joined(*bounds)
            assert condition is not None, "a column's numbers have a lower bound"
            head = RuleHead(step.head.basis, line=step.head.line, file=step.head.file)
            yield Check(f"{one.own}在规定范围内", one.table, "必须", condition, step.where, head)

    def _at_home(self, program: Program) -> Iterator[Check]:
        """A scheme's own sheets may only hold rows of its own."""
        for source in self.sources:
            at = self.ranges[source.declared.file]
            for written in sorted(source.declared.lens.tables):
                table = source.declared.lens.own(written)
                condition = at.own(table) if program.tables[table].kind == "输入" else None
                if condition is not None:
                    head = RuleHead((), file=source.declared.file, line=at.place.line)
                    yield Check(f"{table}都在方案的范围里", table, "必须", condition, None, head)


def _fillings(source: SchemeSource) -> Iterator[Filling]:
    lens = source.declared.lens
    for rule in source.rules:
        for own in rule.makes:
            column = own.removeprefix(lens.own(""))
            if not lens.owns(rule.table) and (rule.table, column) not in lens.columns:
                yield Filling(source.short, rule.table, column, own, rule.node.place)


def _refuse_misfit(one: Filling, made: Type, declared: Type) -> None:
    """What a scheme puts into an open column must be of the column's type."""
    name = f"「{one.table}.{one.column}」"
    if made.kind != declared.kind or made.unit != declared.unit:
        raise Mistake(one.place, f"填{name}的值类型或单位不同", "请按规则集里这一列的类型和单位来算")
    if made.kind == CHOICE and not set(made.options) <= set(declared.options):
        raise Mistake(one.place, f"填{name}的选项超出 {'、'.join(declared.options)}", "请只用规则集里的选项")
    if (
        made.kind == NUMBER
        and declared.step
        and (not made.step or (made.step / declared.step).denominator != 1)
    ):
        raise Mistake(
            one.place, f"填{name}的值比这一列的小数位数细", "请加一行「取整」，如 取整: 2位小数 四舍五入"
        )


def _serving_alone(program: Program, general: Share) -> list[Step]:
    """The formulas whose columns are read, directly or not, by this share and by nothing else but checks."""
    readers: dict[ColumnId, set[int]] = {}
    maker = {column: id(step) for step in program.steps for column in made_by(step)}
    needs = Needs(program)
    for step in program.steps:
        for column in read_by_step(needs, step):
            readers.setdefault(column, set()).add(id(step))
    ends: list[Return | Payment] = [*program.returns, *program.payments]
    for thing in ends:
        for column in read_by(needs, expressions(thing)):
            readers.setdefault(column, set()).add(id(thing))
    for veto in program.vetoes:
        for column in read_by(needs, [(veto.table, veto.when)]):
            readers.setdefault(column, set()).add(maker.get((veto.table, veto.column), 0))
    if program.roster:
        for rule in program.roster.rules:
            for column in read_by(needs, [(program.roster.table, rule.condition)]):
                readers.setdefault(column, set()).add(0)
    alone = {id(general)}
    formulas = [step for step in program.steps if isinstance(step, Formula) and step.otherwise is None]
    grown = True
    while grown:
        grown = False
        for step in formulas:
            found = readers.get((step.table, step.name), set())
            if id(step) not in alone and found and found <= alone:
                alone.add(id(step))
                grown = True
    return [step for step in formulas if id(step) in alone]
