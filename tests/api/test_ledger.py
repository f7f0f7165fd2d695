"""Money through the API: funded, prepared, approved by another, pulled by the finance system, its answer booked, owed again."""

import json
from itertools import count

import pytest

from payroll_service.access.roles import Role, Scope
from payroll_service.book.money import fen_text, grouped, text_fen
from tests import acts
from tests.workflow.conftest import BUREAU, NOW

KEYS = count()


def post(client, path, **body):
    return client.post(path, json=body, headers={"Idempotency-Key": f"a-new-key-{next(KEYS)}"})


def entitled_by_item(client):
    rows = client.get("/v1/arrears?by=item&day=2021-03-31").json()["rows"]
    return {row["key"]: text_fen(row["entitled"]) for row in rows}


@pytest.fixture
def approved(town):
    acts.approve(town.store, BUREAU.bureau, town.run, "approver", NOW)
    return town


@pytest.fixture
def owed(approved):
    """What each fund owes, by the API."""
    rows = approved.of(Role.CLERK).get("/v1/arrears?by=fund&day=2021-03-01").json()["rows"]
    return {row["key"]: text_fen(row["owed"]) for row in rows}


@pytest.fixture
def prepared(approved, owed):
    """A payment of what every fund owes, prepared."""
    clerk = approved.of(Role.CLERK)
    for fund, fen in owed.items():
        answer = post(
            clerk, "/v1/funding", fund=fund, amount=fen_text(fen), day="2021-03-01", reference="财教1号"
        )
        assert answer.status_code == 201, answer.text
        assert answer.json()["left"] == fen_text(fen)
    answer = post(clerk, "/v1/payments", day="2021-03-02")
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_payment_is_prepared_by_one_and_approved_by_another(approved, prepared, owed):
    path = f"/v1/payments/{prepared['number']}"
    shown = approved.of(Role.APPROVER).get(path).json()
    assert shown == prepared
    assert text_fen(shown["gross"]) == sum(owed.values())
    assert post(approved.of(Role.CLERK), f"{path}/approval").status_code == 404, "not a clerk's act"
    done = post(approved.of(Role.APPROVER), f"{path}/approval")
    assert done.status_code == 201, done.text
    assert done.json() | {"movement": None} == prepared
    assert done.json()["movement"]["approved_by"] == "approver"
    assert approved.of(Role.AUDITOR).get(path).json() == done.json()
    again = post(approved.of(Role.APPROVER), f"{path}/approval")
    assert again.status_code == 404, "approved once"


def test_what_the_book_says_moves_with_what_was_shown(approved, prepared):
    path = f"/v1/payments/{prepared['number']}"
    fund = prepared["funds"][0]["fund"]
    post(
        approved.of(Role.CLERK),
        "/v1/funding",
        fund=fund,
        amount="1.00",
        day="2021-03-02",
        reference="财教1号",
    )
    assert approved.of(Role.APPROVER).get(path).json()["type"] == "/problems/overtaken"
    assert post(approved.of(Role.APPROVER), f"{path}/approval").status_code == 409


def test_a_finance_system_pulls_the_payees_and_sends_back_whom_the_bank_refused(approved, prepared, owed):
    path = f"/v1/payments/{prepared['number']}"
    system = approved.system(Scope.READ_LEDGER, Scope.WRITE_PAYMENTS)
    assert system.get(f"{path}/payees").status_code == 404, "nobody pays from a draft"
    post(approved.of(Role.APPROVER), f"{path}/approval")
    people = [json.loads(line) for line in system.get(f"{path}/payees").text.splitlines()]
    assert len(people) == prepared["payees"]
    assert sum(text_fen(one["net"]) for one in people) == text_fen(prepared["net"])
    first = people[0]
    booked = post(
        system,
        f"{path}/results",
        day="2021-03-05",
        rejected=[{"payee": first["payee"], "reason": "账号户名不符"}],
    )
    assert booked.status_code == 201, booked.text
    assert booked.json()["prepared_by"] == "系统 核算中心"
    again = post(
        system, f"{path}/results", day="2021-03-05", rejected=[{"payee": first["payee"], "reason": "再次"}]
    )
    assert again.status_code == 404, "it came back already"
    claims = [json.loads(line) for line in system.get("/v1/entitlements").text.splitlines()]
    assert all(
        text_fen(each["entitled"]) == text_fen(each["paid"]) + text_fen(each["owed"]) for each in claims
    )
    assert sum(text_fen(each["paid"]) for each in claims if each["payee"] == first["payee"]) == 0
    reads = approved.of(Role.AUDITOR).get("/v1/audit/access").json()["reads"]
    assert {read["act"] for read in reads} == {f"payment list {prepared['number']}", "entitlements"}


