"""Whatever text stands in whichever field of a page or of the API, it is never the service's mistake."""

import copy
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.params import Form

from api.rights import rights_of, routes_of
from payroll_service.access.roles import Role, Scope
from tests.api.sqlite_first import database_url as database_url
from tests.api.test_pages import form_token
from tests.api.test_rights import filled
from tests.api.test_rights import town as town
from tests.workflow.conftest import BUREAU

UNSOUND = ("a\0b", "\x1b[31m", "\ud800")
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}
ODD = ("长9" * 5000, "\u202e😀𠮷=1<script>'%s")
FORM = {  # of each field of a page something that is let in
    "account": "6228480000000000015",
    "account_id": "0" * 32,
    "answer_by": "2021-03-19",
    "answer_days": "5",
    "bank": "农信社",
    "bureau": BUREAU.bureau,
    "bureau_name": "独山县教育局",
    "cause": "score",
    "fresh": "correct horse battery",
    "item": "101",
    "login": "zhang",
    "name": "张三",
    "new": "correct horse battery",
    "number": "",
    "old": "correct horse battery",
    "outcome": "upheld",
    "password": "correct horse battery",
    "period": "2020-09",
    "reason": "写错了",
    "receipt": "0" * 64,
    "roles": "clerk",
    "rule_set": "0" * 64,
    "run": "2020-2021-1-r9",
    "scopes": "audit:read",
    "snapshot": "0" * 64,
    "text": "韦",
    "unit": "",
    "until": "2021-03-12",
    "words": "少一分",
    "working_days": "5",
}


def form_routes(town):
    """(route, names of its texts) of every form of ours, files left out."""
    for route in routes_of(town.app):
        texts: list[str] = []
        for one in route.dependant.body_params:
            if isinstance(one.field_info, Form):
                whole = getattr(one.field_info.annotation, "model_fields", None)
                texts += whole or [one.name]
        if texts and "/v1/" not in route.path:
            yield route, texts


def body_routes(town):
    """(route, example) of every operation that takes JSON."""
    paths = town.client().get("/openapi.json").json()["paths"]
    for route in routes_of(town.app):
        told = paths.get(route.path, {}).get("post", {}).get("requestBody", {}).get("content", {})
        if "application/json" in told:
            yield route, told["application/json"]["example"]


def client_of(town, route):
    (rights,) = rights_of(route)
    if rights.public:
        return town.client(**{"sec-fetch-site": "same-origin"})
    return town.of(min(rights.roles)) if rights.roles else town.system(*Scope)


def leaves(body, path=()):
    """The path of every text in an example."""
    if isinstance(body, str):
        yield path
    elif isinstance(body, dict | list):
        inside: Any = body.items() if isinstance(body, dict) else enumerate(body)
        for key, value in inside:
            yield from leaves(value, (*path, key))


def with_leaf(body: Any, path: tuple[Any, ...], text: Any) -> Any:
    changed: Any = copy.deepcopy({"": body})
    inner = changed
    *way, last = ("", *path)
    for key in way:
        inner = inner[key]
    inner[last] = text
    return changed[""]


@pytest.mark.slow
def test_a_form_with_any_text_in_any_field_is_answered(town):
    wrong = []
    for route, names in form_routes(town):
        path = filled(town, route.path.replace("{token}", "x"))
        client = client_of(town, route)
        token = form_token(client.get("/").text) if "form_token" in names else ""
        fields = {one: token if one == "form_token" else FORM.get(one, "1") for one in names}
        for name in names:
            for text in (UNSOUND[0], *ODD):
                answer = client.post(path, content=urlencode(fields | {name: text}), headers=URLENCODED)
                if answer.status_code >= 500 or (text in UNSOUND and answer.status_code != 422):
                    wrong.append((path, name, text[:9], answer.status_code))
    assert wrong == []


