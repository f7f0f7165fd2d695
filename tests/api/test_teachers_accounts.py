"""Accounts for all teachers: one each, by a link that works once, is nobody else's and is kept nowhere."""

import io
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from python_calamine import CalamineWorkbook

from api.files import XLSX
from api.rights import COOKIE
from payroll_service.access.accounts import Account
from payroll_service.access.passwords import matches
from payroll_service.access.roles import Role
from payroll_service.access.throttle import MOST
from payroll_service.access.tokens import HANDOUT_LASTS
from payroll_service.book.payee_records import units_of
from payroll_service.errors import NotAcceptable, SignInRefused
from payroll_service.export.handouts_xlsx import HEADINGS, Handout, handouts_xlsx
from payroll_service.store import open_store
from payroll_service.workflow.manage_accounts import change_account, find_account, page_accounts
from payroll_service.workflow.open_accounts import (
    count_waiting,
    open_teachers_accounts,
    renew_teachers_links,
)
from payroll_service.workflow.sign_in import find_reset, reset_by_link, sign_in
from tests import acts
from tests.api.conftest import ORIGIN
from tests.api.test_pages import form_token, post
from tests.store.test_vault import in_clear
from tests.workflow.conftest import NOW

PASSWORD = "correct horse battery"
ROLES = "/accounts/roles"


def persons(town):
    with town.store.reading() as session:
        return {who.payee_id: who for who in session.payees.all(town.bureau, "个人")}


def opened(town, **options) -> list[Handout]:
    return open_teachers_accounts(town.store, town.bureau, "admin", NOW, **options)


def renewed(town, **options) -> list[Handout]:
    return renew_teachers_links(town.store, town.bureau, "admin", NOW, **options)


def bound(town) -> Counter[str]:
    """How many accounts each payee has."""
    found = page_accounts(town.store, town.bureau, "", 10_000).items
    return Counter(each.payee for each in found if each.payee)


def enter(town, login, password=PASSWORD):
    return sign_in(town.store, town.bureau, login, password, "10.0.0.7", NOW)


def listed(content: bytes) -> list[list[str]]:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return [[str(cell) for cell in row] for row in rows]


def account_of(town, login) -> Account:
    found = find_account(town.store, town.bureau, login)
    assert found is not None
    return found


def test_everybody_has_one_account_and_asked_again_nobody_gets_another(town):
    people = persons(town)
    handouts = opened(town)
    assert len(handouts) == len(people) - 1, "the teacher of the town had one"
    assert set(bound(town).items()) == {(payee, 1) for payee in people}
    assert len({one.login for one in handouts}) == len({one.token for one in handouts}) == len(handouts)
    with pytest.raises(NotAcceptable, match="没有账号"):
        opened(town)
    with town.store.reading() as session:
        events = [one for one in session.access.events(town.bureau) if one.detail == "批量开户"]
        (read,) = [one for one in session.access.reads(town.bureau) if one.act == "accounts"]
    assert {one.actor for one in events} == {"admin"} == {read.actor}
    assert len(events) == len(handouts)


def test_two_who_open_at_once_make_one_account_each(town, database_url):
    """Two stores, as two processes have them."""
    other = open_store(database_url)

    def ask(store) -> int:
        try:
            return len(open_teachers_accounts(store, town.bureau, "admin", NOW))
        except NotAcceptable:
            return 0

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(ask, [town.store, other, town.store, other]))
    other.close()
    assert sorted(made) == [0, 0, 0, len(persons(town)) - 1]
    assert set(bound(town).values()) == {1}


def test_a_link_works_once_for_the_right_person_who_sees_her_own_pay_alone(town):
    acts.approve(town.store, town.bureau, town.run, "approver", NOW)
    people, one = persons(town), opened(town)[0]
    account = account_of(town, one.login)
    assert people[account.payee].label == re.sub("（.*", "", one.name)
    with pytest.raises(SignInRefused):
        enter(town, one.login, one.token)
    with pytest.raises(SignInRefused):
        enter(town, one.login, "")
    client, path = town.client(**ORIGIN), f"/reset/{one.token}"
    assert one.login in client.get(path).text
    assert client.post(path, data={"password": "short"}).status_code == 422
    assert client.post(path, data={"password": PASSWORD}).headers["location"] == "/sign-in"
    assert client.get(path).status_code == 404
    assert client.post(path, data={"password": "another of mine"}).status_code == 403
    client.cookies.set(COOKIE, enter(town, one.login).token)
    with town.store.reading() as session:
        records = {each.payee_id: each.content for each in session.runs.records(town.bureau, town.run)}
    own = client.get(f"/v1/me/payouts/{town.run}")
    assert own.content == records[account.payee]
    assert client.get(f"/v1/runs/{town.run}/payees/{town.payee}").status_code == 404
    assert client.get("/accounts").status_code == 404


