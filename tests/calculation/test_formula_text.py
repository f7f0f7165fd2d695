"""A formula written back as text means the same."""

from dataclasses import fields, is_dataclass

from hypothesis import assume, given

from payroll_service.calculation.explain_texts import named
from rules.language import RuleSetError
from rules.language.program import Const, Formula
from tests.calculation.county import county
from tests.calculation.strategies import formulas
from tests.examples import examples


def trial(text: str) -> Formula:
    """The rule with this formula, rounded so that any number fits."""
    try:
        program = county(试算=text)
    except RuleSetError:
        assume(False)
    return next(step for step in program.steps if isinstance(step, Formula) and step.name == "试算")


def meaning(node):
    """An expression without the texts of its constants."""
    if isinstance(node, Const):
        return node.value
    if isinstance(node, tuple):
        return tuple(meaning(item) for item in node)
    return (
        (type(node), *(meaning(getattr(node, f.name)) for f in fields(node))) if is_dataclass(node) else node
    )


@given(formulas)
@examples(25)
def test_a_formula_that_is_written_back_means_the_same(text):
    value = trial(text).value
    again = named(county(), value)
    assert meaning(trial(again).value) == meaning(value)


def test_aggregates_are_written_back_as_they_are_read():
    for text in (
        "合计(任职月.标准 其中 身份 = 教师) ÷ 1元",
        "平均(任职月.教龄 无则 0)",
        "计数(任职月 其中 月 > 3) ÷ 1月",
    ):
        value = trial(text).value
        assert meaning(trial(named(county(), value)).value) == meaning(value)
