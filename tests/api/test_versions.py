"""ETag and If-Match wherever somebody looks first and acts then: who says what she looked at is refused once it is another."""

from itertools import count

from payroll_service.access.roles import Role, Scope
from tests.api.test_imports import send, work_off, workbook
from tests.api.test_ledger import approved, post  # noqa: F401
from tests.api.test_life import DOCUMENT, WORKED
from tests.api.test_payees import propose
from tests.api.test_personal_data import lived_in
from tests.workflow.conftest import BUREAU

KEYS = count()


def look_and_act(reader, actor, read: str, act: str, **body) -> None:
    """Read it; know it; act on another state, then on the one that was read; then it is another."""
    looked = reader.get(read)
    assert looked.status_code == 200, looked.text
    etag = looked.headers["etag"]
    known = reader.get(read, headers={"If-None-Match": etag})
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
    answers = []
    for seen in ('"0123456789"', etag):
        headers = {"If-Match": seen, "Idempotency-Key": f"look-and-act-{next(KEYS)}"}
        answers.append(actor.post(act, json=body, headers=headers))
    stale, done = answers
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed")
    assert done.status_code == 201, done.text
    again = reader.get(read, headers={"If-None-Match": etag})
    assert (again.status_code, again.headers["etag"] != etag) == (200, True)


def test_a_rule_set_is_enacted_as_it_was_read(town):
    clerk = town.of(Role.CLERK)
    drafted = post(clerk, "/v1/rule-sets", documents=[DOCUMENT], examples=[WORKED]).json()
    path = f"/v1/rule-sets/{drafted['fingerprint']}"
    look_and_act(town.system(Scope.READ_AUDIT), town.of(Role.APPROVER), path, f"{path}/enactment")


def test_an_import_is_accepted_as_it_was_read(town):
    clerk = town.of(Role.CLERK)
    path = f"/v1/imports/{send(clerk, workbook(学校_学校名称='百泉镇新小学')).json()['id']}"
    waiting = clerk.get(path).headers["etag"]
    work_off(town)
    assert clerk.get(path).headers["etag"] != waiting
    look_and_act(clerk, clerk, path, f"{path}/acceptance")


def test_an_account_is_approved_as_it_was_read(town):
    path = f"/v1/account-changes/{propose(town).json()['number']}"
    look_and_act(town.of(Role.AUDITOR), town.of(Role.APPROVER), path, f"{path}/approval")
    with town.store.reading() as session:
        reads = [one.actor for one in session.access.reads(BUREAU.bureau)]
    assert reads == ["auditor"] * 3, "what is compared is told to nobody"


def test_an_objection_is_answered_as_it_was_read(town):
    lived_in(town)
    path, words = "/v1/objections/1", {"outcome": "rejected", "words": "登记表上是 90 分"}
    look_and_act(town.system(Scope.READ_AUDIT), town.of(Role.CLERK), path, f"{path}/answer", **words)
    with town.store.reading() as session:
        last = session.access.reads(BUREAU.bureau)[-1]
    assert (last.act, last.subject) == ("objections", town.payee)


def test_an_adjustment_is_approved_as_it_was_read(approved):  # noqa: F811
    clerk, system = approved.of(Role.CLERK), approved.system(Scope.READ_LEDGER)
    claim = approved.of(Role.TEACHER).get("/v1/me/arrears").json()["claims"][0]
    named = {name: claim[name] for name in ("item", "unit", "fund", "earned")} | {"payee": approved.payee}
    for amount in ("-5.00", "2.00"):
        asked = {"amount": amount, "day": "2021-03-02", "reason": "多报"}
        assert post(clerk, "/v1/adjustments", **named, **asked).status_code == 201
    path = "/v1/adjustments/1"
    before = system.get(path).json()
    assert {name: before[name] for name in named} == named
    assert (before["amount"], before["entitled"], before["overtaken"]) == ("-5.00", claim["entitled"], False)
    look_and_act(system, approved.of(Role.APPROVER), path, f"{path}/approval")
    after = system.get(path).json()
    assert (after["movement"]["draft"], after["overtaken"]) == (1, False)
    assert system.get("/v1/adjustments/2").json()["overtaken"]
    assert system.get("/v1/adjustments/3").json()["type"] == "/problems/not-in-book"


def test_whatever_may_name_a_state_has_a_read_that_tells_it(town):
    described = town.app.openapi()["paths"]
    tagged = {
        path
        for path, methods in described.items()
        if "304" in methods.get("get", {"responses": ()})["responses"]
    }
    for path in tagged:
        answers = described[path]["get"]["responses"]
        assert [*answers["200"]["headers"], *answers["304"]["headers"]] == ["ETag"] * 2
    named = {
        path
        for path, methods in described.items()
        for operation in methods.values()
        if any(each["name"] == "If-Match" for each in operation.get("parameters", ()))
    }
    assert {path.rpartition("/")[0] for path in named} == tagged
