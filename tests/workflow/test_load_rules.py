"""A rule set is compiled from its bytes and nothing else, once for as long as somebody asks for it."""

import pytest

from payroll_service.workflow.load_rules import MOST_AT_HAND, rules_from
from rules.language import RuleSetError
from rules.language.bundle import BrokenBundle, Part, packed
from tests.rules.small import FILE, SMALL

DOCUMENT = SMALL.encode()


def test_the_same_bytes_are_compiled_once():
    first = rules_from(DOCUMENT, FILE)
    assert rules_from(bytes(bytearray(DOCUMENT)), FILE) is first
    assert rules_from(DOCUMENT, "别处.yaml").program.fingerprint == first.program.fingerprint


@pytest.mark.parametrize("more", ["\n", " ", "# 只是一句话\n"])
def test_other_bytes_are_another_rule_set(more):
    first, other = rules_from(DOCUMENT, FILE), rules_from((SMALL + more).encode(), FILE)
    assert other.program is not first.program
    assert other.document != first.document


def test_a_changed_figure_is_never_calculated_with_the_old_one():
    old = rules_from(DOCUMENT, FILE).program
    new = rules_from(SMALL.replace("66%", "60%").encode(), FILE).program
    assert new.fingerprint != old.fingerprint
    assert new.steps != old.steps


def test_what_is_wrong_is_told_each_time():
    for _ in range(2):
        with pytest.raises(RuleSetError):
            rules_from(DOCUMENT.replace("语言: 1".encode(), "语言: 9".encode()), FILE)
        with pytest.raises(BrokenBundle):
            rules_from(packed([Part(FILE, SMALL), Part("甲校.yaml", "方案: 甲校")])[:-3], FILE)


def test_only_the_last_few_are_kept():
    first = rules_from(DOCUMENT, FILE)
    for number in range(MOST_AT_HAND):
        rules_from(f"{SMALL}# {number}\n".encode(), FILE)
    assert rules_from(DOCUMENT, FILE) is not first