def test_an_expired_link_is_refused_and_so_is_one_of_a_disabled_or_changed_account(town, database_url):
    late, disabled, changed = opened(town)[:3]
    assert find_reset(town.store, late.token, late.ends_at) is None
    assert late.ends_at == NOW + HANDOUT_LASTS
    with pytest.raises(SignInRefused):
        reset_by_link(town.store, late.token, PASSWORD, late.ends_at)
    admin = town.people[Role.ADMIN]
    for one, change in (
        (disabled, {"disabled": True}),
        (changed, {"roles": frozenset({Role.TEACHER, Role.CLERK})}),
    ):
        account = account_of(town, one.login)
        change_account(town.store, replace(account, **change), admin, NOW)
        assert find_reset(town.store, one.token, NOW) is None
    assert find_reset(town.store, late.token, NOW), "the others' still work"
    names = [who.label for who in persons(town).values()]
    assert in_clear(database_url, late.token, *names) == [], "neither a link nor a name"


def test_renewed_are_those_without_a_password_and_their_old_links_end(town):
    used, *unused = opened(town)
    reset_by_link(town.store, used.token, PASSWORD, NOW)
    again = renewed(town)
    assert [(one.login, one.name) for one in again] == [(one.login, one.name) for one in unused]
    assert not {one.token for one in again} & {one.token for one in unused}
    assert find_reset(town.store, unused[0].token, NOW) is None
    reset_by_link(town.store, again[0].token, PASSWORD, NOW)
    assert enter(town, again[0].login)
    assert enter(town, used.login), "whoever came in before is left alone"
    assert set(bound(town).values()) == {1}


def test_one_school_is_opened_by_code_or_name(town):
    with town.store.reading() as session:
        units = {one.unit for one in session.runs.totals(town.bureau, town.run)}
    every = len(persons(town)) - 1
    made = {unit: opened(town, unit=unit) for unit in sorted(units)}
    assert sum(map(len, made.values())) == every
    assert count_waiting(town.store, town.bureau).without_account == 0
    code, handouts = next((code, some) for code, some in made.items() if some)
    with town.store.reading() as session:
        names = dict(
            pair
            for one in session.runs.records(town.bureau, town.run)
            for pair in units_of(one.content).items()
        )
    logins = {one.login for one in handouts}
    assert logins <= {one.login for one in renewed(town, unit=code)}
    assert {one.login for one in renewed(town, unit=names[code])} == {
        one.login for one in renewed(town, unit=code)
    }
    with pytest.raises(NotAcceptable, match="没有这样的学校"):
        renewed(town, unit="没有这样的学校")


def test_namesakes_in_a_school_are_told_apart_and_the_list_has_no_id_number(town):
    people = persons(town)
    with town.store.writing() as session:
        session.payees.put_right([replace(who, label="王芳") for who in people.values()])
    handouts = opened(town)
    assert {re.sub(r"\w{4}）", "）", one.name) for one in handouts} == {"王芳（证件号码末四位 ）"}
    text = str(listed(handouts_xlsx(handouts, "https://payroll.test/")))
    assert not [who.number for who in people.values() if who.number in text]


def test_what_looks_like_a_formula_is_text(town):
    rows = listed(handouts_xlsx([Handout("=1+1", "@SUM(A1)", "t2", "x", NOW)], "https://payroll.test/"))
    assert rows[0] == list(HEADINGS)
    assert rows[1][:4] == ["=1+1", "@SUM(A1)", "t2", "https://payroll.test/reset/x"]


def test_an_account_without_a_password_matches_none():
    assert not matches("", "")
    assert not matches("", "somebody who is not there takes as long as somebody who is")


