"""Errors as problem details (RFC 9457), in Chinese or English; what somebody sent is never repeated.

`STATUS` has a row for every error that a use case or the store can raise; a test walks the trees and fails when one
has none. What is raised elsewhere is our mistake: 500, with a number that the log has too.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from api.observed import REQUEST_ID, route_of
from api.pages.render import page
from api.rights import FromElsewhere, NotSignedIn, NotThere
from api.texts import UnsoundText
from api.upload import TooLarge
from api.versions import Changed
from payroll_service import errors
from payroll_service.calculation.outcome import CalculationError
from payroll_service.store import errors as store_errors
from payroll_service.workbook.guard import UnreadableWorkbook
from rules.language import RuleSetError

SHOWN = 50  # mistakes of a rule set
LANGUAGE = re.compile(
    r"(?P<code>[A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=(?:(?P<one>1(?:\.0{0,3})?)|0(?:\.(?P<part>[0-9]{0,3}))?))?"
)


@dataclass(frozen=True)
class Kind:
    """`slug` names the kind of problem for ever; `chinese` and `english` are its titles."""

    status: int
    slug: str
    chinese: str
    english: str


NOT_SIGNED_IN = Kind(401, "not-signed-in", "请先登录", "Sign in first")
NOT_THERE = Kind(404, "not-there", "没有找到", "Not found")
MALFORMED = Kind(422, "malformed", "请求的内容不合要求", "The request does not have the expected form")
OUR_MISTAKE = Kind(500, "our-mistake", "系统出错", "The service made a mistake")
ELSEWHERE = Kind(
    403, "from-elsewhere", "请求不是从本系统的页面发出的", "The request did not come from our own pages"
)
STATUS: dict[type[Exception], Kind] = {
    NotSignedIn: NOT_SIGNED_IN,
    NotThere: NOT_THERE,
    FromElsewhere: ELSEWHERE,
    TooLarge: Kind(413, "too-large", "文件太大", "The file is larger than what is accepted"),
    UnsoundText: Kind(
        422, "unsound-text", "文字里有不能用的字符", "A text holds characters that cannot be used"
    ),
    errors.UnreadableFile: Kind(422, "unreadable-file", "文件读不了", "The file cannot be read"),
    UnreadableWorkbook: Kind(422, "unreadable-workbook", "工作簿读不了", "The workbook cannot be read"),
    errors.UnknownPeriod: Kind(422, "unknown-period", "期间不对", "No such period, or not governed"),
    errors.UnknownColumn: Kind(404, "unknown-column", "没有这张表或这一列", "No such table or column"),
    errors.UnknownPayee: Kind(404, "unknown-payee", "没有这位收款人", "No such payee"),
    errors.UnsoundInput: Kind(422, "unsound-input", "数据有问题", "The data have problems"),
    errors.UnknownRun: Kind(404, "unknown-run", "没有这个批次", "No such run"),
    errors.UnknownRuleSet: Kind(
        422, "unknown-rule-set", "没有这个规则集", "No such rule set, or several could be meant"
    ),
    errors.TooManyOpen: Kind(409, "too-many-open", "还没有办完的太多", "Too much is open already"),
    errors.NotExamined: Kind(409, "not-examined", "现在不能入库", "The import cannot be accepted now"),
    Changed: Kind(412, "changed", "您看到以后它已经变了", "It is not what you looked at any more"),
    errors.Overtaken: Kind(409, "overtaken", "情况已经变了", "Something changed meanwhile"),
    errors.NothingToAssemble: Kind(409, "nothing-to-assemble", "没有可合并的", "Nothing to assemble"),
    errors.MoneyShort: Kind(409, "money-short", "资金不足", "Not enough money"),
    errors.NotInBook: Kind(404, "not-in-book", "账上没有", "Not in the book"),
    errors.SamePerson: Kind(409, "same-person", "经办和审批不能是同一个人", "Two persons are needed"),
    errors.UnsoundDeductions: Kind(422, "unsound-deductions", "扣款有问题", "The deductions do not fit"),
    errors.UnsoundDescription: Kind(
        422, "unsound-description", "格式说明有错误", "The description of a file has mistakes"
    ),
    errors.UnsoundFile: Kind(422, "unsound-file", "文件对不上", "The file does not fit"),
    errors.NotApprovable: Kind(
        409, "not-approvable", "批次现在不能这样办", "The state of the run does not allow it"
    ),
    errors.NotEnactable: Kind(409, "not-enactable", "现在不能启用", "The rule set cannot be enacted now"),
    errors.UnknownCalendar: Kind(
        409, "unknown-calendar", "放假安排还不知道", "The holidays of that year are not known"
    ),
    errors.NotPublishable: Kind(
        409, "not-publishable", "现在不能公示或结束公示", "It cannot be published or closed now"
    ),
    errors.NotObjectable: Kind(
        409, "not-objectable", "现在不能这样申诉或答复", "The objection cannot be made or answered so"
    ),
    errors.NothingToPublish: Kind(409, "nothing-to-publish", "没有可公示的", "Nothing to publish"),
    errors.AlteredBook: Kind(409, "altered-book", "账被改动过", "What is stored was altered"),
    errors.VersionsClash: Kind(409, "versions-clash", "两版规则集冲突", "Two versions clash"),
    errors.SignInRefused: Kind(403, "sign-in-refused", "登录不成功", "Signing in was refused"),
    errors.NotAcceptable: Kind(422, "not-acceptable", "填写有误", "What was filled in has mistakes"),
    errors.KeyReused: Kind(
        422, "key-reused", "幂等键重复使用", "The idempotency key was used for another request"
    ),
    errors.BackupRefused: Kind(409, "backup-refused", "备份或恢复没有进行", "The backup was refused"),
    errors.NotConfirmed: Kind(409, "not-confirmed", "需要先确认", "Confirmation is needed first"),
    CalculationError: Kind(422, "cannot-calculate", "有的行无法计算", "Some rows cannot be calculated"),
    RuleSetError: Kind(422, "rule-set-mistakes", "规则集有错误", "The rule set has mistakes"),
    store_errors.NotStored: Kind(404, "not-stored", "没有找到", "Not found"),
    store_errors.UnknownPlace: Kind(
        422, "unknown-place", "列表不能从这里接着", "The list cannot go on from there"
    ),
    store_errors.AlreadyStored: Kind(409, "already-stored", "已经有了", "Stored already"),
    store_errors.NumberTaken: Kind(409, "number-taken", "号码已被占用", "The number is taken"),
    store_errors.StoredBytesChanged: Kind(
        500, "stored-bytes-changed", "库中内容被改动", "Stored bytes were changed"
    ),
    store_errors.KeysUnusable: Kind(503, "keys-unusable", "密钥用不了", "The keys cannot be used"),
    store_errors.StoreBusy: Kind(503, "busy", "系统正忙", "The service is busy"),
    store_errors.ConnectionLost: Kind(503, "connection-lost", "与数据库的连接断了", "The database went away"),
    store_errors.Unreachable: Kind(503, "unreachable", "打不开数据库", "The database cannot be opened"),
    store_errors.SchemaMismatch: Kind(
        503, "schema-mismatch", "数据库版本不符", "The database is of another version"
    ),
    store_errors.UnsupportedDatabase: Kind(
        500, "unsupported-database", "不支持的数据库", "Unsupported database"
    ),
}


def install(app: FastAPI) -> None:
    """Every error of the application leaves as a problem."""
    for error in STATUS:
        app.add_exception_handler(error, _known)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def kind_of(error: Exception) -> Kind:
    """The nearest class that has a row."""
    return next(STATUS[one] for one in type(error).__mro__ if one in STATUS)


def problem(request: Request, kind: Kind, detail: str = "", remedy: str = "", **more: object) -> Response:
    """The answer. Details are in Chinese, as the use cases say them; an English reader gets the title alone."""
    english = _wants_english(request)
    if not request.url.path.startswith("/v1/"):
        return page("message.html", None, kind.status, title=kind.chinese, detail=detail, remedy=remedy)
    body: dict[str, object] = {
        "type": f"/problems/{kind.slug}",
        "title": kind.english if english else kind.chinese,
        "status": kind.status,
    }
    if detail and not english:
        body |= {"detail": detail} | ({"remedy": remedy} if remedy else {})
    language = "en" if english else "zh-CN"
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    if kind.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if kind.status == 503:
        headers["Retry-After"] = "5"
    return JSONResponse(body | more, kind.status, headers, media_type="application/problem+json")


def _known(request: Request, error: Exception) -> Response:
    kind = kind_of(error)
    if kind is NOT_SIGNED_IN and not request.url.path.startswith("/v1/"):
        return RedirectResponse("/sign-in", 303)
    if isinstance(error, errors.Refused):
        return problem(request, kind, error.message, error.remedy)
    if isinstance(error, RuleSetError):
        mistakes = [{"at": str(one.place), "rule": one.message} for one in error.problems[:SHOWN]]
        return problem(request, kind, f"共 {len(error.problems)} 处。", errors=mistakes)
    if isinstance(error, CalculationError):
        return problem(request, kind, f"共 {len(error.problems)} 处。")
    return problem(request, kind, str(error))


def _malformed(request: Request, error: Exception) -> Response:
    """Where and what is wrong, without what was sent."""
    assert isinstance(error, RequestValidationError), "registered for it"
    if not request.url.path.startswith("/v1/"):
        return problem(
            request, MALFORMED, "有一项没有填、太长，或者写法不对，没有办理。", "请返回上一页改好，再提交。"
        )
    places = [{"at": ".".join(map(str, one["loc"])), "rule": one["type"]} for one in error.errors()]
    return problem(request, MALFORMED, "请对照接口文档。", errors=places)


def _http(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: no such path, no such method."""
    assert isinstance(error, HTTPException), "registered for it"
    if error.status_code == 404:
        return problem(request, NOT_THERE)
    titles = {
        405: ("method-not-allowed", "不支持这种方法", "Method not allowed"),
        413: ("too-large", "请求的内容太大", "More was sent than is accepted"),
    }
    slug, chinese, english = titles.get(
        error.status_code, ("refused", "请求被拒绝", "The request was refused")
    )
    answer = problem(request, Kind(error.status_code, slug, chinese, english))
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
