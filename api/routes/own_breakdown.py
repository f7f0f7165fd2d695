"""The one hot read: on the day of publication everybody looks up their own breakdown.

Who calls, whether they may, and what they read come from one query, without a thread and without the framework's
conversion of parameters, which would take longer than the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from api.models.base import RunId
from api.rights import COOKIE, Caller, NotSignedIn, NotThere, Rights, caller_of, rights_of
from api.state import now_of, store_of
from payroll_service.access.roles import Role
from payroll_service.workflow.read_payouts import not_paid, own_breakdown


class OwnBreakdown(Rights):
    """Lets in who has the role, and hands out the breakdown. Raises UnknownPayee."""

    async def __call__(self, request: Request) -> bytes:
        cookie = request.cookies.get(COOKIE, "")
        if not cookie or "authorization" in request.headers:  # nobody, or a system, which no role lets in
            self.admit(request, await run_in_threadpool(caller_of, request))
            raise NotThere
        asked = request.path_params["run_id"]
        run_id = asked if asked.isprintable() else ""  # no database takes just any character
        found = await own_breakdown(store_of(request), cookie, run_id, now_of(request))
        if found is None:
            raise NotSignedIn
        account = found.account
        self.admit(request, Caller(account.bureau, account.login, account, frozenset()))
        if found.content is None:
            raise not_paid(run_id)
        return found.content


class Straight(APIRoute):
    """A route that asks its one right itself, and converts nothing."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        (right,) = rights_of(self)
        assert isinstance(right, OwnBreakdown), "what a straight route is for"

        async def handle(request: Request) -> Response:
            answer: Response = await self.endpoint(request.path_params["run_id"], await right(request))
            return answer

        return handle


OWN_BREAKDOWN = Depends(OwnBreakdown(frozenset({Role.TEACHER}), frozenset()))
router = APIRouter(prefix="/v1/me", tags=["me"], route_class=Straight)


@router.get(
    "/payouts/{run_id}",
    operation_id="readOwnPayout",
    summary="My lines in one approved run, in the very bytes that were stored",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def payout(run_id: RunId, content: Annotated[bytes, OWN_BREAKDOWN]) -> Response:
    return Response(content, media_type="application/json")
