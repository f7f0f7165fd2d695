"""Metrics: true, without persons, and for the operator's own eyes; readiness knows the schema."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from starlette.testclient import TestClient

from api.app import create_app
from payroll_service.access.roles import Role
from tests.operate.test_logs import NAME, NUMBER, hostile

TOKEN = "t" * 40


def near(app, address="127.0.0.1"):
    return TestClient(
        app, base_url="https://payroll.test", client=(address, 5000), raise_server_exceptions=False
    )


def samples(app):
    answer = near(app).get("/metrics")
    assert answer.status_code == 200
    found = text_string_to_metric_families(answer.text)
    return {
        (each.name, *sorted(each.labels.values())): each.value for family in found for each in family.samples
    }


def test_requests_are_counted_by_route_and_status_and_timed(town):
    clerk = town.of(Role.CLERK)
    for _ in range(3):
        clerk.get(f"/v1/runs/{town.run}")
    clerk.get("/v1/runs/2020-09-r9")
    found = samples(town.app)
    assert found["payroll_requests_total", "/v1/runs/{run_id}", "200", "GET"] == 3
    assert found["payroll_requests_total", "/v1/runs/{run_id}", "404", "GET"] == 1
    assert found["payroll_request_seconds_count", "/v1/runs/{run_id}"] == 4
    assert found["payroll_request_seconds_sum", "/v1/runs/{run_id}"] > 0
    assert found["payroll_requests_under_way",] == 1  # this very request


def test_metrics_tell_of_nobody(town):
    answers = list(hostile(town))
    told = near(town.app).get("/metrics").text
    assert answers
    for secret in (NUMBER, NAME, town.payee, town.run, "dushan"):
        assert secret not in told


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_without_a_token_this_machine_alone_may_read(town, address):
    assert near(town.app, address).get("/metrics").status_code == 200
    for header in ("X-Forwarded-For", "Forwarded"):
        assert near(town.app, address).get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("address", ["10.0.0.8", "2001:db8::1", "testclient"])
def test_no_other_machine_may(town, address):
    assert near(town.app, address).get("/metrics").status_code == 404
    for role in Role:
        assert town.of(role).get("/metrics").status_code == 404


def test_with_a_token_only_its_holder_may(town):
    app = create_app(town.store, town.clock, TOKEN)
    assert (
        near(app, "10.0.0.8").get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    )
    for wrong in ("", "Bearer ", f"Bearer {TOKEN}x", TOKEN, "Bearer 甲".encode()):
        assert near(app).get("/metrics", headers={"Authorization": wrong}).status_code == 404


def test_it_is_ready_only_with_the_schema_of_this_program(town):
    assert near(town.app).get("/readyz").status_code == 204
    with town.store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert near(town.app).get("/readyz").status_code == 503
    assert near(town.app).get("/healthz").status_code == 204
