"""Replays and proofs of the book are asked for and come as jobs: by whom, for whom to see, on pages without script."""

import re

import pytest

from payroll_service.access.roles import Role, Scope
from payroll_service.workflow.jobs.ask_job import ask_replay, ask_run, ask_verification
from tests.api.sqlite_first import database_url as database_url
from tests.api.test_imports import act, work_off
from tests.api.test_payment_pages import hidden, send
from tests.workflow.conftest import BUREAU, NOW
from tests.workflow.test_stored_runs import tamper

MORE = "UPDATE run_total SET amount_fen = amount_fen + 1 WHERE position = 0"


@pytest.fixture
def replays(town) -> str:
    return f"/v1/runs/{town.run}/replays"


def test_a_replay_is_asked_for_once_and_its_job_keeps_what_was_found(town, replays):
    auditor, key = town.of(Role.AUDITOR), {"Idempotency-Key": "replay-once"}
    asked = auditor.post(replays, headers=key)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert (asked.json()["kind"], asked.json()["run"], asked.json()["replay"]) == ("replay", town.run, None)
    assert auditor.post(replays, headers=key).content == asked.content
    work_off(town)
    job = auditor.get(f"/v1/jobs/{asked.json()['id']}").json()
    assert (job["state"], job["asked_by"], job["run"], job["book"]) == ("done", "auditor", town.run, None)
    assert (job["asked_at"], job["ended_at"]) == ("2021-03-01T08:01:00Z", "2021-03-01T08:00:00Z")
    assert job["replay"] == auditor.get(f"/v1/runs/{town.run}/replay").json()
    assert job["replay"]["faithful"]
    events = auditor.get(f"/v1/jobs/{job['id']}/events").text
    assert events.startswith("id: ")
    assert '"faithful":true' in events


def test_what_was_altered_is_a_replay_that_is_done_and_says_so(town, replays):
    clerk = town.of(Role.CLERK)
    tamper(town.store, "run_total", MORE)
    asked = act(clerk, replays).json()
    work_off(town)
    job = clerk.get(f"/v1/jobs/{asked['id']}").json()
    assert (job["state"], job["replay"]["faithful"], job["message"]) == ("done", False, None)
    assert [one["name"] for one in job["replay"]["checks"] if not one["holds"]]


def test_a_run_that_is_not_there_is_not_replayed(town):
    answer = act(town.of(Role.AUDITOR), "/v1/runs/2020-2021-1-r9/replays")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-run")


def test_the_book_is_proved_by_a_job(town):
    auditor = town.of(Role.AUDITOR)
    asked = act(auditor, "/v1/audit/book/verifications")
    assert (asked.status_code, asked.json()["kind"]) == (202, "verification")
    work_off(town)
    job = auditor.get(f"/v1/jobs/{asked.json()['id']}").json()
    assert (job["state"], job["run"], job["replay"]) == ("done", None, None)
    assert job["book"] == auditor.get("/v1/audit/book").json()
    assert job["book"]["sound"]


def test_a_job_is_seen_by_whoever_may_see_what_it_does(town, replays):
    """By role and scope: a run's, an import's is covered elsewhere; each else is answered as what does not exist."""
    jobs = {
        "run": ask_run(town.store, BUREAU.bureau, town.snapshot, "2020-09", "", "clerk", NOW),
        "replay": ask_replay(town.store, BUREAU.bureau, town.run, "auditor", NOW),
        "verification": ask_verification(town.store, BUREAU.bureau, "auditor", NOW),
    }
    office, everything = {"run", "replay"}, set(jobs)
    seen = {
        town.of(Role.CLERK): office,
        town.of(Role.APPROVER): office,
        town.of(Role.AUDITOR): everything,
        town.of(Role.SCHOOL_CLERK): set(),
        town.of(Role.TEACHER): set(),
        town.of(Role.ADMIN): set(),
        town.system(Scope.READ_AUDIT): {"replay", "verification"},
        town.system(Scope.READ_PAYOUTS, Scope.READ_LEDGER, Scope.WRITE_PAYMENTS): set(),
    }
    work_off(town)
    for client, expected in seen.items():
        for way in ("/v1/jobs/{}", "/v1/jobs/{}/events", "/jobs/{}"):
            if way == "/jobs/{}" and "cookie" not in client.headers and not client.cookies:
                continue  # pages are for people
            answers = {kind: client.get(way.format(job.job_id)).status_code for kind, job in jobs.items()}
            assert {kind for kind, status in answers.items() if status != 404} == expected, way


