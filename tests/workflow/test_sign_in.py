"""The first administrator, accounts, signing in, finance systems; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy.exc import IntegrityError

from payroll_service.access.accounts import Account, Client
from payroll_service.access.roles import Role, Scope
from payroll_service.access.throttle import MOST, WINDOW
from payroll_service.access.tokens import ACCESS_LASTS, SESSION_LASTS, SETUP_LASTS, token_hash
from payroll_service.book.records import Bureau
from payroll_service.errors import NotAcceptable, SignInRefused
from payroll_service.store import open_store
from payroll_service.store.errors import AlreadyStored, NotStored
from payroll_service.workflow.manage_accounts import (
    add_account,
    add_client,
    change_account,
    change_password,
    disable_client,
    page_accounts,
    reset_password,
)
from payroll_service.workflow.open_token import caller, open_token
from payroll_service.workflow.sign_in import (
    WRONG,
    OpenedSession,
    account_key,
    find_reset,
    find_setup,
    offer_bureau,
    offer_reset,
    offer_setup,
    reset_by_link,
    set_up,
    sign_in,
    sign_out,
    who_is,
)
from tests.store.test_vault import in_clear
from tests.workflow.conftest import BUREAU, NOW

PASSWORD, OTHER = "correct horse battery", "staple battery horse"
HERE = "10.0.0.7"


def offered(store) -> str:
    token = offer_setup(store, NOW)
    assert token is not None
    return token


def who(store, token, now=NOW):
    found = who_is(store, token, now)
    assert found is not None
    return found


@pytest.fixture
def admin(store) -> Account:
    return set_up(store, offered(store), BUREAU, "Root", "管理员甲", PASSWORD, NOW).account


@pytest.fixture
def clerk(store, admin) -> Account:
    new = Account("", "", "wang", "王芳", frozenset({Role.CLERK}))
    return add_account(store, new, PASSWORD, admin, NOW)


def enter(store, login="wang", password=PASSWORD, now=NOW, address=HERE):
    return sign_in(store, BUREAU.bureau, login, password, address, now)


def test_the_set_up_link_works_once_and_not_after_a_day(store):
    token = offered(store)
    assert find_setup(store, token, NOW)
    assert not find_setup(store, token, NOW + SETUP_LASTS)
    assert not find_setup(store, "x" + token, NOW)
    later = offered(store)
    assert not find_setup(store, token, NOW), "a new start makes a new link"
    opened = set_up(store, later, BUREAU, "Root", "管理员甲", PASSWORD, NOW)
    assert opened.account.roles == {Role.ADMIN}
    assert offer_setup(store, NOW) is None
    with pytest.raises(SignInRefused):
        set_up(store, later, BUREAU, "second", "乙", PASSWORD, NOW)


def test_a_weak_first_password_leaves_nothing_behind(store):
    token = offered(store)
    with pytest.raises(NotAcceptable, match="密码"):
        set_up(store, token, BUREAU, "Root", "管理员甲", "short", NOW)
    assert page_accounts(store, BUREAU.bureau, "", 1).items == ()
    assert find_setup(store, token, NOW)


def test_a_second_bureau_gets_an_administrator_of_its_own(store, admin):
    libo = Bureau("libo", "荔波县教育局")
    token, other = (offer_bureau(store, code, "信息员", NOW) for code in ("libo", "sandu"))
    stale, token = token, offer_bureau(store, "libo", "信息员", NOW)
    assert find_setup(store, stale, NOW) is None, "a new link ends the one before"
    assert find_setup(store, token, NOW + SETUP_LASTS) is None
    opened = set_up(store, token, replace(libo, bureau="dushan"), "root", "管理员乙", PASSWORD, NOW)
    assert opened.account.bureau == "libo", "the link says which bureau, and not its holder"
    with store.reading() as session:
        (event,) = session.access.events("libo")
        assert libo.name in {one.name for one in session.bureaus()}
        assert session.access.administrators(BUREAU.bureau) == [admin]
    assert (event.state, event.actor) == ("added", "信息员")
    with pytest.raises(SignInRefused):
        set_up(store, token, libo, "again", "丙", PASSWORD, NOW)
    with pytest.raises(NotAcceptable, match="root"):
        offer_bureau(store, "libo", "信息员", NOW)
    assert find_setup(store, other, NOW), "another bureau's link is left alone"


def test_an_administrator_who_lost_the_password_sets_another_by_a_link(store, admin, clerk):
    opened = enter(store, "root")
    with store.writing() as session:
        for _ in range(MOST["account"]):
            session.access.failed({"account": account_key(BUREAU.bureau, "root")}, NOW)
    with pytest.raises(SignInRefused, match="一刻钟"):
        enter(store, "root")
    stale, token = (offer_reset(store, BUREAU.bureau, "Root", "信息员", NOW) for _ in range(2))
    assert find_reset(store, stale, NOW) is None
    assert find_reset(store, token, NOW + SETUP_LASTS) is None
    assert find_setup(store, token, NOW) is None, "it makes no administrator"
    with pytest.raises(NotAcceptable, match="密码"):
        reset_by_link(store, token, "short", NOW)
    reset_by_link(store, token, OTHER, NOW)
    assert who_is(store, opened.token, NOW) is None
    assert enter(store, "root", OTHER).account == admin
    with pytest.raises(SignInRefused, match="用过"):
        reset_by_link(store, token, PASSWORD, NOW)
    with store.reading() as session:
        events = [(event.state, event.actor) for event in session.access.events(BUREAU.bureau)]
    assert ("reset-link", "信息员") in events
    assert ("password", "信息员") in events


def test_a_reset_link_is_an_administrators_alone_and_ends_with_the_office(store, admin, clerk):
    for login in ("wang", "nobody"):
        with pytest.raises(NotAcceptable, match=login):
            offer_reset(store, BUREAU.bureau, login, "信息员", NOW)
    token = offer_reset(store, BUREAU.bureau, "root", "信息员", NOW)
    change_account(store, replace(admin, disabled=True), clerk, NOW)
    assert find_reset(store, token, NOW) is None
    with pytest.raises(SignInRefused):
        reset_by_link(store, token, OTHER, NOW)


def test_a_link_is_stored_as_a_hash_alone(store, admin, database_url):
    tokens = [
        offer_bureau(store, "libo", "信息员", NOW),
        offer_reset(store, BUREAU.bureau, "root", "信息员", NOW),
    ]
    assert in_clear(database_url, *tokens) == []
    assert in_clear(database_url, token_hash(tokens[0])) == [token_hash(tokens[0])]


def test_a_session_lasts_its_hours_and_ends_with_signing_out(store, clerk):
    opened = enter(store)
    session, account = who(store, opened.token)
    assert account == clerk
    assert opened.token not in repr(session), "only its hash is kept"
    assert who_is(store, opened.token, NOW + SESSION_LASTS) is None
    sign_out(store, opened.token)
    assert who_is(store, opened.token, NOW) is None


def test_a_wrong_password_and_an_unknown_login_are_told_alike(store, clerk):
    told = []
    for login, password in (("wang", OTHER), ("nobody", PASSWORD)):
        with pytest.raises(SignInRefused) as refused:
            enter(store, login, password)
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_after_five_failures_the_right_password_waits_too(store, clerk):
    for _ in range(MOST["account"]):
        with pytest.raises(SignInRefused):
            enter(store, password=OTHER)
    with pytest.raises(SignInRefused, match="一刻钟"):
        enter(store)
    assert enter(store, now=NOW + WINDOW + timedelta(seconds=1)).account == clerk


def at_once(tries: int, act):
    """What each of so many simultaneous acts came to."""
    gate = Barrier(tries)

    def one(_number: int):
        gate.wait()
        try:
            return act()
        except SignInRefused as refused:
            return refused.message

    with ThreadPoolExecutor(tries) as pool:
        return list(pool.map(one, range(tries)))


def test_of_many_tries_at_once_no_more_than_may_fail_are_looked_at(store, database_url, clerk, monkeypatch):
    """From two stores on one database, as two processes have."""
    looked = []

    def look(_stored, password):
        looked.append(password)
        sleep(0.05)
        return False

    monkeypatch.setattr("payroll_service.workflow.sign_in.matches", look)
    second = open_store(database_url)
    stores = cycle((store, second))
    told = at_once(12, lambda: enter(next(stores), password=OTHER))
    second.close()
    assert len(looked) == MOST["account"]
    assert sorted(told) == sorted([WRONG] * 5 + ["试的次数太多，请过一刻钟再试。"] * 7)
    assert at_once(2, lambda: enter(store)) == ["试的次数太多，请过一刻钟再试。"] * 2


def test_who_knows_the_password_is_not_counted(store, clerk, monkeypatch):
    assert all(isinstance(one, OpenedSession) for one in at_once(MOST["account"], lambda: enter(store)))
    monkeypatch.setattr("payroll_service.workflow.sign_in.matches", lambda stored, password: True)
    for _ in range(MOST["address"] + 1):
        enter(store)
    keys = {"account": account_key(BUREAU.bureau, "wang"), "address": token_hash(HERE)}
    with store.reading() as session:
        assert session.access.failures(keys, NOW - WINDOW) == {"account": 0, "address": 0}


def test_a_success_forgives_no_try_that_is_being_looked_at(store, clerk, monkeypatch):
    """Or whoever guesses while somebody signs in would have as many tries again."""
    sign = sign_in

    def somebody_signs_in_meanwhile(stored, password):
        monkeypatch.setattr("payroll_service.workflow.sign_in.matches", lambda stored, password: True)
        sign(store, BUREAU.bureau, "wang", PASSWORD, "10.0.0.8", NOW)
        return False

    monkeypatch.setattr("payroll_service.workflow.sign_in.matches", somebody_signs_in_meanwhile)
    with pytest.raises(SignInRefused):
        enter(store, password=OTHER)
    with store.reading() as session:
        failed = session.access.failures({"account": account_key(BUREAU.bureau, "wang")}, NOW - WINDOW)
    assert failed == {"account": 1}


def test_an_address_that_tries_many_logins_is_stopped(store, clerk):
    for number in range(MOST["address"]):
        with store.writing() as session:
            session.access.failed({"address": token_hash(HERE)}, NOW - timedelta(seconds=number))
    with pytest.raises(SignInRefused, match="一刻钟"):
        enter(store)
    assert enter(store, address="10.0.0.8").account == clerk


def test_a_login_is_one_persons(store, admin, clerk):
    with pytest.raises(AlreadyStored):
        add_account(store, replace(clerk, name="王五"), PASSWORD, admin, NOW)
    with pytest.raises(NotAcceptable):
        add_account(store, replace(clerk, login="x"), "short", admin, NOW)


def test_a_teacher_is_a_payee_of_the_book(store, admin):
    new = Account("", "", "li", "李红", frozenset({Role.TEACHER}), payee="nobody")
    with pytest.raises(NotStored):
        add_account(store, new, PASSWORD, admin, NOW)
    with store.writing() as session:
        payee = session.payees.enrol(BUREAU.bureau, "个人", {"1": "李红"})["1"]
    assert add_account(store, replace(new, payee=payee), PASSWORD, admin, NOW).payee == payee


def test_a_change_of_rights_ends_open_sessions(store, admin, clerk):
    opened = enter(store)
    change_account(store, replace(clerk, roles=frozenset({Role.APPROVER})), admin, NOW)
    assert who_is(store, opened.token, NOW) is None
    assert enter(store).account.roles == {Role.APPROVER}
    change_account(store, replace(clerk, disabled=True), admin, NOW)
    with pytest.raises(SignInRefused):
        enter(store)


def test_nobody_shuts_themselves_out(store, admin):
    with pytest.raises(NotAcceptable, match="自己"):
        change_account(store, replace(admin, disabled=True), admin, NOW)


def test_a_password_is_changed_by_its_owner_or_reset(store, admin, clerk):
    opened = enter(store)
    with pytest.raises(SignInRefused):
        change_password(store, clerk, OTHER, OTHER, NOW)
    change_password(store, clerk, PASSWORD, OTHER, NOW)
    assert who_is(store, opened.token, NOW) is None
    assert enter(store, password=OTHER)
    reset_password(store, clerk, PASSWORD, admin, NOW)
    assert enter(store)
    with store.reading() as session:
        states = [event.state for event in session.access.events(BUREAU.bureau)]
    assert states == ["added", "added", "signed-in", "password", "signed-in", "password", "signed-in"]


def test_a_name_is_one_systems_for_good(store, admin):
    granted = frozenset({Scope.READ_PAYOUTS})
    client, _ = add_client(store, "核算中心", granted, admin, NOW)
    disable_client(store, client.client_id, admin, NOW)
    with pytest.raises(NotAcceptable, match="换一个"):
        add_client(store, " 核算中心 ", granted, admin, NOW)
    double = Client(BUREAU.bureau, "f" * 32, client.name, granted)
    with pytest.raises(IntegrityError), store.writing() as session:
        session.access.add_client(double, "")


def test_a_finance_system_gets_the_scopes_it_was_granted(store, admin):
    client, secret = add_client(
        store, "核算中心", frozenset({Scope.READ_PAYOUTS, Scope.READ_LEDGER}), admin, NOW
    )

    def ask(scopes=(), given=secret, now=NOW):
        return open_token(store, BUREAU.bureau, client.client_id, given, frozenset(scopes), HERE, now)

    token, granted = ask([Scope.READ_PAYOUTS, Scope.READ_AUDIT])
    assert granted == {Scope.READ_PAYOUTS}
    assert caller(store, token, NOW) == (client, granted)
    assert caller(store, token, NOW + ACCESS_LASTS) is None
    assert caller(store, token + "x", NOW) is None
    assert ask()[1] == client.scopes
    for _ in range(MOST["account"]):
        with pytest.raises(SignInRefused, match="不对"):
            ask(given="wrong")
    with pytest.raises(SignInRefused, match="一刻钟"):
        ask()
