"""Finance's and the auditor's pages of money: what is owed and what there is to pay it with, funding, the book's movements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from api.pages.once import KEY, go_once, sent_key, told
from api.pages.render import check_form, page
from api.paging import LISTED, AfterNumber
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from api.upload import PERHAPS_UPLOAD, Upload
from payroll_service.access.roles import Role
from payroll_service.book.working_days import china_day
from payroll_service.errors import Refused
from payroll_service.store.store import Store
from payroll_service.workbook.typed import typed_day, typed_fen
from payroll_service.workflow.choose_rules import list_choices
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.jobs.read_proof import page_verifications
from payroll_service.workflow.list_movements import newest_movements
from payroll_service.workflow.pay_claims import PayRequest, prepare_payment
from payroll_service.workflow.read_deductions import received_deductions
from payroll_service.workflow.state_arrears import code_names
from payroll_service.workflow.survey_payments import (
    APPROVED,
    CONFIRMED,
    OVERTAKEN,
    PREPARED,
    REJECTED,
    RETURNED,
    survey_payments,
)

router = APIRouter(prefix="/payments", include_in_schema=False)
STATES = {
    PREPARED: "待复核",
    OVERTAKEN: "已失效，账上有了变动",
    APPROVED: "已批准",
    CONFIRMED: "已批准，银行没有退票",
    REJECTED: "已批准，有银行退票",
    RETURNED: "已批准，有退回",
}
RECENT = 30
Short = Annotated[str, Field(max_length=100)]
Long = Annotated[str, Field(max_length=500)]


class ActForm(BaseModel):
    """What every form of these pages sends."""

    form_token: Short
    key: Annotated[str, Field(pattern=KEY)]

    def once(
        self,
        request: Request,
        caller: Caller,
        act: Callable[[], str],
        otherwise: Callable[[list[str]], Response],
    ) -> Response:
        """Do what the form asks, once, and go where `act` says; what is refused is told on the page of `otherwise`."""
        check_form(caller, self.form_token)
        try:
            return go_once(request, caller, self.key, self, act)
        except Refused as refused:
            return otherwise(told(refused))


def blank(form: type[ActForm]) -> dict[str, Any]:
    """What nobody has filled in yet: `key` says that nothing was sent."""
    return {name: [] if name == "items" else "" for name in form.model_fields}


PAY_FIELDS = ("day", "fund", "limit", "payee", "paid_to", "reason", "reference", "rule_set")


class FundForm(ActForm):
    fund: Short
    amount: Short
    day: Short
    reference: Long = ""
    reason: Long = ""
    items: list[Short] = []
    corrects: Annotated[str, Field(pattern="^[0-9]{0,12}$")] = ""

    @property
    def funding(self) -> Funding:
        """What is to be put down. Raises Refused."""
        return Funding(
            self.fund.strip(),
            typed_fen(self.amount),
            typed_day(self.day),
            self.items,
            self.reference.strip(),
            self.reason.strip(),
            int(self.corrects) if self.corrects else None,
        )


@router.get("")
def payments(store: TheStore, now: Now, caller: Caller = allow(*OFFICE)) -> Response:
    return _survey(store, caller, now)


@router.get("/movements")
def movements(store: TheStore, after: AfterNumber = 0, caller: Caller = allow(*OFFICE)) -> Response:
    found = newest_movements(store, caller.bureau, after, LISTED)
    proofs = page_verifications(store, caller.bureau).items if caller.has(Role.AUDITOR) else ()
    return page("movements.html", caller, movements=found, after=after, proofs=proofs)


@router.post("/funding")
def fund(
    asked: Annotated[FundForm, Form()],
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> str:
        fund_book(store, caller.bureau, asked.funding, caller.name, now)
        return "/payments"

    def otherwise(mistakes: list[str]) -> Response:
        return _survey(store, caller, now, 409, mistakes, funding=asked.model_dump())

    return asked.once(request, caller, act, otherwise)


@router.post("")
def prepare(
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
    upload: Upload = PERHAPS_UPLOAD,
) -> Response:
    fields = {name: upload.fields.get(name, "") for name in PAY_FIELDS}
    check_form(caller, upload.fields.get("form_token", ""))

    def act() -> str:
        wanted = _pay_request(fields, upload)
        return f"/payments/{prepare_payment(store, caller.bureau, wanted, caller.name, now).number}"

    try:
        return go_once(request, caller, sent_key(upload.fields), upload.told, act)
    except Refused as refused:
        return _survey(store, caller, now, 409, told(refused), paying=fields)


def _pay_request(fields: Mapping[str, str], upload: Upload) -> PayRequest:
    """What is to be prepared. Raises Refused."""
    limit = fields["limit"].strip()
    return PayRequest(
        day=typed_day(fields["day"]),
        fund=fields["fund"],
        limit_fen=not_negative(typed_fen(limit)) if limit else None,
        payee=fields["payee"].strip().upper(),
        paid_to=fields["paid_to"].strip(),
        reason=fields["reason"].strip(),
        reference=fields["reference"].strip(),
        rule_set=fields["rule_set"],
        deductions=received_deductions(upload.file.name, upload.file.content) if upload.file.content else {},
    )


def not_negative(fen: int) -> int:
    """Raises Refused."""
    if fen < 0:
        raise Refused("金额不能是负数。", "请写正数。")
    return fen


def _survey(
    store: Store,
    caller: Caller,
    now: Now,
    status: int = 200,
    mistakes: list[str] | None = None,
    funding: Mapping[str, Any] | None = None,
    paying: Mapping[str, str] | None = None,
) -> Response:
    """`funding`, `paying`: what was filled in, and is not lost."""
    found = survey_payments(store, caller.bureau)
    return page(
        "payments.html",
        caller,
        status,
        found=found,
        names=code_names(store, caller.bureau),
        payments=[one for at, one in enumerate(found.payments) if at < RECENT or one.state == PREPARED],
        adjustments=[each for each in found.adjustments if each.state == PREPARED],
        states=STATES,
        today=china_day(now),
        funding=funding or blank(FundForm),
        paying=paying or dict.fromkeys(PAY_FIELDS, ""),
        is_paying=paying is not None,
        choices=list_choices(store, caller.bureau, now.date()),
        mistakes=mistakes or [],
    )