def test_part_of_a_payment_comes_back(approved, prepared):
    path = f"/v1/payments/{prepared['number']}"
    post(approved.of(Role.APPROVER), f"{path}/approval")
    asked = {"payee": approved.payee, "amount": "0.01", "day": "2021-03-08", "reason": "多付退回"}
    back = post(approved.of(Role.CLERK), f"{path}/returns", **asked)
    assert (back.status_code, back.json()["amount"]) == (201, "-0.01"), back.text
    too_much = post(approved.of(Role.CLERK), f"{path}/returns", **(asked | {"amount": "99999999.00"}))
    assert too_much.json()["type"] == "/problems/not-in-book"
    with approved.store.reading() as session:
        number = session.payees.get(BUREAU.bureau, approved.payee).number
    assert number[-4:] in too_much.json()["detail"]
    assert number not in too_much.text, "who names somebody by an id is not told the number"


def test_a_teacher_sees_what_is_owed_and_why(approved, prepared):
    path = f"/v1/payments/{prepared['number']}"
    post(approved.of(Role.APPROVER), f"{path}/approval")
    refused = [{"payee": approved.payee, "reason": "账号已注销"}]
    post(approved.of(Role.CLERK), f"{path}/results", day="2021-03-05", rejected=refused)
    mine = approved.of(Role.TEACHER).get("/v1/me/arrears").json()["claims"]
    assert mine == approved.of(Role.CLERK).get(f"/v1/arrears/payees/{approved.payee}").json()["claims"]
    assert any("账号已注销" in reason for claim in mine for reason in claim["reasons"])
    for claim in mine:
        steps = {
            paid: sum(text_fen(step["amount"]) for step in claim["steps"] if step["paid"] == paid)
            for paid in (True, False)
        }
        assert (fen_text(steps[False]), fen_text(steps[True])) == (claim["entitled"], claim["paid"])


def test_deductions_make_the_net(approved, owed):
    clerk = approved.of(Role.CLERK)
    for fund, fen in owed.items():
        post(clerk, "/v1/funding", fund=fund, amount=fen_text(fen), day="2021-03-01", reference="财教1号")
    tax = {"payee": approved.payee, "name": "个人所得税", "amount": "1.23"}
    prepared = post(clerk, "/v1/payments", day="2021-03-02", deductions=[tax]).json()
    assert text_fen(prepared["gross"]) - text_fen(prepared["net"]) == 123
    stranger = post(clerk, "/v1/payments", day="2021-03-02", deductions=[tax | {"payee": "0" * 32}])
    assert stranger.json()["type"] == "/problems/unknown-payee"


def test_an_adjustment_needs_two_persons_and_is_granted(approved, owed):
    clerk = approved.of(Role.CLERK)
    before = entitled_by_item(clerk)
    claim = approved.of(Role.TEACHER).get("/v1/me/arrears").json()["claims"][0]
    asked = {name: claim[name] for name in ("item", "unit", "fund", "earned")}
    draft = post(
        clerk,
        "/v1/adjustments",
        payee=approved.payee,
        amount="5.00",
        day="2021-03-02",
        reason="漏报",
        **asked,
    )
    assert draft.status_code == 201, draft.text
    assert clerk.get("/v1/movements").json()["waiting"] == [draft.json()]
    done = post(approved.of(Role.APPROVER), f"/v1/adjustments/{draft.json()['number']}/approval")
    assert done.status_code == 201, done.text
    assert entitled_by_item(clerk) == before | {claim["item"]: before[claim["item"]] + 500}


