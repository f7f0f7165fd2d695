"""Whoever is answered another person's number, name, account or pay is put down; the routes that tell any are listed here."""

import io
import zipfile
from datetime import timedelta

import pytest

from api.metrics import Monitoring
from api.rights import rights_of, routes_of
from payroll_service.access.roles import Role, Scope
from payroll_service.book.ledger.settlement import funds_of
from payroll_service.book.receipt import read_receipt
from payroll_service.book.records import Objection, RunPublication
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.ledger import all_payees, read_ledger
from payroll_service.workflow.pay_claims import PayRequest, approve_payment, prepare_payment
from payroll_service.workflow.set_bank_account import WantedAccount, approve_accounts, propose_accounts
from tests import acts
from tests.api.test_pages import post
from tests.api.test_payees import CARD
from tests.api.test_rights import filled
from tests.store.test_vault import in_clear
from tests.workflow.conftest import BUREAU, NOW

TELLING = {
    "GET /v1/payments/{number}/payees",
    "GET /runs/{run_id}/findings",
    "GET /v1/runs/{run_id}/findings",
    "GET /v1/runs/{run_id}/notice",
    "GET /v1/runs/{run_id}/payouts.csv",
    "GET /v1/runs/{run_id}/tables",
    "POST /v1/payments/{number}/bank-files",
    "GET /account-changes/{change}",
    "GET /objections",
    "GET /arrears/{payee}",
    "GET /payees/{payee}",
    "GET /payments/{number}/payees",
    "GET /payments/{number}/payees/{payee}",
    "GET /v1/account-changes/{change}",
    "GET /v1/objections",
    "GET /v1/objections/{number}",
    "GET /v1/payees/{payee}",
    "GET /runs/{run_id}/payees/{payee}",
    "GET /v1/runs/{run_id}/payees/{payee}",
    "GET /v1/runs/{run_id}/payees/{payee}/explanation",
    "GET /v1/runs/{run_id}/payouts",
    "POST /accounts/search",
    "POST /accounts/teachers",
    "POST /payees",
    "POST /v1/payees/search",
}
OWN = ("/my", "/v1/me")


def lived_in(town) -> None:
    """The run approved, published and objected to; an account changed; one payee's part paid."""
    acts.approve(town.store, town.bureau, town.run, "approver", NOW)
    wanted = [WantedAccount(CARD, "农信社", payee_id=town.payee)]
    propose_accounts(town.store, town.bureau, wanted, "新开户", "clerk", NOW)
    approve_accounts(town.store, town.bureau, 1, "approver", NOW)
    pay(town)
    days = (NOW.date(), NOW.date() + timedelta(7), 5, 5, NOW.date() + timedelta(14))
    with town.store.writing() as session:
        item = read_receipt(session.runs.receipt(town.bureau, town.run)).items[0].number
        session.objections.publish(RunPublication(town.bureau, town.run, 0, "clerk", NOW, *days, ""))
        raised = (item, "score", "少一分", NOW, "teacher", days[1])
        session.objections.add(Objection(town.bureau, 0, town.run, town.payee, *raised))


@pytest.fixture
def words(town):
    """What tells of a person, in a town that is lived in: number, name, account, the bytes of a payout."""
    lived_in(town)
    with town.store.reading() as session:
        people = session.payees.all(BUREAU.bureau, "个人")
        paid = session.runs.record(BUREAU.bureau, town.run, town.payee).content
    return [CARD, paid.decode(), *(who.number for who in people), *(who.label for who in people)]


def pay(town) -> None:
    """One payee's part, so that everybody who is paid has an account."""
    fund(town)
    with town.store.reading() as session:
        number = next(
            one.number for one in all_payees(session, town.bureau).values() if one.payee_id == town.payee
        )
    request = PayRequest(NOW.date(), payee=number)
    prepared = prepare_payment(town.store, town.bureau, request, "clerk", NOW)
    approve_payment(town.store, town.bureau, prepared.number, "approver", NOW)


def fund(town) -> None:
    """More than enough in every fund."""
    with town.store.reading() as session:
        funds = sorted(funds_of(read_ledger(session, town.bureau).balances))
    for name in funds:
        fund_book(
            town.store, town.bureau, Funding(name, 10**9, NOW.date(), reference="财教1号"), "clerk", NOW
        )


