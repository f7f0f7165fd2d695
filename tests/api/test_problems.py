"""Errors: every one has its row, in both languages, and nothing that was sent comes back."""

import json

import pytest

from api.problems import STATUS, kind_of
from api.rights import NotThere
from payroll_service.access.roles import Role
from payroll_service.errors import Refused
from payroll_service.store.errors import StoreError


def leaves(root):
    return (
        [root]
        if not root.__subclasses__()
        else [leaf for one in root.__subclasses__() for leaf in leaves(one)]
    )


@pytest.mark.parametrize("error", [*leaves(Refused), *leaves(StoreError)])
def test_every_error_has_a_row(error):
    assert any(one in STATUS for one in error.__mro__)


def test_slugs_are_told_apart():
    slugs = [kind.slug for kind in STATUS.values()]
    assert len(set(slugs)) == len(slugs)


def test_titles_come_in_the_language_that_is_asked_for(town):
    client = town.of(Role.CLERK)
    path = "/v1/runs/2020-09-r9"
    assert client.get(path).json()["title"] == "没有找到"
    for wanted, title in (
        ("en", "Not found"),
        ("zh-CN, en;q=0.5", "没有找到"),
        ("fr, en;q=0.9, zh;q=0.1", "Not found"),
        ("zh;q=0.8, en-GB;q=0.85", "Not found"),
        ("en;q=0, zh;q=0.001", "没有找到"),
        ("en;q=0", "没有找到"),
        ("en;q=nan, en;q=1e9, en;q=2", "没有找到"),
    ):
        answer = client.get(path, headers={"Accept-Language": wanted})
        assert answer.json()["title"] == title
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        '{"receipt": NaN}',
        '{"receipt": 1e400}',
        "[]",
        "{",
        '{"receipt": "522722199001010011"}',
    ],
)
def test_what_was_sent_is_never_repeated(town, body):
    answer = town.of(Role.APPROVER).post(
        f"/v1/runs/{town.run}/approval",
        content=body,
        headers={"Idempotency-Key": "k" * 12, "Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert "522722199001010011" not in answer.text
    assert set(answer.json()["errors"][0]) == {"at", "rule"}


def test_the_nearest_row_counts():
    class Finer(NotThere):
        """Nobody wrote a row for it."""

    assert kind_of(Finer()).slug == "not-there"


def test_the_description_is_openapi_31_with_stable_names(town):
    described = town.client().get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    names = [one["operationId"] for path in described["paths"].values() for one in path.values()]
    assert len(set(names)) == len(names)
    assert all("_" not in name for name in names), "named by hand, not made up by the framework"
    assert json.dumps(described)
