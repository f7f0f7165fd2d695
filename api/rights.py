"""Who may call what. Every route declares its rights; a route without any stops the start.

    @router.get("/runs", dependencies=[...]) …
    def list_runs(caller: Annotated[Caller, allow(Role.CLERK, Role.AUDITOR, scopes=[Scope.READ_PAYOUTS])]) …

Who is not signed in gets 401; what one may not see is answered like what does not exist, 404.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.state import now_of, store_of
from payroll_service.access.accounts import Account
from payroll_service.access.roles import Role, Scope
from payroll_service.workflow.open_token import caller as find_caller
from payroll_service.workflow.sign_in import who_is

COOKIE = "__Host-payroll"
SAFE = ("GET", "HEAD", "OPTIONS")
OPEN = ("/openapi.json",)  # of the framework: what the API looks like is no secret


class NotSignedIn(Exception):
    """Nobody, or nobody any more."""


class NotThere(Exception):
    """What does not exist, or what the caller may not see: nobody can tell which."""


class FromElsewhere(Exception):
    """A form or script of another site tried to act in the caller's name."""


@dataclass(frozen=True)
class Caller:
    """Whoever calls: a signed-in person, or a finance system with a token. `name` stands in the logs.

    `form_token` is the secret of the session's forms, "" for systems; `unit` the one school that may be seen, "" for all.
    """

    bureau: str
    name: str
    account: Account | None
    scopes: frozenset[Scope]
    form_token: str = ""

    @property
    def unit(self) -> str:
        return self.account.unit if self.account else ""

    def has(self, *roles: Role) -> bool:
        return self.account is not None and bool(self.account.roles & set(roles))


@dataclass(frozen=True)
class Rights:
    """What a route asks of its caller. `public`: nothing at all."""

    roles: frozenset[Role]
    scopes: frozenset[Scope]
    public: bool = False

    def admit(self, request: Request, caller: Caller | None) -> Caller:
        """Let in whoever has one of the roles or scopes. Raises NotSignedIn, NotThere."""
        if caller is None:
            raise NotSignedIn
        request.state.caller = caller  # for the log
        if not (caller.has(*self.roles) or caller.scopes & self.scopes):
            raise NotThere
        return caller


class Everybody(Rights):
    def __call__(self) -> None:
        """Lets in."""


class WhoeverMay(Rights):
    def __call__(self, request: Request) -> Caller:
        return self.admit(request, caller_of(request))


PUBLIC = Depends(Everybody(frozenset(), frozenset(), public=True))
ANYONE_SIGNED_IN = tuple(Role)
OFFICE = (Role.CLERK, Role.APPROVER, Role.AUDITOR)  # who sees a whole bureau's runs and book


def allow(*roles: Role, scopes: Iterable[Scope] = ()) -> Caller:
    """The dependency that lets these roles and scopes in."""
    found: Caller = Depends(WhoeverMay(frozenset(roles), frozenset(scopes)))
    return found


def check_rights(app: FastAPI) -> None:
    """Stop the start if a route declares no rights. Raises RuntimeError naming every such route."""
    routes = routes_of(app)
    bare = [f"{sorted(route.methods or ())} {route.path}" for route in routes if not rights_of(route)]
    if bare or not routes:
        raise RuntimeError(f"routes without rights: {', '.join(bare)}")


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every route of the application. Raises RuntimeError for a kind of route that could not declare rights."""
    return list(_routes(app.routes))


def _routes(routes: Iterable[object]) -> Iterable[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif isinstance(inner := getattr(route, "original_router", None), APIRouter):
            yield from _routes(inner.routes)  # routers are included as wholes
        elif getattr(route, "path", "") not in OPEN:
            raise RuntimeError(f"a route of an unknown kind: {route}")


def rights_of(route: APIRoute) -> Sequence[Rights]:
    """The rights that a route declares, anywhere among its dependencies."""
    return list(_rights(route.dependant))


def _rights(dependant: Dependant) -> Iterable[Rights]:
    for inner in dependant.dependencies:
        call: object = inner.call
        if isinstance(call, Rights):
            yield call
        yield from _rights(inner)


def caller_of(request: Request) -> Caller | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        found = find_caller(store_of(request), token.strip(), now_of(request))
        return Caller(found[0].bureau, f"系统 {found[0].name}", None, found[1]) if found else None
    cookie = request.cookies.get(COOKIE, "")
    signed_in = who_is(store_of(request), cookie, now_of(request)) if cookie else None
    if signed_in is None:
        return None
    if request.method not in SAFE:
        refuse_from_elsewhere(request)
    session, account = signed_in
    return Caller(account.bureau, account.login, account, frozenset(), session.form_token)


def refuse_from_elsewhere(request: Request) -> None:
    """A browser says where a request comes from; one that acts with a cookie must come from our own pages."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = origin is not None and urlsplit(origin).netloc == request.headers.get("host")
    if not (site == "same-origin" or (site is None and own)):
        raise FromElsewhere
