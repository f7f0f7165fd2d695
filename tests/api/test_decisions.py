"""Decisions about one payee's payments, on the page and through the API: held, released, instalments, money handed back."""

import re
from datetime import timedelta
from html import unescape

import pytest

from payroll_service.access.roles import Role, Scope
from payroll_service.book.money import text_fen
from payroll_service.workflow.list_movements import list_movements
from tests.api.test_ledger import approved, owed, post  # noqa: F401
from tests.api.test_payment_pages import adjust, funded, hidden, kinds, paid, prepare, send  # noqa: F401
from tests.workflow.conftest import BUREAU, NOW

WHY = "去世，继承人待公证"
ACTS = ("hold", "release", "instalments", "repayments")


@pytest.fixture
def overpaid(paid):  # noqa: F811
    """The payee was paid 5.00 too much: what was granted is less by now."""
    assert adjust(paid, amount="-5").headers["location"] == "/adjustments/2"
    approver = paid.of(Role.APPROVER)
    assert send(approver, "/adjustments/2", "/adjustments/2/approve").status_code == 303
    return paid


def decide(town, act, **fields):
    """Fill in a form of the payee's page."""
    path = f"/arrears/{town.payee}"
    return send(town.of(Role.CLERK), path, f"{path}/{act}", **fields)


def shown(town, role=Role.CLERK) -> str:
    return town.of(role).get(f"/arrears/{town.payee}").text


def acts_of(html: str) -> list[str]:
    """What the forms of a payee's page do."""
    return re.findall(r'<form method="post" action="/arrears/[0-9a-f]{32}/([a-z]+)"', html)


def decided(town) -> list[tuple[str, str]]:
    with town.store.reading() as session:
        return [(event.state, event.actor) for event in session.ledger.payee_log(BUREAU.bureau)]


def state(town) -> dict[str, object]:
    """What the API says of the payee besides the claims."""
    told = town.of(Role.AUDITOR).get(f"/v1/arrears/payees/{town.payee}").json()
    return {name: told[name] for name in ("held", "instalment")}


def number_of(town) -> str:
    with town.store.reading() as session:
        return session.payees.get(BUREAU.bureau, town.payee).number


def test_a_payee_is_held_on_the_page_skipped_and_paid_again(funded):  # noqa: F811
    assert "没有停付" in shown(funded)
    assert decide(funded, "hold", reason=WHY).headers["location"] == f"/arrears/{funded.payee}"
    for role in (Role.CLERK, Role.APPROVER, Role.AUDITOR):
        html = shown(funded, role)
        assert f"停付</span>：{WHY}。2021-03-01 16:01 由 clerk 登记" in html
        assert acts_of(html) == (["release", "instalments", "adjust"] if role is Role.CLERK else [])
    owing = funded.of(Role.AUDITOR).get(f"/v1/arrears/payees/{funded.payee}").json()["claims"]
    prepare(funded.of(Role.CLERK))
    funds = funded.of(Role.AUDITOR).get("/v1/payments/1").json()["funds"]
    assert sum(text_fen(one["held"]) for one in funds) == sum(text_fen(one["owed"]) for one in owing) > 0
    assert decide(funded, "release", reason="公证书〔2021〕12号").status_code == 303
    assert "没有停付" in shown(funded)
    assert acts_of(shown(funded)) == ["hold", "instalments", "adjust"]
    assert decided(funded) == [("held", "clerk"), ("released", "clerk")]


def test_who_is_held_is_marked_in_the_list(approved):  # noqa: F811
    decide(approved, "hold", reason=WHY)
    auditor, path, marked = approved.of(Role.AUDITOR), "/arrears?by=payee&day=2021-03-31", []
    while path:
        html = auditor.get(path).text
        marked += re.findall(r'<a href="/arrears/([0-9a-f]{32})">[^<]+</a> <span class="bad">停付', html)
        onward = re.search(r'<a href="(/arrears[^"]+after=[^"]+)">', html)
        path = unescape(onward[1]) if onward else ""
    assert marked == [approved.payee]


def test_two_clicks_hold_once(approved):  # noqa: F811
    clerk, path = approved.of(Role.CLERK), f"/arrears/{approved.payee}"
    sent, late = (hidden(clerk.get(path).text, f"{path}/hold") | {"reason": why} for why in (WHY, "调查"))
    assert [clerk.post(f"{path}/hold", data=sent).headers["location"] for _ in range(2)] == [path] * 2
    other = clerk.post(f"{path}/hold", data=sent | {"reason": "别的"})
    assert (other.status_code, "已经交过" in other.text) == (409, True)
    second = clerk.post(f"{path}/hold", data=late)
    assert (second.status_code, f"已经停付：{WHY}" in second.text) == (409, True)
    made_up = clerk.post(f"{path}/release", data=sent | {"form_token": "made up"})
    assert made_up.status_code == 403
    assert decided(approved) == [("held", "clerk")]


