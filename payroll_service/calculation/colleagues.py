"""What other people's rows bring along, many at once, by the column evaluator.

An explanation recalculates its own person row by row. The weights of her colleagues in a pool, the months of a whole
school, the field that she was ranked in it takes from here: a pool of hundreds costs no more than one of ten.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from payroll_service.calculation.blocks import Block
from payroll_service.calculation.expressions import evaluate
from payroll_service.calculation.outcome import Outcome
from payroll_service.calculation.prepared import prepared
from payroll_service.calculation.scopes import Scope
from payroll_service.calculation.sheets import Ground, Sheet
from payroll_service.calculation.statuses import MISSING
from payroll_service.calculation.vectors import cleared, spread
from rules.language.program import BOOL, NUMBER, PERIOD, Node, Program
from rules.language.render import Value


class Colleagues:
    """Values of expressions on many rows of an outcome, as the row interpreter says them."""

    def __init__(self, program: Program, outcome: Outcome) -> None:
        ground = Ground(prepared(program), outcome.frames, outcome.period)
        ground.made.update(outcome.columns)
        self.sheet = Sheet(ground, Block(), evaluate)

    def values(self, node: Node, table: str, rows: Sequence[int]) -> dict[int, Value]:
        """By row, None where it is missing; rows on which it cannot be calculated are left out."""
        v = spread(cleared(Scope(self.sheet, table, np.array(rows, np.int64)).vector(node)), len(rows))

        def value(data: int) -> Value:
            if v.words:
                word = v.words[data]
                return self.sheet.program.calendar.parse(word) if node.type.kind == PERIOD else word
            if node.type.kind == NUMBER:
                return data * v.scale
            return bool(data) if node.type.kind == BOOL else data

        distinct, places = np.unique(v.data, return_inverse=True)
        known = [value(data) for data in distinct.tolist()]
        found = {row: known[place] for row, place in zip(rows, places.tolist(), strict=True)}
        if v.status is not None:
            for row, status in zip(rows, v.status.tolist(), strict=True):
                if status == MISSING:
                    found[row] = None
                elif status > MISSING:
                    del found[row]
        return found
