"""A request to every route, with places for the ids that can stand in its path, query and body."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from starlette.testclient import TestClient

from api.examples import PAYEE, RECEIPT, RULE_SET, RUN, SNAPSHOT
from api.metrics import Monitoring
from api.rights import Rights, rights_of, routes_of

# Which id stands in a field or parameter of that name; `number` is a payment's, an adjustment's or an objection's.
ID_OF = {
    "run_id": "run", "run": "run", "other": "run",
    "fingerprint": "rule_set", "rule_set": "rule_set", "since": "rule_set",
    "snapshot": "snapshot", "snapshots": "snapshot", "receipt": "receipt",
    "payee": "payee", "account_id": "account", "change": "change", "client_id": "client",
    "import_id": "import", "job_id": "job", "corrects": "movement",
    "text": "person", "number": "person",
}  # fmt: skip
SHOWN = {PAYEE: "payee", RUN: "run", RULE_SET: "rule_set", SNAPSHOT: "snapshot", RECEIPT: "receipt"}
FIELDS: dict[str, Any] = {
    "account": "6228480000000000018", "amount": "5.00", "answer_by": "", "answer_days": "5", "bank": "农信社",
    "cause": "score", "claim": "", "day": "2021-03-02", "earned": "2020-2021-1", "event": "", "form": "csv",
    "format": "pipe", "fresh": "a password of mine", "fund": "绩效", "item": "奖励", "items": [], "login": "newcomer",
    "name": "新来的", "new": "another of mine", "note": "", "old": "not the password", "outcome": "rejected", "own": "",
    "password": "a password of mine", "period": "2020-09", "reason": "核对", "reference": "", "renew": "", "roles": ["teacher"],
    "scopes": ["audit:read"], "seen": '"1"', "summary": "绩效工资", "unit": "", "until": "",
    "words": "登记表上是 90 分", "working_days": "5",
}  # fmt: skip
UPLOADS = {  # fields beside the file
    "/v1/imports": {"rule_set": "{rule_set}"},
    "/imports": {"rule_set": "{rule_set}"},
    "/v1/payments/{number}/bank-answer": {"format": "result-pipe", "day": "2021-03-05"},
    "/payments/{number}/bank-answer": {"format": "result-pipe", "day": "2021-03-05"},
    "/rule-sets": {},
}


@dataclass(frozen=True)
class Request:
    """One request, with places for ids: `{run}` in its path, query and body."""

    method: str
    route: str
    path: str
    rights: Rights
    query: dict[str, str]
    json: str = ""
    form: dict[str, Any] | None = None
    file: str = ""

    @property
    def places(self) -> set[str]:
        """The ids that it names."""
        whole = json.dumps([self.path, self.query, self.json, self.form])
        return set(re.findall(r"\{([a-z_]+)\}", whole))

    def send(self, client: TestClient, ids: dict[str, str], key: str) -> Any:
        def put(text: Any) -> Any:
            if not isinstance(text, str):
                return text
            return re.sub(r"\{([a-z_]+)\}", lambda found: ids[found[1]], text)

        sent: dict[str, Any] = {"params": {name: put(text) for name, text in self.query.items()}}
        if self.method != "GET":
            sent["headers"] = {"Idempotency-Key": key}
            if self.json:
                sent["content"] = put(self.json)
                sent["headers"]["content-type"] = "application/json"
            if self.form is not None:
                sent["data"] = {name: put(text) for name, text in self.form.items()}
                if "form_token" in self.form:
                    sent["data"]["form_token"] = client.headers["x-form-token"]
                    sent["data"]["key"] = key
            if self.file:
                sent["files"] = {self.file: ("回盘.txt", "1|某人|1|1.00|S||\r\n".encode(), "text/plain")}
        return client.request(self.method, put(self.path), **sent)


def requests_of(app: FastAPI) -> list[Request]:
    """Every route that is not public, with all that it takes."""
    described = app.openapi()["paths"]
    found = []
    for route in routes_of(app):
        (rights,) = rights_of(route)
        if rights.public or isinstance(rights, Monitoring):
            continue
        names = {name: place(name, route.path) for name in re.findall(r"\{(\w+)\}", route.path)}
        path = route.path.format_map(names)
        asked = [one.alias for one in parameters(route.dependant, "query_params")]
        query = {name: place(name, "") for name in asked if name in ID_OF}
        query |= {name: "1" for name in asked if name in ("compare", "payment")}
        for method in sorted(route.methods or ()):
            one = Request(method, f"{method} {route.path}", path, rights, query)
            if method != "GET":
                operation = described.get(route.path, {}).get(method.lower())
                one = with_body(one, route.path, operation, form_fields(route.dependant))
            found.append(one)
    return found


def place(name: str, path: str) -> str:
    """What stands in a path or field of that name: an id's place, or something harmless."""
    if name == "number" and path:
        return "{" + re.findall(r"(payment|adjustment|objection)s/\{number", path)[0] + "}"
    if name == "act":
        return "disable"
    if name == "words" and path.endswith("/payees"):
        return "{person}"
    return "{" + ID_OF[name] + "}" if name in ID_OF else FIELDS[name]


def with_body(one: Request, path: str, operation: dict[str, Any] | None, fields: list[str]) -> Request:
    if path in UPLOADS:
        form = UPLOADS[path] | ({} if operation else {"form_token": ""})
        return replace(one, form=form, file="documents" if path == "/rule-sets" else "file")
    if operation is None:
        return replace(
            one,
            form={
                name: place(name, path if name == "words" else "")
                for name in fields
                if name not in ("form_token", "key")
            }
            | {"form_token": ""},
        )
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return one
    body = content["example"]
    if path == "/v1/payees/search":
        body = {"text": "{person}"}
    if path == "/v1/payments":
        body = {"day": "2021-03-02", "payee": PAYEE}
    told = json.dumps(body)
    for shown, name in SHOWN.items():
        told = told.replace(shown, "{" + name + "}")
    return replace(one, json=told)


def parameters(dependant: Dependant, kind: str) -> Iterator[Any]:
    yield from getattr(dependant, kind)
    for inner in dependant.dependencies:
        yield from parameters(inner, kind)


def form_fields(dependant: Dependant) -> list[str]:
    """Names of a form's fields, also of one that is a model."""
    found: list[str] = []
    for one in parameters(dependant, "body_params"):
        model = one.field_info.annotation
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        found += list(model.model_fields) if is_model else [one.alias]
    return found
