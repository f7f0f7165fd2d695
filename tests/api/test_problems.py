"""Errors: every one has its row, in both languages, and nothing that was sent comes back."""

import json
from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

from api.mistakes import OTHERWISE, SENTENCES, sentence_of
from api.problem_kinds import KINDS, MALFORMED, OF_STATUS, OUR_MISTAKE, REFUSED, kind_of
from api.rights import NotThere, routes_of
from payroll_service.access.roles import Role
from payroll_service.errors import Refused
from payroll_service.store.errors import StoreError
from tests.api.every_request import parameters
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
    assert set(answer.json()["errors"][0]) == {"at", "rule", "message"}


def kinds_of(schema, found):
    """The kinds of types in a schema of pydantic's, and the bounds that some have."""
    if isinstance(schema, dict):
        kind = schema.get("type")
        found |= {kind} if isinstance(kind, str) else set()
        found |= {f"{kind} {name}" for name in schema if isinstance(name, str)}
        for name, part in schema.items():
            if name not in ("metadata", "config"):
                kinds_of(part, found)
    elif isinstance(schema, list | tuple):
        for part in schema:
            kinds_of(part, found)
    return found


CODES_OF = {  # kind of type, or one with a bound -> how the codes begin that pydantic has for it
    "str": ("string_type", "string_unicode"),
    "str min_length": ("string_too_short",),
    "str max_length": ("string_too_long",),
    "str pattern": ("string_pattern_mismatch",),
    "int": ("int_",),
    "int ge": ("greater_than_equal",),
    "int gt": ("greater_than",),
    "int le": ("less_than_equal",),
    "int lt": ("less_than",),
    "bool": ("bool_",),
    "date": ("date_",),
    "literal": ("literal_",),
    "enum": ("enum",),
    "list": ("list_", "too_"),
    "tuple": ("tuple_", "too_"),
    "set": ("set_", "too_"),
    "model": ("model_", "extra_", "missing", "json_"),
    "function-after": ("value_error",),
}
PASSED_THROUGH = {  # they have no code of their own
    "default", "nullable", "model-fields", "model-field", "no-info", "definitions", "definition-ref",
}  # fmt: skip


def test_every_code_of_the_types_of_the_api_has_a_sentence_in_both_languages(town):
    found: set[str] = set()
    for route in routes_of(town.app):
        if route.path.startswith("/v1/"):
            for kind in ("path_params", "query_params", "header_params", "body_params"):
                for one in parameters(route.dependant, kind):
                    kinds_of(one._type_adapter.core_schema, found)
    kinds = {one for one in found if " " not in one}
    assert kinds - PASSED_THROUGH <= CODES_OF.keys(), "a new kind of type: say which codes it has"
    begins = tuple(begin for kind in found for begin in CODES_OF.get(kind, ()))
    codes = [
        code for code in get_args(ErrorType) if code.startswith(begins) and not code.startswith("missing_")
    ]
    assert {"string_too_long", "date_parsing", "literal_error", "int_parsing"} <= set(codes)
    assert set(codes) <= SENTENCES.keys()


@pytest.mark.parametrize(("chinese", "english"), [*SENTENCES.values(), OTHERWISE])
def test_a_code_is_told_in_chinese_and_in_english(chinese, english):
    assert chinese.endswith("。")
    assert not chinese.isascii()
    assert english.isascii()
    assert english.endswith(".")


def test_what_is_malformed_is_told_by_code_and_in_the_language_asked_for(town):
    clerk = town.of(Role.CLERK)
    asked = {"fund": "绩" * 101, "amount": "1", "day": "yesterday", "corrects": 0, "item": "甲"}
    headers = {"Idempotency-Key": "k" * 12}
    chinese = clerk.post("/v1/funding", json=asked, headers=headers).json()["errors"]
    english = clerk.post("/v1/funding", json=asked, headers=headers | {"Accept-Language": "en"}).json()[
        "errors"
    ]
    assert [(one["at"], one["rule"]) for one in chinese] == [(one["at"], one["rule"]) for one in english]
    told = {one["rule"]: one["message"] for one in chinese}
    assert told["string_too_long"].startswith("太长，最多 ")
    assert told["greater_than_equal"] == "不能小于 1。"
    assert told["extra_forbidden"].startswith("没有这一项")
    assert all(one["message"].endswith("。") for one in chinese)
    assert all(one["message"].isascii() for one in english)
    scopes = {"name": "核算中心", "scopes": ["everything"]}
    (wrong,) = town.of(Role.ADMIN).post("/v1/clients", json=scopes, headers=headers).json()["errors"]
    assert "'payouts:read'、" in wrong["message"]


def test_a_code_without_its_bound_or_without_a_sentence_is_told_in_general():
    for code in ("string_too_long", "complex_type"):
        assert sentence_of(code, {"input": "522722199001010011"}, in_english=False) == OTHERWISE[0]
        assert sentence_of(code, {}, in_english=True) == OTHERWISE[1]


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
