"""What OpenAPI tells of every operation beyond its route: who may call it, and the problems it may answer with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from api.paging import WHOLE
from api.rights import COOKIE, rights_of, routes_of
from payroll_service.access.roles import Scope

PROBLEMS = {
    400: "The body cannot be read.",
    401: "Nobody is signed in, or not any more.",
    403: "Refused: the request came from elsewhere, or the secret is wrong.",
    404: "There is no such thing, or it is not for this caller: nobody can tell which.",
    409: "What is stored does not allow it now; `type` tells why, `remedy` what to do.",
    412: "It is not what the caller looked at, and named in `If-Match`, any more.",
    413: "More was sent than is accepted.",
    422: "The request does not have the expected form, or what it asks for cannot be.",
    500: "The service made a mistake; `number` is in its log.",
    503: "The service is busy or cannot reach its database: try again, with the same key.",
}
ETAG = {
    "ETag": {
        "description": "Of these bytes: another as soon as anything in the answer is another.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'},
    }
}
SCHEMES = {
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    "system": {
        "type": "oauth2",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/v1/token",
                "scopes": {scope.value: scope.name.replace("_", " ").lower() for scope in Scope},
            }
        },
    },
}


class Mistake(BaseModel):
    """One place in what was sent, and the rule it breaks: a code, with its `message` in the language of the answer; or words
    in `language`.

    In `at`, what the API does not declare is `?`; a place in a document is followed by its line and column.
    """

    at: str = Field(examples=["body.receipt", "body.documents.0.file:12:5"])
    rule: str = Field(examples=["string_pattern_mismatch"])
    message: str = Field("", examples=["写法不对，请照接口文档里的样例写。"])
    language: str = Field("", examples=["zh-CN"])


class Problem(BaseModel):
    """An error as it leaves (RFC 9457), in Chinese or, by `Accept-Language`, in English.

    In Chinese `detail` and `remedy` are about the very case, in English about its kind. Neither repeats what was sent: it
    stands there as its place, 〔path.run_id〕.
    """

    type: Annotated[str, Field(pattern="^/problems/[a-z-]+$", examples=["/problems/overtaken"])]
    title: str = Field(examples=["情况已经变了"])
    status: Annotated[int, Field(ge=400, le=599, examples=[409])]
    detail: str = ""
    remedy: str = ""
    number: str = ""
    errors: list[Mistake] = []


def tell_contract(app: FastAPI) -> None:
    """Make the application's description say it all."""
    described: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(described(), routes_of(app))
        return described()

    app.openapi = openapi  # type: ignore[method-assign]  # as the framework has it done


def _complete(description: dict[str, Any], routes: list[APIRoute]) -> None:
    parts = description.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    parts["responses"] = {f"Problem{status}": _response(told) for status, told in PROBLEMS.items()}
    parts["securitySchemes"] = SCHEMES
    for route in routes:
        if route.path.startswith("/v1/") and route.include_in_schema:
            for method in route.methods or ():
                operation = description["paths"][route.path][method.lower()]
                for status in _statuses(route, operation):
                    answer = {"$ref": f"#/components/responses/Problem{status}"}
                    operation["responses"][str(status)] = answer
                if "If-None-Match" in _parameters(operation):
                    operation["responses"]["200"]["headers"] = ETAG
                    known = {"description": "The caller has it already.", "headers": ETAG}
                    operation["responses"]["304"] = known
                operation["security"] = list(_callers(route))
                if why := WHOLE.get(operation["operationId"]):
                    operation["x-whole"] = why


def _response(told: str) -> dict[str, object]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": told, "content": {"application/problem+json": {"schema": schema}}}


def _statuses(route: APIRoute, operation: dict[str, Any]) -> Iterator[int]:
    if not _is_public(route):
        yield from (401, 404, 409)
    if operation.get("requestBody"):
        yield from (400, 413)
    if "POST" in (route.methods or ()):
        yield 403
    if "If-Match" in _parameters(operation):
        yield 412
    yield from (422, 500, 503)


def _parameters(operation: dict[str, Any]) -> set[str]:
    return {each["name"] for each in operation.get("parameters", ())}


def _is_public(route: APIRoute) -> bool:
    return all(rights.public for rights in rights_of(route))


def _callers(route: APIRoute) -> Iterator[dict[str, list[str]]]:
    """Either of these: a session of somebody with one of the roles, or a system with one of the scopes."""
    for rights in rights_of(route):
        if rights.roles:
            yield {"session": []}
        for scope in sorted(rights.scopes):
            yield {"system": [scope.value]}
