"""Without a name the rule set in force is meant, and where several could be, somebody has to say which."""

from datetime import date

import pytest

from payroll_service.book.records import StoredRuleSet
from payroll_service.errors import UnknownRuleSet
from payroll_service.workflow.choose_rules import choose_rules, list_choices
from tests.acts import enact
from tests.workflow.conftest import BUREAU, NOW

DAY = date(2021, 3, 1)


@pytest.fixture
def put(store):
    """Stores a draft: name, version, and the years it is in force."""
    with store.writing() as session:
        session.add_bureau(BUREAU)

    def store_one(
        name: str, version: str, first: int = 2020, last: int = 2022, extends: str | None = None
    ) -> str:
        fingerprint = f"{name}{version}".encode().hex().rjust(64, "0")
        days = date(first, 1, 1), date(last, 12, 31)
        one = StoredRuleSet(BUREAU.bureau, fingerprint, name, version, *days, b"...", extends)
        with store.writing() as session:
            session.rule_sets.save(one)
            session.rule_sets.append(BUREAU.bureau, fingerprint, "stored", NOW, "起草")
        return fingerprint

    return store_one


def chosen(store, fingerprint=""):
    with store.reading() as session:
        return choose_rules(session, BUREAU.bureau, fingerprint, DAY).version


def test_the_one_that_is_named(store, put):
    first = put("甲", "1")
    put("甲", "2")
    assert chosen(store, first) == "1"
    with pytest.raises(UnknownRuleSet, match="没有这个"):
        chosen(store, "f" * 64)


def test_none_at_all_is_told(store, put):
    with pytest.raises(UnknownRuleSet, match="还没有"):
        chosen(store)


def test_the_one_in_force_before_one_that_was(store, put):
    put("甲", "1", 2018, 2019)
    assert chosen(store) == "1", "the only one there is"
    put("甲", "2")
    put("乙", "9", 2023, 2024)
    assert chosen(store) == "2"


def test_an_enacted_one_before_a_later_draft(store, put):
    first = put("甲", "1")
    put("甲", "2")
    assert chosen(store) == "2"
    enact(store, BUREAU.bureau, first, "启用", NOW)
    assert chosen(store) == "1"
    assert [(one.rule_set.version, one.is_meant, one.is_enacted) for one in list_choices(store, BUREAU.bureau, DAY)] == [
        ("1", True, True), ("2", False, False),
    ]  # fmt: skip


def test_with_the_schemes_that_extend_it(store, put):
    alone = put("甲", "1")
    put("甲", "1 和方案", extends=alone)
    assert chosen(store) == "1 和方案"


def test_two_of_different_names_have_to_be_told_apart(store, put):
    put("甲", "1")
    put("乙", "1")
    with pytest.raises(UnknownRuleSet, match="2 个规则集"):
        chosen(store)
    assert not any(one.is_meant for one in list_choices(store, BUREAU.bureau, DAY))
