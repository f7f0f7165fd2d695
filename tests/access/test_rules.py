"""Who may be what, what a password must be like, and how often one may try."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll_service.access.accounts import Account, find_mistakes, login_of
from payroll_service.access.passwords import LONGEST, SHORTEST, find_weakness, hashed, matches
from payroll_service.access.roles import MONEY, Role
from payroll_service.access.throttle import MOST, is_blocked

CLERK = Account("b", "1", "wang.fang", "王芳", frozenset({Role.CLERK}))


def with_roles(*roles: Role) -> Account:
    unit = "A01" if Role.SCHOOL_CLERK in roles else ""
    payee = "p" if Role.TEACHER in roles else ""
    return replace(CLERK, roles=frozenset(roles), unit=unit, payee=payee)


@pytest.mark.parametrize("role", Role)
def test_every_role_can_stand_alone_and_beside_being_a_teacher(role):
    assert find_mistakes(with_roles(role)) == []
    assert find_mistakes(with_roles(role, Role.TEACHER)) == []


def test_no_account_both_keeps_accounts_or_audits_and_touches_money():
    for pair in combinations(Role, 2):
        together = not find_mistakes(with_roles(*pair))
        forbidden = bool({Role.ADMIN, Role.AUDITOR} & set(pair)) and bool(MONEY & set(pair))
        forbidden |= set(pair) in (
            {Role.ADMIN, Role.AUDITOR},
            {Role.SCHOOL_CLERK, Role.CLERK},
            {Role.SCHOOL_CLERK, Role.APPROVER},
        )
        assert together != forbidden, pair


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": "王芳"}, {"login": "a"}, {"login": ".a"}, {"name": " "}, {"roles": frozenset()}, {"unit": "A01"},
        {"payee": "p"}, {"roles": frozenset({Role.TEACHER})}, {"roles": frozenset({Role.SCHOOL_CLERK})},
    ],
)  # fmt: skip
def test_a_mistake_in_an_account_is_told(wrong):
    assert len(find_mistakes(replace(CLERK, **wrong))) == 1


def test_width_and_case_do_not_make_two_logins_of_one():
    assert login_of(" Ｗang.Fang ") == "wang.fang"


@pytest.mark.parametrize(
    "weak",
    [
        "",
        "a" * (SHORTEST - 1),
        "x" * (LONGEST + 1),
        "ababababababab",
        "my wang.fang 2024",
        "王芳的密码一二三四五六七",
    ],
)
def test_a_weak_password_is_told(weak):
    assert find_weakness(weak, "wang.fang", "王芳")


def test_all_that_is_wrong_with_a_password_is_told_at_once():
    told = find_weakness("aab", "aab", "王芳")
    assert [word for word in (str(SHORTEST), "5 个不同", "登录名") if word in told] == [
        str(SHORTEST),
        "5 个不同",
        "登录名",
    ]
    assert not find_weakness("春眠不觉晓处处闻啼鸟夜来", "", ""), "no login is in no password"


def test_a_sentence_is_a_good_password():
    assert not find_weakness("春眠不觉晓处处闻啼鸟夜来", "wang.fang", "王芳")


@settings(max_examples=4)  # hashing takes long on purpose
@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_only_the_password_itself_matches_its_hash(one, other):
    stored = hashed(one)
    assert matches(stored, one)
    assert not matches(None, one)
    assert not matches("no hash", one)
    if login_of(one) != login_of(other):
        assert not matches(stored, other)


@given(st.integers(0, 60), st.integers(0, 60))
def test_more_failures_never_unblock(account, address):
    now = is_blocked({"account": account, "address": address})
    assert now == (account >= MOST["account"] or address >= MOST["address"])