def told(answer) -> str:
    """The text of an answer; of files that are packed, that of what is in them."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def reads(town) -> int:
    with town.store.reading() as session:
        return len(session.access.reads(BUREAU.bureau))


def asked(town, client, method, path, words):
    """The answer, with something to look for where a route looks for something."""
    if method == "GET":
        return client.get(path)
    if path == "/v1/payees/search":
        return client.post(path, json={"text": words[-1]})
    if path in ("/payees", "/accounts/search", "/accounts/teachers"):
        return post(client, path, text="teacher" if path == "/accounts/search" else words[-1])
    body = {"format": "pipe"} if path.endswith("/bank-files") else {"accounts": "accounts"}
    return client.request(method, path, json=body, headers={"Idempotency-Key": "a-key-of-mine"})


def test_every_route_that_tells_of_another_person_puts_it_down(town, words):
    telling = set()
    for route in routes_of(town.app):
        (rights,) = rights_of(route)
        if rights.public or isinstance(rights, Monitoring) or route.path.startswith(OWN):
            continue
        path = filled(town, route.path)
        clients = [town.of(role) for role in Role if role in rights.roles]
        clients += [town.system(scope) for scope in Scope if scope in rights.scopes]
        for method in route.methods or ():
            for client in clients:
                before = reads(town)
                text = told(asked(town, client, method, path, words))
                if any(word in text for word in words):
                    telling.add(f"{method} {route.path}")
                    assert reads(town) > before, (
                        f"{method} {route.path} tells of a person and puts nothing down"
                    )
    assert telling == TELLING


def test_no_number_name_or_account_is_at_rest_in_clear(town, words, database_url):
    """After an import, a run, an approval, an account and an objection: not in any file or table, detail or log."""
    people = [word for word in words if not word.startswith("{")]
    assert len(people) > 20
    assert in_clear(database_url, *people) == []
    assert in_clear(database_url, BUREAU.name) == [BUREAU.name], "the search finds what is there"


def test_the_auditor_reads_who_read_page_by_page(town):
    clerk, auditor = town.of(Role.CLERK), town.of(Role.AUDITOR)
    for _ in range(3):
        clerk.get(f"/v1/payees/{town.payee}")
    clerk.get(f"/v1/runs/{town.run}/payees/{town.payee}")
    first = auditor.get("/v1/audit/access", params={"limit": 3}).json()
    assert [one["number"] for one in first["reads"]] == [4, 3, 2]
    told = first["reads"][0]
    assert (told["actor"], told["act"], told["payee"]) == ("clerk", f"payout {town.run}", town.payee)
    rest = auditor.get("/v1/audit/access", params={"limit": 3, "after": first["next"]}).json()
    assert ([one["number"] for one in rest["reads"]], rest["next"]) == ([1], None)
    assert town.system(Scope.READ_AUDIT).get("/v1/audit/access").json()["reads"] == [
        *first["reads"],
        *rest["reads"],
    ]
    page = auditor.get("/access").text
    assert f"一个人的发放，批次 {town.run}" in page
    assert page.count("一个收款人") == 3
    assert "下一页" not in page


def test_a_finance_system_is_added_sees_its_secret_once_and_is_disabled(town):
    admin, key = town.of(Role.ADMIN), {"Idempotency-Key": "a-key-of-mine"}
    wanted = {"name": "核算中心", "scopes": ["payouts:read"]}
    made = admin.post("/v1/clients", json=wanted, headers=key).json()
    again = admin.post("/v1/clients", json=wanted, headers=key).json()
    assert made["client_secret"]
    assert again == made | {"client_secret": None}, "the same system, and no secret a second time"
    with town.store.reading() as session:
        kept = session.answers.find(BUREAU.bureau, "admin", "a-key-of-mine")
    assert made["client_secret"].encode() not in kept.content
    asking = {
        "grant_type": "client_credentials", "bureau": BUREAU.bureau,
        "client_id": made["client_id"], "client_secret": made["client_secret"],
    }  # fmt: skip
    token = town.client().post("/v1/token", data=asking).json()
    assert token["scope"] == "payouts:read"
    system = town.client(authorization=f"Bearer {token['access_token']}")
    assert system.get("/v1/runs").status_code == 200
    assert [one["name"] for one in admin.get("/v1/clients").json()["clients"]] == ["核算中心"]
    off = admin.post(f"/v1/clients/{made['client_id']}/disabling", headers={"Idempotency-Key": "another-key"})
    assert off.json()["disabled"] is True
    assert system.get("/v1/runs").status_code == 401
    assert town.client().post("/v1/token", data=asking).status_code == 403
    unknown = admin.post(f"/v1/clients/{'0' * 32}/disabling", headers={"Idempotency-Key": "third-key"})
    assert unknown.json()["type"] == "/problems/not-stored"
    for wrong in (
        {"name": " ", "scopes": ["payouts:read"]},
        {"name": "甲", "scopes": []},
        {"name": "甲", "scopes": ["x"]},
    ):
        assert (
            admin.post("/v1/clients", json=wrong, headers={"Idempotency-Key": "fourth-key"}).status_code
            == 422
        )


def test_on_the_page_the_secret_is_shown_once(town):
    admin = town.of(Role.ADMIN)
    assert post(admin, "/clients", name="核算中心").status_code == 422
    made = post(admin, "/clients", name="核算中心", scopes=["payouts:read", "audit:read"])
    assert made.status_code == 201
    assert "只显示这一次" in made.text
    page = admin.get("/clients").text
    assert "核算中心" in page
    assert "读发放明细" in page
    assert "只显示这一次" not in page
    with town.store.reading() as session:
        (client,) = session.access.clients(BUREAU.bureau)
    assert client.scopes == {Scope.READ_PAYOUTS, Scope.READ_AUDIT}
    assert post(admin, f"/clients/{client.client_id}/disable").headers["location"] == "/clients"
    assert "停用</button>" not in admin.get("/clients").text
