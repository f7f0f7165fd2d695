"""The kinds of problems, in Chinese and English; `KINDS` has a row for every error that a use case or the store can raise.

A test walks the trees and fails when one has none. The English sentences are those of the kind: what there is to tell of
one case, the use cases tell in Chinese.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.rights import FromElsewhere, NotSignedIn, NotThere
from api.texts import UnsoundText
from api.upload import TooLarge
from api.versions import Changed
from payroll_service import errors
from payroll_service.calculation.outcome import CalculationError
from payroll_service.store import errors as store_errors
from payroll_service.workbook.guard import UnreadableWorkbook
from rules.language import RuleSetError


@dataclass(frozen=True)
class Kind:
    """`slug` names the kind of problem for ever; `chinese` and `english` are its titles.

    `detail` and `remedy` tell an English reader what it means and what to do; the Chinese ones stand in where nobody
    has told the very case.
    """

    status: int
    slug: str
    chinese: str
    english: str
    detail: str
    remedy: str
    chinese_detail: str = ""
    chinese_remedy: str = ""


MALFORMED = Kind(
    422, "malformed", "请求的内容不合要求", "The request does not have the expected form",
    "A part of the request is missing, too long, or written otherwise than the description of the API says.",
    "Put right what `errors` names and send the request again.",
)  # fmt: skip
OUR_MISTAKE = Kind(
    500, "our-mistake", "系统出错", "The service made a mistake",
    "Something happened that should not. The log of the service has it under `number`.",
    "Tell the administrator the number. With the same idempotency key the request may be sent again.",
)  # fmt: skip
NOT_SIGNED_IN = Kind(
    401, "not-signed-in", "请先登录", "Sign in first",
    "There is no session and no token, or it is over.",
    "Sign in, or ask /v1/token for a new token, and send the request again.",
    "没有登录，没有令牌，或者已经过期。",
    "请登录，或向 /v1/token 换新的令牌，再送一次。",
)  # fmt: skip
NOT_THERE = Kind(
    404, "not-there", "没有找到", "Not found",
    "There is no such thing, or it is not for this caller; which of the two is not told.",
    "Check the address, and which roles or scopes the caller has.",
    "没有这一页或这样东西，或者它不是给您看的；是哪一种，不分开说。",
    "请核对网址；网址不错的，请管理员看您的账号有没有办这件事的角色或权限。",
)  # fmt: skip
REFUSED = Kind(
    400, "refused", "请求被拒绝", "The request was refused",
    "The request cannot be read.",
    "Compare it with the description of the API.",
    "请求读不了。",
    "请对照接口文档。",
)  # fmt: skip
OF_STATUS = {
    404: NOT_THERE,
    405: Kind(
        405, "method-not-allowed", "不支持这种方法", "Method not allowed",
        "This address does not take this method.",
        "Use a method that the header `Allow` names.",
        "这个网址不接受这种方法。",
        "请用 Allow 头里写的方法。",
    ),
    413: Kind(
        413, "too-large", "请求的内容太大", "More was sent than is accepted",
        "The request has more bytes than are accepted at once.",
        "Send it in parts.",
        "一次送来的太多，没有收。",
        "请分几次送。",
    ),
}  # fmt: skip
KINDS: dict[type[Exception], Kind] = {
    NotSignedIn: NOT_SIGNED_IN,
    NotThere: NOT_THERE,
    FromElsewhere: Kind(
        403, "from-elsewhere", "请求不是从本系统的页面发出的", "The request did not come from our own pages",
        "A request with a session has to come from a page of this service; this one did not.",
        "Open the page again and send its form. A system that calls the API uses a token instead of a session.",
        "登录以后送来的，要从本系统的页面发出；这一次不是，没有办理。",
        "请重新打开页面再提交；用命令调用的，带上 Origin 头，写本系统的网址；对接的系统请用令牌。",
    ),
    TooLarge: Kind(
        413, "too-large", "文件太大", "The file is larger than what is accepted",
        "The file has more bytes than are accepted.",
        "Take out pictures and sheets that are not needed, or send it in parts.",
    ),
    UnsoundText: Kind(
        422, "unsound-text", "文字里有不能用的字符", "A text holds characters that cannot be used",
        "A text that was sent holds control characters or halves of characters. Nothing was done.",
        "Take them out and send it again.",
    ),
    errors.UnreadableFile: Kind(
        422, "unreadable-file", "文件读不了", "The file cannot be read",
        "A file or document that was sent or named cannot be read.",
        "Check its name, that it is whole, and that it is text in UTF-8.",
    ),
    UnreadableWorkbook: Kind(
        422, "unreadable-workbook", "工作簿读不了", "The workbook cannot be read",
        "The workbook is damaged, protected, of another format, or larger than what is accepted.",
        "Save it anew as .xlsx without a password and send it again.",
    ),
    errors.UnknownPeriod: Kind(
        422, "unknown-period", "期间不对", "No such period, or not governed",
        "The period is not written as one, or the rule set does not govern it.",
        "Write a month 2020-09, a semester 2020-2021-1, a school year 2020-2021 or a year 2020, "
        "for which the rule set is in force and pays something.",
    ),
    errors.UnknownColumn: Kind(
        404, "unknown-column", "没有这张表或这一列", "No such table or column",
        "The rule set has no such table, or calculates no such column there.",
        "Look for the name in the text of the rule set.",
    ),
    errors.UnknownPayee: Kind(
        404, "unknown-payee", "没有这位收款人", "No such payee",
        "Nobody of that number is in the book, or nothing was paid to her in what was asked for.",
        "Check the number; payees are put in the book when a run is calculated.",
    ),
    errors.UnsoundInput: Kind(
        422, "unsound-input", "数据有问题", "The data have problems",
        "The data do not fit the rule set. Nothing was calculated and nothing was stored.",
        "Mend them by the list of problems and send them again.",
    ),
    errors.UnknownRun: Kind(
        404, "unknown-run", "没有这个批次", "No such run",
        "There is no such run for this caller, or it has no outcome.",
        "Take an id from the list of runs; what is not approved is not given out.",
    ),
    errors.UnknownSnapshot: Kind(
        404, "unknown-snapshot", "没有这份数据", "No such snapshot",
        "No accepted snapshot has that fingerprint, several begin so, or its tables are not those of the rule set.",
        "Take a fingerprint from the list of snapshots, or accept an import first.",
    ),
    errors.NothingToCompare: Kind(
        404, "nothing-to-compare", "没有可比的", "Nothing to compare with",
        "Nothing of its kind was approved before it.",
        "Ask again once there is another; a run can be compared with one that `other` names.",
    ),
    errors.UnknownRuleSet: Kind(
        422, "unknown-rule-set", "没有这个规则集", "No such rule set, or several could be meant",
        "No stored rule set is named so; or none was named, and there is none or more than one to choose from.",
        "Name one by its fingerprint.",
    ),
    errors.TooManyOpen: Kind(
        409, "too-many-open", "还没有办完的太多", "Too much is open already",
        "As much as may wait at once has been asked for already. This was not accepted.",
        "Wait until some of it is done and send this again.",
    ),
    errors.NotExamined: Kind(
        409, "not-examined", "现在不能入库", "The import cannot be accepted now",
        "The import is not examined yet, has errors, or is done with.",
        "Read the import: wait for its end, or send a workbook that is mended.",
    ),
    Changed: Kind(
        412, "changed", "您看到以后它已经变了", "It is not what you looked at any more",
        "It is another now than the one that `If-Match` names. Nothing was done.",
        "Read it again, look at what changed, and act on that.",
    ),
    errors.Overtaken: Kind(
        409, "overtaken", "情况已经变了", "Something changed meanwhile",
        "What was shown before is no longer what would be stored. Nothing was done.",
        "Read it again, look at what changed, and act on that.",
    ),
    errors.NothingToAssemble: Kind(
        409, "nothing-to-assemble", "没有可合并的", "Nothing to assemble",
        "No part has been accepted under this rule set.",
        "Send the parts first, and have them accepted.",
    ),
    errors.MoneyShort: Kind(
        409, "money-short", "资金不足", "Not enough money",
        "A fund has less than what is asked of it, and no rule says who is paid first.",
        "Put down the money that arrived, or ask for less.",
    ),
    errors.NotInBook: Kind(
        404, "not-in-book", "账上没有，或现在不能这样办", "Not in the book, or not possible now",
        "What the request refers to is not in the book, or not in a state in which this can be done.",
        "Check the number or id, and the state of what it names.",
    ),
    errors.AlreadyBooked: Kind(
        409, "already-booked", "已经登记过", "It is in the book already",
        "What was sent stands in the book already, and is not put down twice.",
        "Nothing needs to be done; look at the movement in the book.",
    ),
    errors.SamePerson: Kind(
        409, "same-person", "经办和审批不能是同一个人", "Two persons are needed",
        "Whoever prepared something cannot be the one who approves it.",
        "Have another person do it.",
    ),
    errors.UnsoundDeductions: Kind(
        422, "unsound-deductions", "扣款有问题", "The deductions do not fit",
        "A deduction is of somebody whom this payment does not pay, or exceeds what it pays. Nothing was prepared.",
        "Put the deductions right and prepare the payment again.",
    ),
    errors.UnsoundDescription: Kind(
        422, "unsound-description", "格式说明有错误", "The description of a file has mistakes",
        "The description of a file's format cannot be followed.",
        "Mend it by docs/files.md, or name a format that is shipped.",
    ),
    errors.UnsoundFile: Kind(
        422, "unsound-file", "文件对不上", "The file does not fit",
        "The file does not fit its description or what is in the book, or cannot be written by it. Nothing was recorded.",
        "Compare the file with its description and with the payment.",
    ),
    errors.NotApprovable: Kind(
        409, "not-approvable", "批次现在不能这样办", "The state of the run does not allow it",
        "The run is not in the state for this, its rule set is not in force, or others were approved since.",
        "Read the run. What was overtaken by others has to be calculated again.",
    ),
    errors.NotEnactable: Kind(
        409, "not-enactable", "现在不能启用", "The rule set cannot be enacted now",
        "It is no draft, its worked examples are missing or do not pass, or it is enacted already.",
        "Read the rule set; send it again with worked examples that pass.",
    ),
    errors.UnknownCalendar: Kind(
        409, "unknown-calendar", "放假安排还不知道", "The holidays of that year are not known",
        "The working days cannot be counted: the holidays of a year are not announced or not known.",
        "Give the last day yourself, with a reason.",
    ),
    errors.NotPublishable: Kind(
        409, "not-publishable", "现在不能公示或结束公示", "It cannot be published or closed now",
        "The run is not approved, its days are wrong or not over, or an objection has no answer yet.",
        "Read the run and its objections, and do what is missing first.",
    ),
    errors.NotObjectable: Kind(
        409, "not-objectable", "现在不能这样申诉或答复", "The objection cannot be made or answered so",
        "It is not the time for it, the item is not one's own, or the objection is in another state.",
        "Look at the days of the publication and at the state of the objection.",
    ),
    errors.NothingToPublish: Kind(
        409, "nothing-to-publish", "没有可公示的", "Nothing to publish",
        "The run has no such unit, or no amounts for a public list.",
        "Check the unit, or take another run.",
    ),
    errors.AlteredBook: Kind(
        409, "altered-book", "账被改动过", "What is stored was altered",
        "What is stored is not what was stored. Nothing was done.",
        "Tell the administrator, and have the run replayed before anything is paid.",
    ),
    errors.VersionsClash: Kind(
        409, "versions-clash", "两版规则集冲突", "Two versions clash",
        "Two versions of a rule set would be in force at once, and neither says that it corrects the other.",
        "Change the dates, or write into the later one which version it corrects.",
    ),
    errors.SignInRefused: Kind(
        403, "sign-in-refused", "登录不成功", "Signing in was refused",
        "The name or secret is wrong, the account or client is disabled, or there were too many tries.",
        "Check what was sent, or wait a quarter of an hour and try again.",
    ),
    errors.NotAcceptable: Kind(
        422, "not-acceptable", "填写有误", "What was filled in has mistakes",
        "What was filled in is not accepted. Nothing was done.",
        "Compare it with the description of the API, put it right and send it again.",
    ),
    errors.KeyReused: Kind(
        422, "key-reused", "幂等键重复使用", "The idempotency key was used for another request",
        "This Idempotency-Key belongs to another request. Nothing was done.",
        "Choose a new key for each thing to be done; use it again only for the very same request.",
    ),
    errors.BackupRefused: Kind(
        409, "backup-refused", "备份或恢复没有进行", "The backup was refused",
        "The backup cannot be made, read or restored.",
        "Tell the administrator.",
    ),
    errors.NotConfirmed: Kind(
        409, "not-confirmed", "需要先确认", "Confirmation is needed first",
        "This is done only once somebody has said yes to it.",
        "Look at what would be done, and confirm it.",
    ),
    CalculationError: Kind(
        422, "cannot-calculate", "有的行无法计算", "Some rows cannot be calculated",
        "The rules cannot be applied to some rows of the data. Nothing was stored.",
        "Mend the data, or the rule set.",
    ),
    RuleSetError: Kind(
        422, "rule-set-mistakes", "规则集有错误", "The rule set has mistakes",
        "The rule set cannot be followed. Nothing was stored. Its mistakes are told in Chinese, the language of rule sets.",
        "Mend it at the places that `errors` names (document, line and column) and send it again.",
    ),
    store_errors.NotStored: Kind(
        404, "not-stored", "没有找到", "Not found",
        "Nothing is stored under that key.",
        "Check the id.",
    ),
    store_errors.UnknownPlace: Kind(
        422, "unknown-place", "列表不能从这里接着", "The list cannot go on from there",
        "No page of this list ended with the `after` that was sent.",
        "Send the `next` of the page before as `after`, or read from the beginning.",
    ),
    store_errors.AlreadyStored: Kind(
        409, "already-stored", "已经有了", "Stored already",
        "It is stored already, and what is stored is not written again.",
        "Read what is there. To put it right, add a correction.",
    ),
    store_errors.NumberTaken: Kind(
        409, "number-taken", "号码已被占用", "The number is taken",
        "The ID number or code is another payee's. Nothing was stored.",
        "Check the number and send it again.",
    ),
    store_errors.StoredBytesChanged: Kind(
        500, "stored-bytes-changed", "库中内容被改动", "Stored bytes were changed",
        "What was read is not what was stored: somebody or something altered it.",
        "Stop using it and tell the administrator.",
    ),
    store_errors.KeysUnusable: Kind(
        503, "keys-unusable", "密钥用不了", "The keys cannot be used",
        "The keys of the personal data are missing, or are those of another database.",
        "Tell the administrator.",
    ),
    store_errors.StoreBusy: Kind(
        503, "busy", "系统正忙", "The service is busy",
        "Others are writing. Nothing was done.",
        "Send the request again after a while, with the same idempotency key.",
    ),
    store_errors.ConnectionLost: Kind(
        503, "connection-lost", "与数据库的连接断了", "The database went away",
        "The connection to the database broke. Whether this was stored is not known.",
        "Send the request again with the same idempotency key: it is done once.",
    ),
    store_errors.Unreachable: Kind(
        503, "unreachable", "打不开数据库", "The database cannot be opened",
        "The database does not answer.",
        "Send the request again after a while; if that does not help, tell the administrator.",
    ),
    store_errors.SchemaMismatch: Kind(
        503, "schema-mismatch", "数据库版本不符", "The database is of another version",
        "The database belongs to another version of this service.",
        "Tell the administrator: the database or the service has to be brought up to date.",
    ),
    store_errors.UnsupportedDatabase: Kind(
        500, "unsupported-database", "不支持的数据库", "Unsupported database",
        "The service is set up with a kind of database that it does not know.",
        "Tell the administrator.",
    ),
}  # fmt: skip


def kind_of(error: Exception) -> Kind:
    """The nearest class that has a row."""
    return next(KINDS[one] for one in type(error).__mro__ if one in KINDS)
