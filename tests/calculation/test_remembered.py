"""What is remembered of a run is used again exactly where it still holds."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.calculation.outcome import Computed
from payroll_service.calculation.prepared import Prepared
from payroll_service.calculation.tracing_sheet import ColumnFacts
from payroll_service.snapshot.tables import Values
from rules.language.program import NUMBER, Formula, Type
from rules.language.render import render
from rules.language.walking import expressions, walk
from tests.examples import examples
from tests.rules.small import changed, compiled

CELLS = st.lists(st.integers(-1000, 1000), min_size=1, max_size=6).map(
    lambda cells: np.array(cells, np.int64)
)
PLAIN = Type(NUMBER, step=Fraction(1))


@given(CELLS, st.booleans())
@examples(100)
def test_facts_hold_of_the_column_they_were_taken_from_and_of_none_beyond(cells, lacking):
    values = Values(cells, np.zeros(len(cells), bool) if lacking else None)
    facts = ColumnFacts.of(values, PLAIN)
    assert facts.hold(values)
    assert facts.hold(replace(values, data=cells[::-1].copy()))
    span = int(cells.max() - cells.min()) + 1
    assert not facts.hold(replace(values, data=cells + span))
    assert not facts.hold(replace(values, data=cells - span))
    assert not facts.hold(replace(values, data=cells.astype(object)))
    assert not facts.hold(replace(values, words=("甲",)))
    assert not facts.hold(replace(values, missing=None if lacking else np.zeros(len(cells), bool)))
    made = Computed(cells, Fraction(1, 100), values.missing)
    assert not facts.hold(made)
    assert ColumnFacts.of(made, PLAIN).hold(made)
    assert not ColumnFacts.of(made, PLAIN).hold(replace(made, step=Fraction(1, 10)))


@given(CELLS)
@examples(50)
def test_facts_hold_of_all_that_the_rule_set_lets_in(cells):
    facts = ColumnFacts.of(
        Values(cells), Type(NUMBER, step=Fraction(1, 2), low=Fraction(-7), high=Fraction(2000))
    )
    assert facts.hold(Values(np.array([-14, 4000], np.int64)))
    assert not facts.hold(Values(np.array([9000], np.int64)))
    assert not facts.hold(Values(np.array([-5000], np.int64)))


def test_an_expression_that_occurs_twice_is_known_to_be_asked_twice_and_no_other():
    rule = changed("公式: 教龄津贴 × 月数", "公式: 教龄津贴 × 月数 × ((教龄 + 1) × (教龄 + 1) - (得龄 - 7))")
    ready = Prepared(compiled(rule.replace("得龄", "教龄")))
    steps = (step for step in ready.program.steps if isinstance(step, Formula) and step.name == "教龄补贴")
    asked = {
        render(node): ready.ask("学期", node)[1]
        for step in steps
        for table, root in expressions(step)
        for _, node in walk(root, table)
    }
    assert asked["教龄 + 1"]
    assert asked["教龄"]
    assert not asked["教龄 - 7"]
    assert not asked["(教龄 + 1) × (教龄 + 1)"]
    assert not asked["1"], "what is inside equal expressions counts once"
