"""Bank accounts through the API and the pages: proposed by the clerk, approved by another, seen masked by the teacher."""

import re
from dataclasses import replace

import pytest

from payroll_service.access.roles import Role
from tests.api.test_pages import form_token, post
from tests.workflow.conftest import BUREAU

CARD = "6228480000000000018"


def key(word: str) -> dict[str, str]:
    return {"Idempotency-Key": f"a-key-{word}"}


@pytest.fixture
def number(town):
    with town.store.reading() as session:
        return session.payees.get(BUREAU.bureau, town.payee).number


def propose(town, **changes):
    asked = {
        "reason": "新开户",
        "accounts": [{"payee": town.payee, "bank": "农信社", "account": CARD} | changes],
    }
    return town.of(Role.CLERK).post("/v1/account-changes", json=asked, headers=key("propose"))


def test_an_account_is_proposed_approved_and_seen_masked(town, number):
    clerk, teacher = town.of(Role.CLERK), town.of(Role.TEACHER)
    (found,) = clerk.post("/v1/payees/search", json={"text": number}).json()["payees"]
    assert (found["payee"], found["number"], found["account"]) == (town.payee, f"****{number[-4:]}", "")
    made = propose(town)
    assert made.status_code == 201, made.text
    assert (made.json()["state"], made.json()["accounts"][0]["account"]) == ("open", "****0018")
    assert propose(town).content == made.content, "the same key, the same answer"
    path = f"/v1/account-changes/{made.json()['number']}"
    assert clerk.post(f"{path}/approval", headers=key("approve")).status_code == 404
    assert teacher.get("/v1/me/account").json() == {"bank": "", "account": "", "changes": []}
    done = town.of(Role.APPROVER).post(f"{path}/approval", headers=key("approve"))
    assert done.status_code == 201, done.text
    assert (done.json()["state"], done.json()["decided_by"]) == ("approved", "approver")
    own = teacher.get("/v1/me/account").json()
    assert (own["bank"], own["account"]) == ("农信社", "****0018")
    assert [(one["proposed_by"], one["decided_by"]) for one in own["changes"]] == [("clerk", "approver")]
    auditor = town.of(Role.AUDITOR)
    assert [one["state"] for one in auditor.get("/v1/account-changes").json()["changes"]] == ["approved"]
    assert auditor.get(f"/v1/payees/{town.payee}").json()["changes"][0]["number"] == 1
    late = clerk.post(f"{path}/withdrawal", json={"reason": "错了"}, headers=key("withdraw"))
    assert late.status_code == 404
    assert late.json()["type"] == "/problems/not-in-book"


def test_no_answer_and_nothing_that_is_kept_has_the_whole_number(town, number):
    made = propose(town)
    shown = [made.text, town.of(Role.AUDITOR).get(f"/v1/account-changes/{made.json()['number']}").text]
    shown += [town.of(Role.CLERK).get(f"/v1/payees/{town.payee}").text]
    with town.store.reading() as session:
        shown.append(session.answers.find(BUREAU.bureau, "clerk", "a-key-propose").content.decode())
    assert [text for text in shown if CARD in text or number in text] == []


def test_what_is_wrong_with_an_account_is_a_problem_and_stores_nothing(town):
    refused = propose(town, account="12")
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/unsound-file")
    assert "不像银行账号" in refused.json()["detail"]
    assert propose(town, payee="0" * 32).status_code == 422
    assert town.of(Role.CLERK).get("/v1/account-changes").json()["changes"] == []


def test_on_the_pages(town, number):
    clerk, approver, teacher = (town.of(role) for role in (Role.CLERK, Role.APPROVER, Role.TEACHER))
    found = post(clerk, "/payees", text=number)
    assert f"/payees/{town.payee}" in found.text
    assert number not in re.sub(r'value="[^"]*"', "", found.text)
    assert "没有找到" in post(clerk, "/payees", text="没有的人").text
    assert post(clerk, "/payees", text=" ").status_code == 422
    wrong = post(clerk, f"/payees/{town.payee}", bank="农信社", account="12", reason="新开户")
    assert wrong.status_code == 422
    assert 'value="新开户"' in wrong.text, "what was filled in is not lost"
    made = post(clerk, f"/payees/{town.payee}", bank="农信社", account=CARD, reason="新开户")
    assert made.headers["location"] == "/account-changes/1"
    page = clerk.get("/account-changes/1").text
    assert "待批准" in page
    assert CARD not in page
    assert "批准</button>" not in page
    html = approver.get("/account-changes/1").text
    assert CARD in html, "whoever approves compares it with the bank's paper"
    done = approver.post("/account-changes/1/approve", data={"form_token": form_token(html)})
    assert done.status_code == 303
    html = approver.get("/account-changes/1").text
    assert "已批准" in html
    assert CARD not in html
    again = post(approver, "/account-changes/1/approve")
    assert again.status_code == 409
    assert "approver 提出" not in again.text
    mine = teacher.get("/my").text
    assert "农信社 ****0018" in mine
    assert "clerk 提出，approver 批准" in mine


def test_who_proposed_cannot_approve_on_the_page_either(town):
    both = town.people[Role.APPROVER]
    with town.store.writing() as session:
        session.access.change(replace(both, roles=frozenset({Role.CLERK, Role.APPROVER})))
    client = town.of(Role.APPROVER)
    post(client, f"/payees/{town.payee}", bank="农信社", account=CARD, reason="新开户")
    refused = post(client, "/account-changes/1/approve")
    assert refused.status_code == 409
    assert "本人不能批准" in refused.text
    assert post(client, "/account-changes/1/withdraw", reason="写错").status_code == 303
    assert "已撤回" in client.get("/account-changes/1").text