def test_instalments_are_agreed_on_the_page_and_shown(approved):  # noqa: F811
    assert "没有抵扣约定" in shown(approved, Role.AUDITOR)
    assert decide(approved, "instalments", amount="1,000.5", reason="家庭困难").status_code == 303
    assert "每次付款最多抵扣 1,000.50 元（家庭困难）" in shown(approved, Role.AUDITOR)
    assert state(approved)["instalment"] == "1000.50"
    assert decide(approved, "instalments", amount="0", reason="暂缓").status_code == 303
    assert "暂不抵扣（暂缓）" in shown(approved)
    assert state(approved)["instalment"] == "0.00"


def test_what_was_handed_back_is_booked_where_something_is_to_be_recovered(overpaid):
    clerk, path = overpaid.of(Role.CLERK), f"/arrears/{overpaid.payee}"
    html = clerk.get(path).text
    assert "应追回 5.00" in html
    assert acts_of(html) == ["hold", "instalments", "repayments", "adjust"]
    asked = {"fund": "绩效", "amount": "5", "day": "2021-03-05", "reference": "收据7"}
    sent = hidden(html, f"{path}/repayments") | asked
    clicks = [clerk.post(f"{path}/repayments", data=sent) for _ in range(2)]
    assert [each.headers["location"] for each in clicks] == [path] * 2
    assert kinds(overpaid) == ["funding", "payment", "adjustment", "repayment"]
    last = list_movements(overpaid.store, BUREAU.bureau).movements[-1]
    assert (last.amount_fen, last.reference, last.prepared_by) == (-500, "收据7", "clerk")
    assert "repayments" not in acts_of(shown(overpaid)), "nothing is to be recovered any more"
    assert overpaid.of(Role.AUDITOR).get("/v1/audit/book").json()["sound"]


def test_what_is_refused_is_told_and_what_was_filled_in_is_kept(overpaid):
    asked = {
        "hold": {"reason": WHY},
        "instalments": {"amount": "4.25", "reason": "家庭困难"},
        "repayments": {"fund": "绩效", "amount": "4.25", "day": "2021-03-05", "reference": "收据7"},
    }
    for act, wrong, told in (
        ("hold", {"reason": " "}, "没有写理由"),
        ("instalments", {"amount": "一百"}, "看不懂金额"),
        ("instalments", {"amount": "-1"}, "不能是负数"),
        ("instalments", {"reason": " "}, "没有写理由"),
        ("repayments", {"amount": "5.01"}, "应追回的是 5.00"),
        ("repayments", {"amount": "0"}, "应追回的是 5.00"),
        ("repayments", {"day": "昨天"}, "看不懂日期"),
        ("repayments", {"day": "2031-03-05"}, "请核对年份"),
        ("repayments", {"fund": "别的"}, "应追回的是 0.00"),
    ):
        filled = asked[act] | wrong
        answer = decide(overpaid, act, **filled)
        assert (answer.status_code, told in answer.text) == (409, True), filled
        assert number_of(overpaid) not in answer.text
        (opened,) = re.findall(r'<details class="card" open>(.*?)</details>', answer.text, re.DOTALL)
        assert f'/{act}"' in opened, filled
        for name in filled.keys() - {"fund"}:
            assert re.search(f'<input [^>]*name="{name}"[^>]* value="{filled[name]}"', opened), name
    assert (decided(overpaid), kinds(overpaid)[-1]) == ([], "adjustment")


