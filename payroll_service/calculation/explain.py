"""Why a payee gets what she gets: every line of her pay down to the data and the clauses, and why an item is not paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from payroll_service.calculation.colleagues import Colleagues
from payroll_service.calculation.explain_texts import citations, missing_reason
from payroll_service.calculation.explain_values import ValueTree
from payroll_service.calculation.explanation import Explanation
from payroll_service.calculation.labels import event_text, row_label, row_of_key
from payroll_service.calculation.outcome import Outcome
from payroll_service.calculation.ownership import Viewer
from payroll_service.calculation.rows import RowEvaluator
from rules.language.period import month_text
from rules.language.plan import plan
from rules.language.program import Node, Payment, Program
from rules.language.render import Value, decimal_text, fixed_text


class Explainer:
    """Explains one outcome; what it learns of pools serves all payees. The same outcome, the same explanation."""

    def __init__(self, program: Program, outcome: Outcome) -> None:
        self.program, self.outcome = program, outcome
        self.rows = RowEvaluator(program, outcome.frames, outcome.period, outcome.columns)
        self.colleagues = Colleagues(program, outcome)
        self.payments = plan(program, outcome.period.kind).payments

    def explain(self, table: str, key: tuple[str, ...], item: str | None = None) -> list[Explanation]:
        """Every line of the payee that this run pays, and one for each item that does not apply; or of one item."""
        row = row_of_key(self.program, self.outcome.frames, table, key)
        if row is None:
            return []
        viewer = Viewer(self.program, self.outcome.frames, key)
        self.rows.take_others_from(partial(self._others, viewer))
        found: list[Explanation] = []
        for payment in self.payments:
            if item in (None, payment.number) and self.program.target(payment.table, payment.payee) == table:
                found += self._lines(payment, row, viewer, item is not None)
        held, excluded = (self._on_roster(table, row, kind) for kind in ("暂缓", "不发"))
        return [
            replace(line, excluded=excluded) if line.root is None else replace(line, held=held)
            for line in found
        ]

    def _others(self, viewer: Viewer, node: Node, table: str, rows: Sequence[int]) -> Mapping[int, Value]:
        """What an expression says of rows that do not concern the person."""
        concerned = viewer.concerned(table)
        return self.colleagues.values(node, table, [row for row in rows if not concerned[row]])

    def _on_roster(self, table: str, row: int, kind: str) -> str:
        """The first rule of the roster of this kind that holds for the payee."""
        roster = self.program.roster
        if roster is None or roster.table != table:
            return ""
        return next((mark.rule for mark in self.outcome.roster if mark.kind == kind and mark.rows[row]), "")

    def _lines(self, payment: Payment, payee: int, viewer: Viewer, asked: bool) -> list[Explanation]:
        """`asked`: somebody wants to know of this very item, though it may be for another school's people."""
        rows = self.rows.members(payment.table, payment.payee, payee)
        concerned = [row for row in rows if self.rows.holds(payment.where, payment.table, row)]
        if concerned or not asked:
            rows = concerned
        if not rows and payment.where is not None and not asked:
            return []
        if not rows:
            return [self._unpaid(payment, f"没有「{payment.table}」记录")]
        lines: list[Explanation] = []
        reasons: list[str] = []
        for row in rows:
            column = payment.column
            end = self.rows.follow(payment.table, column.path, row)
            if self.rows.value(column.table, column.column, end) is None:
                reasons.append(missing_reason(self.rows, viewer, column.table, column.column, end))
            else:
                lines.append(self._line(payment, row, end, viewer))
        return [*lines, *(self._unpaid(payment, reason) for reason in dict.fromkeys(reasons))]

    def _line(self, payment: Payment, row: int, end: int, viewer: Viewer) -> Explanation:
        column = payment.column
        amount = self.rows.value(column.table, column.column, end)
        assert isinstance(amount, Fraction), "what is paid is money"
        return Explanation(
            payment.number,
            payment.name,
            payment.table,
            row_label(self.program, self.outcome.frames, payment.table, row),
            self._earned(payment, row),
            self._unit(payment, row),
            tuple(_fund_text(*fund) for fund in payment.funds),
            amount,
            f"{fixed_text(amount, 2)}元",
            clauses=citations(self.program, payment.head.basis),
            root=ValueTree(self.rows, viewer).explain((column.table, column.column, end)),
            event=self._event(payment, row),
        )

    def _unpaid(self, payment: Payment, reason: str) -> Explanation:
        clauses = citations(self.program, payment.head.basis)
        return Explanation(
            payment.number, payment.name, payment.table, "", "", "", (), None, "", reason, clauses
        )

    def _earned(self, payment: Payment, row: int) -> str:
        """The period in which a line was earned: the month of a month row, else the run's."""
        table = self.program.tables[payment.table]
        if table.kind == "分月" and payment.earned == "月":
            month = self.outcome.frames[payment.table].columns[table.key[-1]].data[row]
            return month_text(int(month))
        around = self.program.calendar.around(self.outcome.period, payment.earned)
        return (around or self.outcome.period).text

    def _event(self, payment: Payment, row: int) -> str:
        if payment.event is None:
            return ""
        end = self.rows.follow(payment.table, payment.event.path, row)
        return event_text(self.program, self.outcome.frames, payment.event, end)

    def _unit(self, payment: Payment, row: int) -> str:
        end = self.rows.follow(payment.table, payment.unit, row)
        if end < 0:
            return ""
        return row_label(
            self.program, self.outcome.frames, self.program.target(payment.table, payment.unit), end
        )


def _fund_text(fund: str, part: Fraction | None) -> str:
    return fund if part is None else f"{fund} {decimal_text(part * 100)}%"


def explain(
    program: Program, outcome: Outcome, payee_table: str, payee_key: tuple[str, ...], item: str | None = None
) -> list[Explanation]:
    """Explain one payee's lines of an outcome. No name and no value of any other person appears in it."""
    return Explainer(program, outcome).explain(payee_table, payee_key, item)