def test_a_system_that_audits_asks_and_reads_what_came_of_it(town, replays):
    system = town.system(Scope.READ_AUDIT)
    for path, found in ((replays, "replay"), ("/v1/audit/book/verifications", "book")):
        asked = act(system, path)
        assert (asked.status_code, asked.json()["asked_by"]) == (202, "系统 核算中心")
        work_off(town)
        assert system.get(f"/v1/jobs/{asked.json()['id']}").json()[found]["checks"]
    assert act(town.system(Scope.READ_PAYOUTS), replays).status_code == 404
    assert act(town.of(Role.CLERK), "/v1/audit/book/verifications").status_code == 404


def test_who_had_what_proved_when_with_what_result_is_listed(town, replays):
    asked = act(town.of(Role.CLERK), replays).json()
    work_off(town)
    tamper(town.store, "run_total", MORE)
    system = town.system(Scope.READ_AUDIT)
    altered, book = act(system, replays).json(), act(system, "/v1/audit/book/verifications").json()
    work_off(town)
    auditor = town.of(Role.AUDITOR)
    listed = auditor.get(replays).json()["replays"]
    assert {one["id"]: (one["asked_by"], one["replay"]["faithful"]) for one in listed} == {
        asked["id"]: ("clerk", True), altered["id"]: ("系统 核算中心", False),
    }  # fmt: skip
    (proved,) = auditor.get("/v1/audit/book/verifications").json()["verifications"]
    assert (proved["id"], proved["book"]["sound"]) == (book["id"], True)
    assert auditor.get("/v1/runs/2020-2021-1-r9/replays").status_code == 404


def test_the_auditor_replays_on_the_page_and_later_sees_who_did(town):
    auditor, page = town.of(Role.AUDITOR), f"/runs/{town.run}"
    assert "撤回</button>" not in auditor.get(page).text
    form = hidden(auditor.get(page).text, f"{page}/replays")
    asked = auditor.post(f"{page}/replays", data=form)
    assert asked.status_code == 303
    job = asked.headers["location"]
    assert auditor.post(f"{page}/replays", data=form).headers["location"] == job, "sent twice, asked once"
    waiting = auditor.get(job).text
    assert "排队中" in waiting
    assert '<meta http-equiv="refresh"' in waiting
    assert "排队中" in auditor.get(page).text
    work_off(town)
    done = auditor.get(job).text
    assert f'复算 {town.run}：<span class="good">一致</span>' in done
    assert "重算：凭据与入库的逐字节相符" in done
    assert "不一致" not in done
    assert "http-equiv" not in done
    assert f'href="{page}"' in done
    tamper(town.store, "run_total", MORE)
    altered = send(town.of(Role.CLERK), page, f"{page}/replays").headers["location"]
    work_off(town)
    told = auditor.get(altered).text
    assert f'复算 {town.run}：<span class="bad">不一致</span>' in told
    assert "停止付款" in told
    listed = re.findall(
        r'<td>(\w+)</td><td><a href="(/jobs/\w+)"><span class="\w+">(\w+)<', auditor.get(page).text
    )
    assert set(listed) == {("clerk", altered, "不一致"), ("auditor", job, "一致")}


def test_a_replay_that_came_to_nothing_says_why_on_its_page(town):
    auditor, page = town.of(Role.AUDITOR), f"/runs/{town.run}"
    job = send(auditor, page, f"{page}/replays").headers["location"]
    with town.store.writing() as session:
        waiting = session.jobs.find(BUREAU.bureau, job.rpartition("/")[2])
        session.jobs.change(
            waiting, state="failed", message="试了 3 次都没有做完。", remedy="请再提交一次", ended_at=NOW
        )
    told = auditor.get(job).text
    assert "试了 3 次都没有做完。" in told
    assert "一致" not in told
    assert "没有做成" in auditor.get(page).text


def test_the_auditor_has_the_book_proved_on_the_page_of_its_movements(town):
    auditor, page, action = town.of(Role.AUDITOR), "/payments/movements", "/payments/verifications"
    job = send(auditor, page, action).headers["location"]
    work_off(town)
    done = auditor.get(job).text
    assert '查账：<span class="good">一致</span>' in done
    assert "账上 0 笔" in done
    assert f'href="{job}"' in auditor.get(page).text
    for role in (Role.CLERK, Role.APPROVER):
        assert action not in town.of(role).get(page).text
        assert job not in town.of(role).get(page).text


def test_a_form_of_another_session_asks_for_nothing(town):
    auditor, page = town.of(Role.AUDITOR), f"/runs/{town.run}"
    form = hidden(auditor.get(page).text, f"{page}/replays") | {"form_token": "x" * 20}
    assert auditor.post(f"{page}/replays", data=form).status_code == 403
    assert "排队中" not in auditor.get(page).text
