"""Role × route: nobody sees what is not theirs, and a route without rights does not start."""

import re

import pytest
from fastapi import FastAPI

from api.metrics import Monitoring
from api.rights import check_rights, rights_of, routes_of
from payroll_service.access.roles import Role, Scope
from payroll_service.store.jobs import EXPIRED, FAILED, Job
from payroll_service.workflow.jobs.kinds import PART, RUN, AskedImport, AskedRun, written
from tests.api.conftest import school_clerk
from tests.api.sqlite_first import database_url as database_url
from tests.sample_county import county_rules
from tests.workflow.conftest import BUREAU, NOW


def test_all_routes_are_seen(town):
    """What the framework describes and what is checked are the same."""
    described = town.app.openapi()["paths"]
    seen = {(method.lower(), route.path) for route in routes_of(town.app) for method in route.methods or ()}
    assert {(method, path) for path, methods in described.items() for method in methods} <= seen


def ids(town) -> dict[str, str]:
    """What stands in this town's paths."""
    return {
        "run_id": town.run,
        "payee": town.payee,
        "account_id": town.people[Role.CLERK].account_id,
        "act": "enable",
        "number": "1",
        "change": "1",
        "client_id": "0" * 32,
        "fingerprint": town.rule_set,
        "snapshot": town.snapshot,
        "import_id": "1" * 32,
        "job_id": "2" * 32,
    }


def filled(town, path: str) -> str:
    """The path of a route with this town's ids in it."""
    return path.format_map(ids(town))


def calls(town):
    """(method, path, rights) of every route that is not public, with this town's ids in its path."""
    for route in routes_of(town.app):
        (rights,) = rights_of(route)
        if not (rights.public or isinstance(rights, Monitoring)):  # monitoring has tests of its own
            for method in sorted(route.methods or ()):
                yield method, filled(town, route.path), rights


@pytest.fixture
def town(town):
    """With an import of a school that is over, and a run that came to nothing: both can be looked at."""
    asked_import, asked_run = (
        AskedImport(county_rules().program.fingerprint, "表.xlsx"),
        AskedRun(town.snapshot, "2020-09"),
    )
    over = Job(BUREAU.bureau, "1" * 32, PART, written(asked_import), "甲", "A01", NOW, EXPIRED)
    failed = Job(BUREAU.bureau, "2" * 32, RUN, written(asked_run), "甲", "", NOW, FAILED)
    with town.store.writing() as session:
        session.jobs.add(over)
        session.jobs.add(failed)
    return town


def send(client, method, path):
    if method == "POST":
        return client.post(path, json={}, headers={"Idempotency-Key": "k" * 12})
    return client.request(method, path)


def test_a_route_without_rights_stops_the_start():
    app = FastAPI(docs_url=None, redoc_url=None)

    @app.get("/open")
    def open_() -> None:
        """Somebody forgot."""

    with pytest.raises(RuntimeError, match="/open"):
        check_rights(app)


def test_every_role_reaches_its_routes_and_no_other(town):
    for role in Role:
        client = town.of(role)
        for method, path, rights in calls(town):
            answer = send(client, method, path)
            if role in rights.roles:
                assert answer.status_code not in (401, 403, 405), (role, method, path)
            else:
                assert answer.status_code == 404, (role, method, path)
                assert "没有找到" in answer.text


def test_every_scope_reaches_its_routes_and_no_other(town):
    for scope in Scope:
        client = town.system(scope)
        for method, path, rights in calls(town):
            answer = send(client, method, path)
            refused = answer.status_code == 404 and (
                "not-there" in answer.text or "<h1>没有找到" in answer.text
            )
            assert refused == (scope not in rights.scopes), (scope, method, path)


def test_who_is_not_signed_in_reaches_nothing(town):
    strangers = [
        town.client(),
        town.client(authorization="Bearer wrong"),
        town.client(cookie="__Host-payroll=wrong"),
    ]
    for client in strangers:
        for method, path, _ in calls(town):
            answer = send(client, method, path)
            if path.startswith("/v1/"):
                assert answer.status_code == 401, (method, path)
            else:
                assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), (method, path)


def test_no_route_of_ones_own_takes_a_persons_id(town):
    own = [route.path for route in routes_of(town.app) if route.path.startswith(("/v1/me", "/my"))]
    assert own
    assert not [path for path in own if re.search(r"\{(payee|person|account)", path)]


def test_nothing_of_anybodys_is_kept_on_the_way(town):
    """A proxy or a browser of many may keep an answer that does not forbid it."""
    answers = [town.of(Role.TEACHER).get(f"/v1/me/payouts/{town.run}")]
    for role in Role:
        client = town.of(role)
        answers += [send(client, method, path) for method, path, _ in calls(town) if method == "GET"]
    for answer in answers:
        assert answer.headers["cache-control"] in ("private, no-store", "private, no-cache"), answer.url


@pytest.mark.parametrize("name", ["%00", "2020-2021-1-r1%00", "%ED%A0%80"])
def test_no_name_of_a_run_is_our_mistake(town, name):
    for path in (f"/v1/me/payouts/{name}", f"/v1/runs/{town.run}/payees/{name}", f"/v1/runs/{name}"):
        for role in (Role.TEACHER, Role.CLERK):
            assert town.of(role).get(path).status_code in (404, 422), path


def test_a_form_of_another_site_cannot_act(town):
    client = town.of(Role.APPROVER)
    for site in ("cross-site", "same-site", "none"):
        answer = client.post(f"/v1/runs/{town.run}/approval", json={}, headers={"sec-fetch-site": site})
        assert answer.status_code == 403
        assert answer.json()["type"] == "/problems/from-elsewhere"


def test_a_schools_clerk_sees_that_school_alone(town):
    everything = town.of(Role.CLERK).get(f"/v1/runs/{town.run}/totals").json()["totals"]
    unit = everything[0]["unit"]
    found = school_clerk(town, unit).get(f"/v1/runs/{town.run}/totals").json()["totals"]
    assert found == [total for total in everything if total["unit"] == unit]
    assert len(everything) > len(found)
