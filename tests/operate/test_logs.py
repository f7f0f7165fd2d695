"""Log lines: structured, enough to follow a request, and silent about persons."""

import io
import json
import logging
import re

import pytest
import structlog
from fastapi import FastAPI

from api.logs import configure_logs
from payroll_service.access.roles import Role

NUMBER, NAME, PASSWORD = "522722199001010011", "韦小草", "correct-horse-电池"


@pytest.fixture
def lines():
    """The lines logged since; the process is left as it was."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def hostile(town):
    """Requests with personal data wherever a request can carry any."""
    clerk, stranger = town.of(Role.CLERK), town.client(**{"sec-fetch-site": "same-origin"})
    form = {"bureau": "dushan", "login": NAME, "password": PASSWORD}
    yield stranger.post("/sign-in", data=form)
    yield stranger.get(f"/{NUMBER}", params={"name": NAME})
    yield stranger.request(f"X{NUMBER}", "/v1/me")
    yield stranger.get("/v1/me", headers={"Authorization": f"Bearer {PASSWORD.encode().hex()}{NUMBER}"})
    yield stranger.get("/v1/me", headers={"X-Request-ID": NUMBER, "User-Agent": NUMBER})
    yield stranger.post(
        "/v1/token",
        data={
            "grant_type": "client_credentials",
            "bureau": "dushan",
            "client_id": NUMBER,
            "client_secret": PASSWORD,
        },
    )
    yield clerk.get(f"/v1/runs/{town.run}/payees/{NUMBER}")
    yield clerk.post(f"/v1/runs/{town.run}/withdrawal", json={"reason": NAME, NUMBER: PASSWORD})
    yield clerk.get(f"/v1/runs/{town.run}/payees/{town.payee}")


def test_no_line_tells_who_somebody_is(town, lines):
    answers = list(hostile(town))
    told = json.dumps(lines(), ensure_ascii=False)
    assert len(lines()) == len(answers)
    account = town.people[Role.CLERK]
    for secret in (
        NUMBER,
        NAME,
        PASSWORD,
        PASSWORD.encode().hex(),
        town.payee,
        account.account_id,
        account.name,
    ):
        assert secret not in told
    assert [line["status"] for line in lines()] == [answer.status_code for answer in answers]


def test_a_line_has_what_is_needed_to_follow_a_request(town, lines):
    came = "0123456789abcdef" * 2
    answer = town.of(Role.CLERK).get(f"/v1/runs/{town.run}", headers={"X-Request-ID": came})
    (line,) = lines()
    assert answer.headers["x-request-id"] == came == line["request"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/runs/{run_id}", 200)
    assert (line["level"], line["event"], line["bureau"]) == ("info", "request", "dushan")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line["time"])
    assert re.fullmatch(r"[0-9a-f]{16}", line["caller"])
    assert line["milliseconds"] > 0


def test_whoever_calls_twice_has_one_mark_and_no_other_has_it(town, lines):
    for role in (Role.CLERK, Role.CLERK, Role.AUDITOR):
        town.of(role).get("/v1/me")
    first, again, other = (line["caller"] for line in lines())
    assert first == again != other


def test_an_id_that_could_be_somebodys_number_is_replaced(town, lines):
    answer = town.client().get("/healthz", headers={"X-Request-ID": NUMBER})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    assert lines() == []  # a health check that succeeds is not worth a line


def test_our_mistake_is_logged_with_its_place_and_without_its_words(town, lines, monkeypatch):
    def fails(*_: object) -> None:
        raise ValueError(f"{NAME} {NUMBER}")

    monkeypatch.setattr(town.store, "reading", fails)
    answer = town.client().get("/v1/me", headers={"Authorization": f"Bearer {'a' * 43}"})
    mistake = next(line for line in lines() if line["event"] == "our mistake")
    assert answer.status_code == 500
    assert mistake["number"] == answer.json()["number"]
    assert mistake["request"] == answer.headers["x-request-id"]
    assert mistake["error"] == "ValueError"
    assert mistake["where"][-1].endswith(" fails")
    assert {line["status"] for line in lines() if line["event"] == "request"} == {500}
    assert NUMBER not in json.dumps(lines())


def test_what_libraries_log_has_no_values_in_it(lines):
    logging.getLogger("uvicorn.error").warning("no such person: %s", NUMBER)
    (line,) = lines()
    assert (line["logger"], line["event"], line["level"]) == (
        "uvicorn.error",
        "no such person: %s",
        "warning",
    )


def test_the_middleware_stands_around_every_answer(town):
    assert isinstance(town.app, FastAPI)
    for path in ("/healthz", "/nothing", "/v1/me", "/openapi.json"):
        assert town.client().get(path).headers["x-request-id"]
