"""The mutants themselves: each is another program, one place at a time, and the same seed draws the same."""

import ast
from pathlib import Path

import pytest

from tests.mutants.mutations import mutants_of, mutated, sample

ROOT = Path(__file__).parents[2]
SOURCE = '''
def price(age: int, names: list[str]) -> int:
    """Whole yuan."""
    assert age > 0, "an age"
    total = 0
    pairs = zip(names, names, strict=True)
    for name in names:
        if not name or age - 1 < 5:
            continue
        total += max(age, 3)
    return total if names else -1
'''


def test_each_mutant_is_a_program_that_differs_from_the_source_and_from_the_others():
    texts = {ast.unparse(mutated(SOURCE, one)) for one in mutants_of("price.py", SOURCE)}
    assert len(texts) == len(mutants_of("price.py", SOURCE))
    assert ast.unparse(ast.parse(SOURCE)) not in texts
    for text in texts:
        compile(text, "price.py", "exec")


@pytest.mark.parametrize(
    "what",
    ["Lt → LtE", "Lt → GtE", "Sub → Add", "Or → And", "Not left out", "1 → 2", "5 → 4", "condition negated", "max → min",
     "AugAssign left out", "Continue → Break", "returns None", "USub left out"],
)  # fmt: skip
def test_every_kind_of_change_is_tried(what):
    assert what in {one.what for one in mutants_of("price.py", SOURCE)}


def test_what_nobody_can_see_at_work_is_left_alone():
    lines = {one.line for one in mutants_of("price.py", SOURCE)}
    assert not lines & {2, 3, 4, 6}, "annotations, docstrings, assertions, equal lengths"


def test_a_seed_draws_the_same_mutants_again():
    once, many = sample(ROOT, ("payroll_service/calculation",), 20, 7)
    assert (once, many) == sample(ROOT, ("payroll_service/calculation",), 20, 7)
    assert len(once) == 20 < many
    assert once != sample(ROOT, ("payroll_service/calculation",), 20, 8)[0]


def test_an_edit_elsewhere_leaves_the_mutants_of_a_line_as_they_are():
    edited = SOURCE.replace("    total = 0\n", "    total = 0\n    seen = 7\n")
    before = {one.key for one in mutants_of("price.py", SOURCE)}
    after = {one.key for one in mutants_of("price.py", edited)}
    assert before < after
    assert all("seen = 7" in key for key in after - before)
