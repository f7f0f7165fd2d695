"""The description of the API as pages, made by the server: nothing is loaded from elsewhere, and no script runs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from api.pages.render import page
from api.rights import PUBLIC, NotThere, caller_of

router = APIRouter(prefix="/docs", include_in_schema=False)
TITLES = {
    "runs": "批次",
    "files": "文件",
    "imports": "导入",
    "jobs": "核算和进度",
    "snapshots": "数据快照",
    "ledger": "付款和账",
    "objections": "申诉",
    "rule-sets": "规则集",
    "payees": "收款人",
    "me": "本人",
    "token": "令牌",
    "audit": "审计",
    "clients": "对接的系统",
    "health": "运行状况",
}
SIGNED_IN = "-b cookies.txt"
OWN_PAGE = '-H "Origin: $SERVER"'  # who is signed in acts from our own pages
WITH_KEY = '-H "Idempotency-Key: $(uuidgen)"'


@dataclass(frozen=True)
class Field:
    """One field or parameter, its kind in a few words, whether it must be there, and what is told about it."""

    name: str
    kind: str
    required: bool
    told: str


@dataclass(frozen=True)
class Content:
    """A body or an answer of one media type; `status` is "" for a body."""

    status: str
    media: str
    told: str
    fields: tuple[Field, ...]
    example: str


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    name: str
    summary: str
    told: str
    parameters: tuple[Field, ...]
    contents: tuple[Content, ...]
    problems: tuple[str, ...]
    who: str
    curl: str


@router.get("", dependencies=[PUBLIC])
def contents(request: Request) -> Response:
    """What there is; what the API looks like is no secret."""
    found = _by_tag(request.app.openapi())
    return page("docs.html", caller_of(request), titles=TITLES, found=found)


@router.get("/{tag}", dependencies=[PUBLIC])
def operations(tag: str, request: Request) -> Response:
    found = _by_tag(request.app.openapi())
    if tag not in found:
        raise NotThere
    return page("docs_tag.html", caller_of(request), title=TITLES.get(tag, tag), operations=found[tag])


def _by_tag(description: Mapping[str, Any]) -> dict[str, list[Operation]]:
    found: defaultdict[str, list[Operation]] = defaultdict(list)
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            found[told["tags"][0].replace(" ", "-")].append(
                _operation(description, method.upper(), path, told)
            )
    return {tag: found[tag] for tag in (*TITLES, *sorted(set(found) - set(TITLES))) if tag in found}


def _operation(description: Mapping[str, Any], method: str, path: str, told: Mapping[str, Any]) -> Operation:
    schemas = description["components"]["schemas"]
    body = tuple(_contents(schemas, "", told.get("requestBody", {})))
    answers = {status: each for status, each in told["responses"].items() if status.startswith("2")}
    return Operation(
        method=method,
        path=path,
        name=told["operationId"],
        summary=told["summary"],
        told=told.get("description", ""),
        parameters=tuple(_parameter(schemas, each) for each in told.get("parameters", ())),
        contents=(
            *body,
            *(one for status, each in answers.items() for one in _contents(schemas, status, each)),
        ),
        problems=tuple(status for status in told["responses"] if not status.startswith("2")),
        who=_who(told),
        curl=_curl(method, path, told, body),
    )


def _who(told: Mapping[str, Any]) -> str:
    """Who may call, in a few words."""
    rights = told.get("security", ())
    scopes = [scope for each in rights for scope in each.get("system", ())]
    people = ["登录的人，按角色"] if {"session": []} in rights else []
    systems = [f"令牌，权限 {'、'.join(scopes)}"] if scopes else []
    return "；".join(people + systems) or "人人"


def _parameter(schemas: Mapping[str, Any], told: Mapping[str, Any]) -> Field:
    words = [told.get("description", ""), f"例：{told['example']}" if told.get("example") is not None else ""]
    kind = f"{told['in']}，{_kind(schemas, told['schema'])}"
    return Field(told["name"], kind, told["required"], " ".join(filter(None, words)))


def _contents(schemas: Mapping[str, Any], status: str, told: Mapping[str, Any]) -> Iterator[Content]:
    for media, content in told.get("content", {}).items():
        schema = _meant(schemas, content.get("schema", {}))
        example = content.get("example", "")
        yield Content(
            status,
            media,
            schema.get("description", "") if "properties" in schema else "",
            tuple(_fields(schemas, schema)),
            example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2),
        )


def _fields(schemas: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        yield Field(name, _kind(schemas, each), name in required, each.get("description", ""))


def _meant(schemas: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that a reference names."""
    found: Mapping[str, Any] = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def _kind(schemas: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(_kind(schemas, each) for each in schema["anyOf"])
    if "$ref" in schema:
        inner = _meant(schemas, schema)
        return _kind(schemas, inner) if "enum" in inner else schema["$ref"].rpartition("/")[2]
    if "const" in schema:
        return f"“{schema['const']}”"
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"{_kind(schemas, schema['items'])}[]"
    return str(schema.get("format") or schema.get("type", "any"))


def _curl(method: str, path: str, told: Mapping[str, Any], body: tuple[Content, ...]) -> str:
    """A line that can be tried, once SERVER is set and TOKEN, or who signed in has `cookies.txt` where no token lets in.

    A body comes from its example.
    """
    given = {each["name"]: each for each in told.get("parameters", ()) if each["required"]}
    path = path.format_map({name: each.get("example", "") for name, each in given.items()})
    asked = "&".join(
        f"{name}={each.get('example', '')}" for name, each in given.items() if each["in"] == "query"
    )
    parts = ["curl", "-s", *(["-X", method] if method == "POST" and not body else [])]
    parts.append(f'"$SERVER{path}{f"?{asked}" if asked else ""}"')
    rights = told.get("security", ())
    if any("system" in each for each in rights):
        parts.append('-H "Authorization: Bearer $TOKEN"')
    elif rights:
        parts += [SIGNED_IN, *([OWN_PAGE] if method == "POST" else [])]
    if "Idempotency-Key" in given:
        parts.append(WITH_KEY)
    for each in body:
        parts += _sent(each)
    return " ".join(parts)


def _sent(body: Content) -> list[str]:
    """How curl sends a body."""
    if body.media == "application/json":
        compact = json.dumps(json.loads(body.example), ensure_ascii=False)
        return ['-H "Content-Type: application/json"', f"-d '{compact}'"]
    flag = "-F" if body.media == "multipart/form-data" else "--data-urlencode"
    return [f"{flag} '{name}={value}'" for name, value in json.loads(body.example).items()]