def test_a_form_without_any_field_is_answered(town):
    multipart = {"content-type": "multipart/form-data; boundary=x"}
    wrong = []
    for route, _ in form_routes(town):
        path, client = filled(town, route.path.replace("{token}", "x")), client_of(town, route)
        for headers, content in ((URLENCODED, ""), (URLENCODED, "&&&"), (multipart, "--x--\r\n"), ({}, "")):
            answer = client.post(path, content=content, headers=headers)
            if not 400 <= answer.status_code < 500:
                wrong.append((path, content, answer.status_code))
    assert wrong == []


@pytest.mark.slow
def test_a_body_with_any_text_in_any_place_is_answered(town):
    wrong = []
    for route, example in body_routes(town):
        path, client = filled(town, route.path), client_of(town, route)
        for place in leaves(example):
            for number, text in enumerate((*UNSOUND, *ODD)):
                key = f"{'-'.join(map(str, (number, *place))).encode().hex()}-key"[:200]
                headers = {"Idempotency-Key": key, "content-type": "application/json"}
                body = json.dumps(with_leaf(example, place, text))
                answer = client.post(path, content=body, headers=headers)
                if answer.status_code >= 500 or (text in UNSOUND and answer.status_code != 422):
                    wrong.append((path, place, text[:9], answer.status_code, answer.text[:200]))
    assert wrong == []


def test_an_address_with_a_control_character_is_answered(town):
    for path in ("/v1/runs?after=%00", "/v1/runs/%00", "/runs/%00", "/v1/me/payouts/%00", "/my/%00"):
        for role in (Role.TEACHER, Role.CLERK):
            assert town.of(role).get(path).status_code in (404, 422), path


def test_the_refusal_is_told_in_the_language_that_is_asked_for_and_repeats_nothing(town):
    asked: dict[str, Any] = {
        "json": {"name": "王芳\0", "scopes": ["audit:read"]},
        "headers": {"Idempotency-Key": "k" * 12},
    }
    client = town.of(Role.ADMIN)
    chinese = client.post("/v1/clients", **asked)
    assert chinese.json()["type"] == "/problems/unsound-text"
    assert "控制字符" in chinese.json()["detail"]
    asked["headers"]["Accept-Language"] = "en"
    assert "cannot be used" in client.post("/v1/clients", **asked).json()["title"]
    asked = {"name": "王芳\0", "scopes": "audit:read", "form_token": form_token(client.get("/").text)}
    page = client.post("/clients", data=asked)
    assert "控制字符" in page.text
    assert "王芳" not in chinese.text + page.text


def test_the_fields_beside_an_uploaded_file_are_looked_at_too(town):
    for field in ("rule_set", "unit", "part", "else"):
        for text in UNSOUND[:2]:
            answer = town.of(Role.CLERK).post(
                "/v1/imports",
                data={field: text},
                files={"file": (f"表{text}.xlsx", b"PK")},
                headers={"Idempotency-Key": "k" * 12},
            )
            assert answer.json()["type"] == "/problems/unsound-text", field


def test_the_fields_of_a_form_may_come_in_any_encoding(town):
    client = town.of(Role.ADMIN)
    token = form_token(client.get("/").text)
    parts = {"name": b"\\ud800", "scopes": b"audit:read", "form_token": token.encode()}
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), value)
        for name, value in parts.items()
    )
    for charset in ("utf-8", "utf-16", "unicode_escape", "idna", "punycode", "hex", "no-such"):
        kind = f"multipart/form-data; boundary=x; charset={charset}"
        answer = client.post("/clients", content=body + b"--x--\r\n", headers={"content-type": kind})
        assert answer.status_code < 500, charset


def test_a_body_that_is_no_json_is_answered(town):
    client = town.of(Role.ADMIN)
    for kind in ("application/json", "text/json", "text/plain", ""):
        for body in (b"{", b"\xff", b"[" * 100_000, b'"\\u0000"', b"null", b""):
            headers = {"Idempotency-Key": "k" * 12} | ({"content-type": kind} if kind else {})
            answer = client.post("/v1/clients", content=body, headers=headers)
            assert answer.status_code in (400, 422), (kind, body[:9])
