"""Errors as problem details (RFC 9457), in Chinese or English; what somebody sent is never repeated.

What is raised and has no row among the kinds is our mistake: 500, with a number that the log has too.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import replace

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from api.mistakes import sentence_of
from api.observed import REQUEST_ID, route_of
from api.pages.render import page
from api.problem_kinds import (
    KINDS,
    MALFORMED,
    NOT_SIGNED_IN,
    OF_STATUS,
    OUR_MISTAKE,
    REFUSED,
    Kind,
    kind_of,
)
from api.rights import OFFICE, Caller
from api.sent import declared_place, sent_with
from payroll_service import errors
from payroll_service.calculation.outcome import CalculationError
from payroll_service.workflow.masking import masked
from rules.language import RuleSetError

SHOWN = 50  # mistakes of a rule set
LANGUAGE = re.compile(
    r"(?P<code>[A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=(?:(?P<one>1(?:\.0{0,3})?)|0(?:\.(?P<part>[0-9]{0,3}))?))?"
)


def install(app: FastAPI) -> None:
    """Every error of the application leaves as a problem."""
    for error in KINDS:
        app.add_exception_handler(error, _known)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def problem(request: Request, kind: Kind, detail: str = "", remedy: str = "", **more: object) -> Response:
    """The answer. `detail` and `remedy` are in Chinese and hold nothing that was sent; the kind has the English ones, and
    the Chinese ones where nothing is told of the case."""
    if not detail:
        detail, remedy = kind.chinese_detail, kind.chinese_remedy
    if not _is_api(request):
        return page("message.html", None, kind.status, title=kind.chinese, detail=detail, remedy=remedy)
    title = kind.chinese
    if english := _wants_english(request):
        title, detail, remedy = kind.english, kind.detail, kind.remedy
    told = {"detail": detail, "remedy": remedy}
    body = {"type": f"/problems/{kind.slug}", "title": title, "status": kind.status}
    body |= {name: text for name, text in told.items() if text}
    headers = {"Content-Language": "en" if english else "zh-CN", "Vary": "Accept-Language"}
    if kind.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if kind.status == 503:
        headers["Retry-After"] = "5"
    return JSONResponse(body | more, kind.status, headers, media_type="application/problem+json")


def _known(request: Request, error: Exception) -> Response:
    kind = kind_of(error)
    if kind is NOT_SIGNED_IN and not _is_api(request):
        return RedirectResponse("/sign-in", 303)
    if isinstance(error, errors.Refused):
        return _said(request, kind, error.message, error.remedy if _may_list(request) else error.advice)
    if isinstance(error, RuleSetError):
        return problem(request, kind, f"共 {len(error.problems)} 处。", errors=_mistakes(request, error))
    if isinstance(error, CalculationError):
        return problem(request, kind, f"共 {len(error.problems)} 处。")
    return _said(request, kind, str(error))


def _said(request: Request, kind: Kind, detail: str, remedy: str = "") -> Response:
    """In the words of a use case: on a page all of them, it is her own form; else without what was sent. The middle of
    long numbers is hidden: who names somebody by an id is not told the number."""
    if _is_api(request) and not _wants_english(request):
        sent = sent_with(request)
        # how a period is written stays whole, whichever one was sent: it is the cure, and says nothing of the request
        remedy = errors.PERIODS_WRITTEN.join(map(sent.left_out, remedy.split(errors.PERIODS_WRITTEN)))
        detail = sent.left_out(detail)
    return problem(request, kind, masked(detail), masked(remedy))


def _mistakes(request: Request, error: RuleSetError) -> list[dict[str, str]]:
    """Document, line and column of each, and what it says, which is Chinese for every reader."""
    sent = sent_with(request)
    return [
        {
            "at": f"{sent.place(one.place.file)}:{one.place.line}:{one.place.column}",
            "rule": sent.left_out(one.message),
            "language": "zh-CN",
        }
        for one in error.problems[:SHOWN]
    ]


def _may_list(request: Request) -> bool:
    """Whether the answer may name what else there is: on pages, to the office. A system asks for the list."""
    caller: Caller | None = getattr(request.state, "caller", None)
    return not _is_api(request) and caller is not None and caller.has(*OFFICE)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/v1/")


def _malformed(request: Request, error: Exception) -> Response:
    """Where and what is wrong, without what was sent."""
    assert isinstance(error, RequestValidationError), "registered for it"
    if not _is_api(request):
        return problem(
            request, MALFORMED, "有一项没有填、太长，或者写法不对，没有办理。", "请返回上一页改好，再提交。"
        )
    english = _wants_english(request)
    places = [
        {
            "at": declared_place(request, one["loc"]),
            "rule": one["type"],
            "message": sentence_of(one["type"], one.get("ctx", {}), english),
        }
        for one in error.errors()
    ]
    return problem(request, MALFORMED, "请对照接口文档。", errors=places)


def _http(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: no such path, no such method."""
    assert isinstance(error, HTTPException), "registered for it"
    kind = OF_STATUS.get(error.status_code) or replace(REFUSED, status=error.status_code)
    answer = problem(request, kind)
    answer.headers.update(error.headers or {})
    return answer


def _unexpected(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    request_id = request.state.request_id
    structlog.get_logger().error(
        "our mistake", number=number, request=request_id, route=route_of(request.scope), exc_info=error
    )
    answer = problem(request, OUR_MISTAKE, f"编号 {number}，请告诉管理员。", number=number)
    answer.headers[REQUEST_ID] = request_id
    return answer


def _wants_english(request: Request) -> bool:
    """Whether English stands before Chinese among the languages that are asked for.

    A weight is 0 to 1 with up to three decimals (RFC 9110, 12.4.2), counted here in thousandths; 0 asks for none of it.
    """
    wanted = []
    for place, part in enumerate(request.headers.get("accept-language", "").split(",")):
        asked = LANGUAGE.fullmatch(part.strip())
        if asked is not None:
            thousandths = (
                1000 if ";" not in asked[0] or asked["one"] else int((asked["part"] or "").ljust(3, "0"))
            )
            wanted.append((-thousandths, place, asked["code"].lower()[:2]))
    return next(
        (code == "en" for weight, _, code in sorted(wanted) if weight and code in ("en", "zh")), False
    )