def test_movements_are_listed_in_pages(approved, prepared):
    post(approved.of(Role.APPROVER), f"/v1/payments/{prepared['number']}/approval")
    everything = approved.of(Role.AUDITOR).get("/v1/movements").json()
    assert everything["next"] is None
    page = approved.of(Role.AUDITOR).get("/v1/movements?limit=1").json()
    pages = page["movements"]
    while page["next"] is not None:
        page = approved.of(Role.AUDITOR).get(f"/v1/movements?limit=1&after={page['next']}").json()
        pages += page["movements"]
    assert pages == everything["movements"]
    assert [one["kind"] for one in pages] == ["funding", "payment"]
    assert everything["waiting"] == []


def test_the_auditor_has_the_book_proved(approved, prepared):
    found = approved.of(Role.AUDITOR).get("/v1/audit/book").json()
    assert found["sound"]
    assert found["checks"]
    assert len(found["digest"]) == 64


@pytest.mark.parametrize(
    "body",
    [
        {"fund": "绩效", "amount": "1", "day": "2021-03-01"},
        {"fund": "绩效", "amount": "1.005", "day": "2021-03-01"},
        {"fund": "绩效", "amount": 1.0, "day": "2021-03-01"},
        {"fund": "绩效", "amount": "99999999999999999999.00", "day": "2021-03-01"},
        {"fund": "绩效", "amount": "1.00", "day": "yesterday"},
        {"fund": "绩\0效", "amount": "1.00", "day": "2021-03-01"},
        {"fund": "绩效", "amount": "1.00", "day": "2021-03-01", "item": ["101"]},
    ],
)
def test_what_is_malformed_is_refused_and_nothing_recorded(approved, body):
    answer = post(approved.of(Role.CLERK), "/v1/funding", **body)
    assert answer.status_code == 422
    assert approved.of(Role.CLERK).get("/v1/movements").json()["movements"] == []


@pytest.mark.parametrize("reference", [{}, {"reference": ""}, {"reference": " "}])
def test_money_is_put_down_with_the_document_it_rests_on(approved, reference):
    clerk, asked = approved.of(Role.CLERK), {"fund": "绩效", "amount": "1.00", "day": "2021-03-01"}
    refused = post(clerk, "/v1/funding", **asked, **reference)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/not-acceptable")
    assert "依据的文号" in refused.json()["detail"]
    assert clerk.get("/v1/movements").json()["movements"] == []
    put_down = post(clerk, "/v1/funding", **asked, reference="财教1号").json()["movement"]
    assert put_down["reference"] == "财教1号"
    back = post(clerk, "/v1/funding", **asked | {"amount": "-1.00"}, corrects=put_down["number"], **reference)
    assert back.status_code == 201, "it rests on the entry that it takes back"


def test_a_teacher_sees_how_far_the_money_has_come(approved, prepared):
    teacher = approved.of(Role.TEACHER)
    total = json.loads(teacher.get(f"/v1/me/payouts/{approved.run}").content)["total"]
    owed = grouped(text_fen(total))
    before = teacher.get("/my").text
    assert "还没有付" in before
    assert f"还欠 <strong>{owed}</strong>" in before
    mine = teacher.get(f"/my/{approved.run}").text
    assert f"还欠 {owed}" in mine
    assert "还没有付过款" in mine
    paid = post(approved.of(Role.APPROVER), f"/v1/payments/{prepared['number']}/approval")
    assert paid.status_code == 201
    after = teacher.get("/my").text
    assert "已付" in after
    assert "还欠 <strong>0.00</strong>" in after
    assert "付清了" in teacher.get(f"/my/{approved.run}").text
