"""Whatever is done to a rule set, it compiles or is told: never anything else."""

import random
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rules.language.check import load_rule_set
from rules.language.mistakes import RuleProblem, RuleSetError
from rules.language.show import show
from rules.language.worked import read_examples
from tests.examples import examples
from tests.rules.small import SMALL

DUSHAN = (Path(__file__).parents[2] / "rules" / "sets" / "dushan" / "2020.1.yaml").read_text("utf-8")
PIECES = re.compile(r"[\w·]+|[^\w\s]|\s+")
STRAY = (
    *(
        "",
        " ",
        "\n",
        "  ",
        "0",
        "200",
        "-",
        "÷",
        "[]",
        "{}",
        "&a",
        "*a",
        "!x",
        "：",
        "，",
        "「",
        '"',
        "'",
        "#",
        "|",
        ">",
    ),
    *(
        "@",
        "%",
        "其余",
        "是",
        "本行",
        "本期",
        "主键",
        "其中",
        "经",
        "无则",
        "否则",
        "如果(",
        "合计(",
        "元",
        "\t",
        "　",
    ),
)


def told_or_compiled(text):
    """The problems, each with a place inside the text, a message and a cure; none if the text compiles."""
    problems: list[RuleProblem | None] = []
    try:
        show(load_rule_set(text, "文件"))
    except RuleSetError as error:
        problems = [*error.problems] or [None]
    lines = text.split("\n")
    for problem in problems:
        assert problem is not None, "an error tells at least one problem"
        assert 1 <= problem.place.line <= len(lines), problem
        assert 1 <= problem.place.column <= len(lines[problem.place.line - 1]) + 2, problem
        assert problem.message, problem
        assert problem.remedy, problem
    return problems


def edited(text, dice):
    """A text with one line or word deleted, doubled, moved or replaced."""
    if dice.random() < 0.3:
        lines = text.split("\n")
        one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        change = dice.randrange(4)
        if change == 0:
            del lines[one]
        elif change == 1:
            lines.insert(other, lines[one])
        elif change == 2:
            lines[one], lines[other] = lines[other], lines[one]
        else:
            lines[one] = " " * dice.randrange(6) + lines[one].lstrip()
        return "\n".join(lines)
    pieces = PIECES.findall(text)
    at = dice.randrange(len(pieces))
    pieces[at] = dice.choice(("", pieces[at] * 2, dice.choice(pieces), dice.choice(STRAY)))
    return "".join(pieces)


@pytest.mark.parametrize(("base", "rounds"), [(SMALL, 250), (DUSHAN, 60)], ids=["small", "dushan"])
def test_a_rule_set_with_a_chance_edit_compiles_or_is_told(base, rounds):
    dice = random.Random(20200901)
    found = []
    for _ in range(rounds):
        text = base
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            text = edited(text, dice)
        found.append(bool(told_or_compiled(text)))
    assert 0.5 < sum(found) / rounds < 1, "most edits spoil it, some do not"


@examples(150)
@given(st.text())
def test_any_text_is_told(text):
    assert told_or_compiled(text)
    with pytest.raises(RuleSetError):
        read_examples(text, "文件")


WORDS = st.sampled_from(sorted(set(re.findall(r"[\w.%]+", SMALL)))) | st.text(max_size=4)
ANYTHING = st.recursive(
    WORDS | st.integers() | st.floats() | st.booleans() | st.none() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=10,
)


DOCUMENT = yaml.load(SMALL, Loader=yaml.CBaseLoader)


@examples(150)
@given(st.sampled_from(sorted(DOCUMENT)), ANYTHING)
def test_any_yaml_in_place_of_a_section_compiles_or_is_told(section, value):
    text = yaml.dump(
        DOCUMENT | {section: value}, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False
    )
    told_or_compiled(text)