def test_guessing_at_an_account_without_a_password_is_throttled(town):
    one = opened(town)[0]
    for _ in range(MOST["account"]):
        with pytest.raises(SignInRefused, match="不对"):
            enter(town, one.login, "a guess of mine")
    with pytest.raises(SignInRefused, match="一刻钟"):
        enter(town, one.login, "a guess of mine")
    reset_by_link(town.store, one.token, PASSWORD, NOW)
    assert enter(town, one.login)


def test_the_page_counts_opens_and_hands_out_the_list_once(town):
    admin, every = town.of(Role.ADMIN), len(persons(town)) - 1
    assert f"没有账号的教职工 {every} 人" in admin.get("/accounts").text
    answer = post(admin, "/accounts/teachers", unit="", renew="")
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    assert answer.headers["cache-control"] == "private, no-store"
    head, *rows = listed(answer.content)
    assert (head, len(rows)) == (list(HEADINGS), every)
    assert rows[0][3].startswith("https://payroll.test/reset/")
    page = admin.get("/accounts").text
    assert "没有账号的教职工 0 人" in page
    assert f"还没有设密码的 {every} 人" in page
    assert rows[0][3].rpartition("/")[2] not in page
    twice = post(admin, "/accounts/teachers", unit="", renew="")
    assert (twice.status_code, "没有还没有账号的" in twice.text) == (422, True)
    other = town.client(**ORIGIN)
    link = rows[0][3].removeprefix("https://payroll.test")
    assert other.get(link).status_code == 200
    again = post(admin, "/accounts/teachers", unit="", renew="yes")
    assert other.get(link).status_code == 404
    assert [row[:3] for row in listed(again.content)[1:]] == [row[:3] for row in rows]
    assert "教职工账号的名单" in town.of(Role.AUDITOR).get("/access").text
    forged = admin.post("/accounts/teachers", data={"form_token": "made up"})
    assert forged.status_code == 403
    for role in set(Role) - {Role.ADMIN}:
        client = town.of(role)
        assert post(client, "/accounts/teachers").status_code == 404


def test_accounts_are_found_by_name_and_the_search_is_put_down(town):
    admin, handouts = town.of(Role.ADMIN), opened(town)
    one = handouts[-1]
    page = admin.get("/accounts").text
    assert "下一页" in page
    assert not [each.name for each in handouts if each.name in page], "a list of accounts names no payee"
    found = post(admin, "/accounts/search", text=one.name)
    assert (one.login in found.text, one.name in found.text) == (True, True)
    assert one.login in post(admin, "/accounts/search", text=one.login.upper()).text
    number = persons(town)[town.payee].number
    assert "教职工甲" not in post(admin, "/accounts/search", text=number).text, "the payee's own name"
    assert ">teacher</a>" in post(admin, "/accounts/search", text=number).text
    with town.store.reading() as session:
        reads = [each.act for each in session.access.reads(town.bureau)]
    assert reads == ["accounts"] * 5
    assert "没有这样的账号" in post(admin, "/accounts/search", text="没有这个人").text
    assert post(admin, "/accounts/search", text=" ").status_code == 422


def test_roles_are_changed_on_the_page(town):
    admin, clerk = town.of(Role.ADMIN), town.people[Role.CLERK]
    page = admin.get("/accounts?login=clerk").text
    assert "改角色：clerk" in page
    assert 'value="clerk" checked' in page
    done = admin.post(
        ROLES, data={"form_token": form_token(page), "account_id": clerk.account_id, "roles": ["approver"]}
    )
    assert (done.status_code, done.headers["location"]) == (303, "/accounts?login=clerk")
    assert 'value="approver" checked' in admin.get("/accounts?login=clerk").text
    for wrong in ({}, {"roles": ["approver", "auditor"]}, {"roles": "school_clerk"}, {"roles": "teacher"}):
        assert post(admin, ROLES, account_id=clerk.account_id, **wrong).status_code == 422, wrong
    own = town.people[Role.ADMIN].account_id
    assert (
        post(
            admin, ROLES, account_id=own, roles="teacher", number=persons(town)[town.payee].number
        ).status_code
        == 422
    )
    teacher = town.people[Role.TEACHER]
    both = post(admin, ROLES, account_id=teacher.account_id, roles=["teacher", "clerk"])
    assert both.status_code == 303
    changed = account_of(town, teacher.login)
    assert (changed.payee, len(changed.roles)) == (town.payee, 2)
    assert post(admin, ROLES, account_id=teacher.account_id, roles="clerk").status_code == 303
    assert account_of(town, teacher.login).payee == ""
