"""From one value down to the data it came from; every value once, and only what the person may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from operator import attrgetter

from payroll_service.calculation.explain_looks import Place
from payroll_service.calculation.explain_rules import RuleOnRow, kind_of
from payroll_service.calculation.explain_texts import HIDDEN, shown_value
from payroll_service.calculation.explanation import ExplainedValue
from payroll_service.calculation.labels import row_label
from payroll_service.calculation.ownership import Viewer
from payroll_service.calculation.rows import RowEvaluator

WHERE = ("number", "row", "also", "children")  # what two values that came about in the same way may differ in
HOW = attrgetter(*(field.name for field in fields(ExplainedValue) if field.name not in WHERE))
DEEPEST = 80  # values below one another; what is further back in a line of rows is told by its value alone


class ValueTree:
    """One explanation in the making. A value is explained once; later mentions refer back to its number.

    Neighbours that came about in the same way, as the months of a semester do, are told once, with all their rows.
    """

    def __init__(self, rows: RowEvaluator, viewer: Viewer) -> None:
        self.rows, self.viewer = rows, viewer
        self.numbers: dict[Place, int] = {}
        self.told: dict[int, ExplainedValue] = {}
        self.labels: dict[tuple[str, int], str] = {}
        self.depth = 0

    def explain(self, place: Place) -> ExplainedValue:
        """The value of a column on a row, with everything it was made of."""
        table, column, row = place
        if self.viewer.is_hidden(table, row):
            return ExplainedValue(0, table, column, "", HIDDEN, "不显示")
        text = shown_value(self.rows.program, table, column, self.rows.value(*place))
        step = self.rows.makers.get((table, column))
        kind = "数据" if step is None else kind_of(step)
        label = self.labels.get((table, row))
        if label is None:
            label = self.labels[table, row] = row_label(self.rows.program, self.rows.frames, table, row)
        if place in self.numbers:
            return ExplainedValue(0, table, column, label, text, kind, see=self.numbers[place])
        number = self.numbers[place] = max(self.told, default=0) + 1
        made = self.told[number] = ExplainedValue(number, table, column, label, text, kind)
        if step is not None:
            rule = RuleOnRow(self.rows, self.viewer, step, place)
            made = rule.described(made)
            if self.depth < DEEPEST:
                self.depth += 1
                made = replace(made, children=tuple(self._children(dict.fromkeys(rule.looks.places))))
                self.depth -= 1
        self.told[number] = made
        return made

    def _children(self, places: Iterable[Place]) -> list[ExplainedValue]:
        children: list[ExplainedValue] = []
        for place in places:
            child = self.explain(place)
            if children and child.number and self._same(children[-1], child):
                children[-1] = self._joined(children[-1], child)
            else:
                children.append(child)
        return children

    def _same(self, left: ExplainedValue, right: ExplainedValue) -> bool:
        """Both came about in the same way, from equal values; only their rows differ."""
        left, right = (self.told[value.see] if value.see else value for value in (left, right))
        if left.number == right.number:
            return True
        return (
            HOW(left) == HOW(right)
            and len(left.children) == len(right.children)
            and all(self._same(*pair) for pair in zip(left.children, right.children, strict=True))
        )

    def _joined(self, kept: ExplainedValue, dropped: ExplainedValue) -> ExplainedValue:
        """One for both: whoever mentions the dropped one later is sent to the kept one."""
        self._redirect(kept, dropped)
        joined = self.told[kept.number] = replace(kept, also=(*kept.also, dropped.row))
        return joined

    def _redirect(self, kept: ExplainedValue, dropped: ExplainedValue) -> None:
        if not dropped.number:
            return
        self.told.pop(dropped.number)
        for place, number in self.numbers.items():
            if number == dropped.number:
                self.numbers[place] = kept.number or kept.see
        for pair in zip(kept.children, dropped.children, strict=True):
            self._redirect(*pair)
