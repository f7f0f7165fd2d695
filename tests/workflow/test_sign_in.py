"""The first administrator, accounts, signing in, finance systems; on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from payroll_service.access.accounts import Account, Client
from payroll_service.access.roles import Role, Scope
from payroll_service.access.throttle import MOST, WINDOW
from payroll_service.access.tokens import ACCESS_LASTS, SESSION_LASTS, SETUP_LASTS, token_hash
from payroll_service.errors import NotAcceptable, SignInRefused
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
    is_open_for_setup,
    offer_setup,
    set_up,
    sign_in,
    sign_out,
    who_is,
)
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
    assert is_open_for_setup(store, token, NOW)
    assert not is_open_for_setup(store, token, NOW + SETUP_LASTS)
    assert not is_open_for_setup(store, "x" + token, NOW)
    later = offered(store)
    assert not is_open_for_setup(store, token, NOW), "a new start makes a new link"
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
    assert is_open_for_setup(store, token, NOW)


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
