"""A run through the API: listed, looked at, approved once by another person, read by its payee and by systems."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from api import once
from api.routes import runs
from payroll_service.access.roles import Role, Scope
from payroll_service.audit.verify import verify_run
from payroll_service.store.database import WAIT_SECONDS
from payroll_service.store.idempotency import KEPT
from payroll_service.workflow import approve_run
from payroll_service.workflow.log_read import log_read
from tests.workflow.conftest import BUREAU, NOW

KEY = {"Idempotency-Key": "a-key-of-mine-1"}


def receipt(town) -> str:
    return town.of(Role.APPROVER).get(f"/v1/runs/{town.run}").json()["receipt"]


def approve(town, **headers):
    path, asked = f"/v1/runs/{town.run}/approval", {"receipt": receipt(town)}
    return town.of(Role.APPROVER).post(path, json=asked, headers=KEY | headers)


def test_a_run_is_listed_with_money_as_text(town):
    (run,) = town.of(Role.CLERK).get("/v1/runs").json()["runs"]
    assert run["id"] == town.run
    assert run["state"] == "submitted"
    assert run["figures"]["currency"] == "CNY"
    assert run["figures"]["amount"] == run["figures"]["due"]
    assert run["figures"]["amount"].partition(".")[2].isdigit()


def test_approving_names_what_was_looked_at_and_is_done_once(town):
    first = approve(town)
    assert first.status_code == 201, first.text
    assert first.json()["approved_by"] == "approver"
    assert approve(town).content == first.content, "the same key, the same answer"
    other = town.of(Role.APPROVER).post(
        f"/v1/runs/{town.run}/approval", json={"receipt": "0" * 64}, headers=KEY
    )
    assert other.json()["type"] == "/problems/key-reused"
    again = approve(town, **{"Idempotency-Key": "another-key"})
    assert again.status_code == 409
    with town.store.reading() as session:
        assert len(session.runs.approved(BUREAU.bureau)) == 1


@pytest.fixture
def meanwhile(town, monkeypatch):
    """Has somebody else do something each time when a run is verified: in another thread, as another request does."""

    def have(act) -> None:
        def verify(stored):
            with ThreadPoolExecutor(1) as other:
                other.submit(act).result(timeout=WAIT_SECONDS / 2)
            return verify_run(stored)

        monkeypatch.setattr(approve_run, "verify_run", verify)

    return have


def test_nobody_waits_while_a_run_is_verified(town, meanwhile):
    def write() -> None:
        log_read(town.store, BUREAU.bureau, "payees", "other", NOW)

    meanwhile(write)
    assert approve(town).status_code == 201
    with town.store.reading() as session:
        assert "other" in {one.actor for one in session.access.reads(BUREAU.bureau)}


def test_a_run_that_is_withdrawn_while_it_is_verified_is_not_approved(town, meanwhile):
    meanwhile(lambda: approve_run.withdraw_run(town.store, BUREAU.bureau, town.run, "clerk", "错了", NOW))
    answer = approve(town)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-approvable")


@pytest.mark.parametrize("late", [True, False], ids=["when it was proved", "before it was looked at"])
def test_what_another_process_answers_meanwhile_is_the_answer(town, monkeypatch, late):
    """Two processes do not know of each other's proving: the second finds the first's answer, however far it came."""
    first = []
    proving = approve_run.prove_run

    def prove(*asked):
        if late:
            proved = proving(*asked)
        monkeypatch.setattr(runs, "prove_run", proving)
        once.PROVING.release()
        first.append(approve(town))
        once.PROVING.acquire()
        return proved if late else proving(*asked)

    monkeypatch.setattr(runs, "prove_run", prove)
    second = approve(town)
    assert (second.status_code, second.content) == (201, first[0].content)
    with town.store.reading() as session:
        assert len(session.runs.approved(BUREAU.bureau)) == 1


def test_who_waits_too_long_for_other_proofs_is_told_that_the_service_is_busy(town, monkeypatch):
    monkeypatch.setattr(once, "WAIT_SECONDS", 0)
    with once.PROVING:
        answer = approve(town)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert approve(town).status_code == 201


def test_a_run_that_is_another_by_now_is_not_approved(town):
    answer = town.of(Role.APPROVER).post(
        f"/v1/runs/{town.run}/approval", json={"receipt": "0" * 64}, headers=KEY
    )
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/overtaken"
    assert approve(town).status_code == 201, "a refusal is not kept under its key"


def test_answers_are_forgotten_after_thirty_days(town):
    approve(town)
    with town.store.writing() as session:
        kept = session.answers.find(BUREAU.bureau, "approver", KEY["Idempotency-Key"])
        session.answers.save(kept.__class__(**kept.__dict__ | {"key": "later-key", "at": kept.at + 2 * KEPT}))
        assert session.answers.find(BUREAU.bureau, "approver", KEY["Idempotency-Key"]) is None


def test_a_payee_reads_the_stored_bytes_and_only_when_approved(town):
    teacher = town.of(Role.TEACHER)
    assert teacher.get("/v1/me/payouts").json() == {"payouts": [], "next": None}
    assert teacher.get(f"/v1/me/payouts/{town.run}").status_code == 404
    approve(town)
    (listed,) = teacher.get("/v1/me/payouts").json()["payouts"]
    with town.store.reading() as session:
        record = session.runs.record(BUREAU.bureau, town.run, town.payee)
    answer = teacher.get(f"/v1/me/payouts/{town.run}")
    assert answer.content == record.content
    assert listed["total"] == answer.json()["total"]


def test_a_system_pulls_every_line_of_an_approved_run_and_it_is_put_down(town):
    system = town.system(Scope.READ_PAYOUTS)
    assert system.get(f"/v1/runs/{town.run}/payouts").status_code == 404
    approve(town)
    answer = system.get(f"/v1/runs/{town.run}/payouts")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    figures = system.get(f"/v1/runs/{town.run}").json()["figures"]
    assert len(lines) == figures["payees"]
    fen = sum(int(line["total"].replace(".", "")) for line in lines)
    assert fen == int(figures["amount"].replace(".", ""))
    assert [one.act for one in reads(town)] == [f"payouts {town.run}"]


def test_reading_another_persons_pay_is_put_down(town):
    assert town.of(Role.AUDITOR).get(f"/v1/runs/{town.run}/payees/{town.payee}").json()["lines"]
    assert [(one.actor, one.subject) for one in reads(town)] == [("auditor", town.payee)]
    assert town.of(Role.AUDITOR).get(f"/v1/runs/{town.run}/payees/{'0' * 32}").status_code == 404


def reads(town):
    with town.store.reading() as session:
        return session.access.reads(BUREAU.bureau)


def test_an_auditor_replays_and_reads_who_did_what(town):
    approve(town)
    auditor = town.of(Role.AUDITOR)
    replay = auditor.get(f"/v1/runs/{town.run}/replay").json()
    assert replay["faithful"]
    (enacted,) = [one["detail"] for one in replay["checks"] if one["name"] == "规则集：由起草以外的人启用"]
    assert enacted.startswith("启用人 于 ")
    assert len(replay["checks"]) > 10
    events = auditor.get(f"/v1/runs/{town.run}/events").json()["events"]
    assert [(one["state"], one["actor"]) for one in events] == [
        ("prepared", "clerk"), ("calculated", "clerk"), ("submitted", "clerk"), ("approved", "approver"),
    ]  # fmt: skip


def test_a_run_is_withdrawn_with_a_reason(town):
    clerk = town.of(Role.CLERK)
    path = f"/v1/runs/{town.run}/withdrawal"
    assert clerk.post(path, json={"reason": " "}, headers=KEY).status_code == 422
    assert clerk.post(path, json={"reason": "漏了一所学校"}, headers=KEY).status_code == 201
    assert clerk.get(f"/v1/runs/{town.run}").json()["state"] == "withdrawn"
    assert approve(town).status_code == 409


def test_who_acts_on_what_was_looked_at_is_refused_once_it_is_another(town):
    path = f"/v1/runs/{town.run}"
    looked = town.of(Role.APPROVER).get(path)
    etag = looked.headers["etag"]
    assert town.of(Role.AUDITOR).get(path, headers={"If-None-Match": f'"other", {etag}'}).status_code == 304
    stale = approve(town, **{"If-Match": '"0123456789"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/changed")
    assert approve(town, **{"If-Match": etag}).status_code == 201
    again = town.of(Role.APPROVER).get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.headers["etag"] != etag) == (200, True), "its state is another"
    asked = {"If-Match": etag, "Idempotency-Key": "publish-it"}
    late = town.of(Role.CLERK).post(f"{path}/publication", json={}, headers=asked)
    assert late.json()["type"] == "/problems/changed"
