"""Errors: every one has its row, in both languages, and nothing that was sent comes back."""

import json

import pytest

from api.problem_kinds import KINDS, MALFORMED, OF_STATUS, OUR_MISTAKE, REFUSED, kind_of
from api.rights import NotThere
from payroll_service.access.roles import Role
from payroll_service.errors import Refused
from payroll_service.store.errors import StoreError
from tests.api.sqlite_first import database_url as database_url


def leaves(root):
    return (
        [root]
        if not root.__subclasses__()
        else [leaf for one in root.__subclasses__() for leaf in leaves(one)]
    )


@pytest.mark.parametrize("error", [*leaves(Refused), *leaves(StoreError)])
def test_every_error_has_a_row(error):
    assert any(one in KINDS for one in error.__mro__)


def test_slugs_are_told_apart():
    slugs = [kind.slug for kind in KINDS.values()]
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


def test_a_chinese_reader_is_always_told_what_to_do(town):
    stranger = town.client()
    for answer in (stranger.get("/v1/runs"), town.of(Role.CLERK).get("/v1/nowhere")):
        told = answer.json()
        assert told["detail"].endswith("。")
        assert told["remedy"].startswith("请")


@pytest.mark.parametrize("kind", [*KINDS.values(), *OF_STATUS.values(), MALFORMED, OUR_MISTAKE, REFUSED])
def test_every_kind_tells_an_english_reader_what_it_means_and_what_to_do(kind):
    for text in (kind.english, kind.detail, kind.remedy):
        assert text.isascii()
        assert text[:1].isupper()
    assert kind.detail.endswith(".")
    assert kind.remedy.endswith(".")
    assert not kind.chinese.isascii()


def test_english_is_english_and_chinese_under_it_is_called_so(town):
    asked = {"documents": [{"file": "a.yaml", "text": "规则集: 甲\n"}]}
    headers = {"Idempotency-Key": "k" * 12}
    clerk = town.of(Role.CLERK)
    english = clerk.post("/v1/rule-sets", json=asked, headers=headers | {"Accept-Language": "en"})
    assert english.headers["content-language"] == "en"
    told = english.json()
    mistakes = told.pop("errors")
    assert json.dumps(told, ensure_ascii=False).isascii()
    assert {one["language"] for one in mistakes} == {"zh-CN"}
    assert mistakes[0]["at"].startswith("body.documents.0.file:")
    chinese = clerk.post("/v1/rule-sets", json=asked, headers=headers)
    assert chinese.headers["content-language"] == "zh-CN"
    assert chinese.json()["errors"] == mistakes
    for client, path in (
        (clerk, "/v1/runs/2020-09-r9/totals"),
        (town.client(), "/v1/runs"),
        (clerk, "/v1/x"),
    ):
        answer = client.get(path, headers={"Accept-Language": "en"})
        assert answer.content.isascii()
        assert answer.json().keys() == {"type", "title", "status", "detail", "remedy"}


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
