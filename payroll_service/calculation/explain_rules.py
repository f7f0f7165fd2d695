"""One rule on one row, calculated again with every read noted, and put into words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from payroll_service.calculation.explain_looks import Looks, Place
from payroll_service.calculation.explain_shares import share_facts, share_formula
from payroll_service.calculation.explain_texts import (
    citations,
    missing_reason,
    named,
    rounding_text,
    sentence_text,
)
from payroll_service.calculation.explanation import Condition, ExplainedValue
from payroll_service.calculation.ownership import Viewer
from payroll_service.calculation.row_shares import SharedPool
from payroll_service.calculation.row_steps import case_that_holds, gathered, split_parts
from payroll_service.calculation.rows import RowEvaluator
from rules.language.program import Formula, Gather, Node, Share, Split, Step, VetoEffect
from rules.language.render import Value, number_text, value_text

KINDS: dict[type, str] = {Formula: "公式", Split: "拆分", Gather: "汇集", Share: "分配"}


def kind_of(step: Step) -> str:
    """What a rule does, in a word."""
    return "试分" if isinstance(step, Share) and step.trial else KINDS[type(step)]


class RuleOnRow:
    """The rule that made a value. `looks.places` tells what to explain next."""

    def __init__(self, rows: RowEvaluator, viewer: Viewer, step: Step, place: Place) -> None:
        self.rows, self.program, self.viewer, self.step, self.place = rows, rows.program, viewer, step, place
        self.table, self.column, self.row = place
        self.looks = Looks(rows, viewer, self.table, self.row)
        self.before = self._calculated_again()

    def _calculated_again(self) -> Value:
        """The value before vetoes; after them it must be the one that the columns have."""
        with self.rows.watching(self.table, self.row, self.looks.note):
            before = self.rows.before_vetoes(*self.place)
            if isinstance(self.step, Share):
                self._claims_again(self.step, before)
        taken = before is not None and self.rows.taken_by(*self.place) is not None
        after = Fraction(0) if taken else before
        assert after == self.rows.value(*self.place), f"both evaluators agree on {self.table}.{self.column}"
        return before

    def _claims_again(self, step: Share, before: Value) -> None:
        """The pool may have been handed out while nobody watched, with what the columns say of this row."""
        applies = self.rows.holds(step.where, self.table, self.row)
        if before is None or self.rows.barred(step, self.row):
            return
        assert applies, "nobody else has a part of a pool"
        pool = self.rows.shared_pool(step, self.rows.follow(self.table, step.path, self.row))
        for node, known in zip(_decisive(step), pool.claims(self.row), strict=True):
            claim = known if node is None else self.rows.evaluate(node, self.table, self.row)
            assert claim == known, f"both evaluators agree on what decides {self.table}.{self.column}"

    def described(self, blank: ExplainedValue) -> ExplainedValue:
        """The value with its formula, conditions, rates and clauses."""
        made = self._described(blank)
        return replace(
            made,
            conditions=(*made.conditions, *self._vetoes()),
            rates=tuple(self.looks.rates),
            below=tuple(self.looks.below),
            clauses=citations(self.program, [*self.step.head.basis, *self.looks.basis]),
            example=self.step.head.example,
        )

    def _described(self, blank: ExplainedValue) -> ExplainedValue:
        if self.before is None:
            return replace(
                blank, conditions=(Condition("不适用", missing_reason(self.rows, self.viewer, *self.place)),)
            )
        if isinstance(self.step, Share):
            return self._share(self.step, blank)
        if isinstance(self.step, Formula):
            made = self._formula(self.step, blank)
        elif isinstance(self.step, Split):
            made = self._split(self.step, replace(blank, conditions=self._where(self.step.where)))
        else:
            made = self._gather(self.step, blank)
        return replace(made, sentence=self._sentence(None))

    def _sentence(self, pool: SharedPool | None) -> str:
        return sentence_text(self.rows, self.viewer, self.step, self.row, pool)

    def _formula(self, step: Formula, blank: ExplainedValue) -> ExplainedValue:
        written = step.head.formulas
        if step.where is not None and not self.rows.holds(step.where, self.table, self.row):
            assert step.otherwise is not None, "without 否则 the rule is missing here"
            condition = self._condition("不符合限于", step.where, written.get("限于"))
            return self._with_formula(
                replace(blank, conditions=(condition,)), step.otherwise, written.get("否则")
            )
        conditions = self._where(step.where)
        case = case_that_holds(self.rows, step, self.row)
        if case is None:
            node, formula = step.value, written.get("公式")
        else:
            node, formula = case.value, None
            clauses = citations(self.program, case.basis)
            conditions = (*conditions, replace(self._condition("例外", case.when, None), clauses=clauses))
        made = self._with_formula(replace(blank, conditions=conditions), node, formula)
        exact = self.rows.evaluate(node, self.table, self.row)
        if step.rounding is None or not isinstance(exact, Fraction):
            return made
        return replace(made, rounding=rounding_text(step.rounding, exact, self.before, step.type))

    def _split(self, step: Split, blank: ExplainedValue) -> ExplainedValue:
        self.looks.follow(step.source)
        source, source_name = self.looks.with_numbers(step.source), named(self.program, step.source)
        part = next(part for part in step.parts if part.name == self.column)
        if part.share is None:
            parts = split_parts(self.rows, step, self.row)
            others = [other for other in step.parts if other.share is not None]
            self.looks.places += [(self.table, other.name, self.row) for other in others]
            texts = [number_text(parts[other.name], other.type) for other in others]
            formula = " - ".join([source_name, *(other.name for other in others)])
            return replace(blank, formula=formula, substituted=" - ".join([source, *texts]))
        made = self._with_formula(blank, part.share, None)
        exact = self.rows.evaluate(part.share, self.table, self.row)
        if part.is_ratio:
            exact = _product(self.rows.evaluate(step.source, self.table, self.row), exact)
            numbers = f"{source} × {made.substituted}"
            made = replace(made, formula=f"{source_name} × {made.formula}", substituted=numbers)
        if step.rounding is None or not isinstance(exact, Fraction):
            return made
        return replace(made, rounding=rounding_text(step.rounding, exact, self.before, part.type))

    def _gather(self, step: Gather, blank: ExplainedValue) -> ExplainedValue:
        name = f"{step.source_table}.{step.source.column}"
        found = gathered(self.rows, step, self.row)
        self.looks.gathered(step, found)
        return replace(blank, formula=name, conditions=self._where(step.where))

    def _share(self, step: Share, blank: ExplainedValue) -> ExplainedValue:
        pool_row = self.rows.follow(step.table, step.path, self.row)
        pool = self.rows.shared_pool(step, pool_row)
        end = self.rows.follow(step.pool_table, step.pool.path, pool_row)
        self.looks.places.append((step.pool.table, step.pool.column, end))
        made = self._with_formula(replace(blank, conditions=self._where(step.where)), step.weight, None)
        for node in _decisive(step)[1:]:
            self.looks.follow(node)
        facts = share_facts(step, pool, self.row)
        formula, numbers = share_formula(step, facts, step.head.formulas.get("按") or made.formula)
        return replace(made, formula=formula, substituted=numbers, share=facts, sentence=self._sentence(pool))

    def _with_formula(self, made: ExplainedValue, node: Node, written: str | None) -> ExplainedValue:
        self.looks.follow(node)
        formula = written or named(self.program, node)
        return replace(made, formula=formula, substituted=self.looks.with_numbers(node))

    def _where(self, where: Node | None) -> tuple[Condition, ...]:
        if where is None:
            return ()
        return (self._condition("限于", where, self.step.head.formulas.get("限于")),)

    def _condition(self, kind: str, node: Node, written: str | None) -> Condition:
        self.looks.follow(node)
        return Condition(kind, written or named(self.program, node), self.looks.facts(node))

    def _vetoes(self) -> list[Condition]:
        """The veto that takes effect on the row."""
        veto = None if self.before is None else self.rows.veto_on(*self.place)
        return [] if veto is None else [self._veto(veto)]

    def _veto(self, veto: VetoEffect) -> Condition:
        if veto.fund:
            way = f"原为 {value_text(self.before, self.program.types[self.table, self.column])}，转入「{veto.fund}」，计 0"
        else:
            way = "权重按 0 计算，钱留在池里"
        with self.rows.watching(self.table, self.row, self.looks.note):
            self.rows.holds(veto.when, self.table, self.row)
        facts = self.looks.facts(veto.when)
        return Condition("否决", f"{veto.name}：{way}", facts, citations(self.program, veto.basis))


def _decisive(step: Share) -> tuple[Node | None, ...]:
    """What decides a row's part of a pool: its weight, then its limits."""
    return step.weight, step.lower, step.upper


def _product(left: Value, right: Value) -> Value:
    assert isinstance(left, Fraction), "a sound split has money"
    assert isinstance(right, Fraction), "and a share of it"
    return left * right