def test_holding_and_releasing_through_the_api(approved):  # noqa: F811
    clerk, path = approved.of(Role.CLERK), f"/v1/arrears/payees/{approved.payee}"
    assert state(approved) == {"held": None, "instalment": None}
    key = {"Idempotency-Key": "hold-1-2021"}
    first, again = (clerk.post(f"{path}/hold", json={"reason": WHY}, headers=key) for _ in range(2))
    assert (first.status_code, first.content) == (201, again.content)
    at = (NOW + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    held = {"reason": WHY, "by": "clerk", "at": at}
    assert first.json() == {"currency": "CNY", "held": held, "instalment": None}
    assert state(approved) == {"held": held, "instalment": None}
    other = clerk.post(f"{path}/hold", json={"reason": "别的"}, headers=key)
    assert other.json()["type"] == "/problems/key-reused"
    assert post(clerk, f"{path}/hold", reason="调查").json()["type"] == "/problems/not-in-book"
    assert decided(approved) == [("held", "clerk")]
    released = post(clerk, f"{path}/release", reason="公证书")
    assert (released.status_code, released.json()["held"]) == (201, None)
    assert post(clerk, f"{path}/release", reason="公证书").json()["type"] == "/problems/not-in-book"
    assert decided(approved) == [("held", "clerk"), ("released", "clerk")]
    stranger = post(clerk, f"/v1/arrears/payees/{'0' * 32}/hold", reason=WHY)
    assert (stranger.status_code, stranger.json()["type"]) == (404, "/problems/unknown-payee")


def test_recovering_through_the_api(overpaid):
    clerk, path = overpaid.of(Role.CLERK), f"/v1/arrears/payees/{overpaid.payee}"
    agreed = post(clerk, f"{path}/instalments", amount="100.00", reason="协商分期")
    assert (agreed.status_code, agreed.json()["instalment"]) == (201, "100.00")
    asked = {"fund": "绩效", "amount": "2.00", "day": "2021-03-05", "reference": "收据7"}
    over = post(clerk, f"{path}/repayments", **asked | {"amount": "5.01"})
    assert over.json()["type"] == "/problems/not-in-book"
    assert number_of(overpaid) not in over.text, "whom it is about is known by an id"
    key = {"Idempotency-Key": "back-1-2021"}
    first, again = (clerk.post(f"{path}/repayments", json=asked, headers=key) for _ in range(2))
    assert (first.status_code, first.content) == (201, again.content)
    assert {name: first.json()[name] for name in ("kind", "amount", "reference", "payees")} == {
        "kind": "repayment", "amount": "-2.00", "reference": "收据7", "payees": 1,
    }  # fmt: skip
    claims = clerk.get(f"/v1/arrears/payees/{overpaid.payee}").json()["claims"]
    assert sum(text_fen(claim["owed"]) for claim in claims) == -300
    assert kinds(overpaid) == ["funding", "payment", "adjustment", "repayment"]


def test_what_is_malformed_decides_nothing(approved):  # noqa: F811
    clerk = approved.of(Role.CLERK)
    for act, body in (
        ("hold", {}),
        ("hold", {"reason": " "}),
        ("release", {"reason": "好了", "until": "2021-03-05"}),
        ("instalments", {"amount": "-1.00", "reason": "分期"}),
        ("instalments", {"amount": 1.0, "reason": "分期"}),
        ("instalments", {"amount": "1", "reason": "分期"}),
        ("repayments", {"fund": "绩效", "amount": "1.005", "day": "2021-03-05"}),
        ("repayments", {"fund": "绩效", "amount": "1.00", "day": "昨天"}),
        ("repayments", {"amount": "1.00", "day": "2021-03-05"}),
    ):
        assert post(clerk, f"/v1/arrears/payees/{approved.payee}/{act}", **body).status_code == 422, (
            act,
            body,
        )
    assert (decided(approved), kinds(approved)) == ([], [])


def test_who_may_not_decide_finds_nothing(approved):  # noqa: F811
    others = [approved.of(role) for role in Role if role is not Role.CLERK]
    sent = {"form_token": "x", "key": "k" * 43, "reason": WHY}
    for client in (*others, approved.system(*Scope)):
        for act in ACTS:
            page = client.post(f"/arrears/{approved.payee}/{act}", data=sent)
            assert (page.status_code, "没有找到" in page.text) == (404, True), act
            told = post(client, f"/v1/arrears/payees/{approved.payee}/{act}", reason=WHY)
            assert (told.status_code, told.json()["type"]) == (404, "/problems/not-there"), act
    assert decided(approved) == []


def test_a_teacher_reads_no_more_than_why_each_claim_is_owed(approved):  # noqa: F811
    decide(approved, "hold", reason=WHY)
    decide(approved, "instalments", amount="77", reason="家庭困难")
    teacher = approved.of(Role.TEACHER)
    mine = teacher.get("/v1/me/arrears").json()
    assert mine.keys() == {"currency", "claims"}
    assert (
        mine["claims"] == approved.of(Role.CLERK).get(f"/v1/arrears/payees/{approved.payee}").json()["claims"]
    )
    pages = teacher.get("/my").text + teacher.get(f"/my/{approved.run}").text
    assert "家庭困难" not in pages
    assert "由 clerk" not in pages
