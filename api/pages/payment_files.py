"""A payment's files on its page: for the bank, for the books, and the bank's answer, whose mistakes are told beside it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from api.files import download
from api.models.base import Number
from api.models.exports import BankAnswerTaken, Line
from api.pages.formats import described
from api.pages.once import form_once, sent_key, told
from api.pages.payment import payment_page
from api.pages.payments import Short
from api.pages.render import check_form
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from api.upload import PERHAPS_UPLOAD, Upload
from payroll_service.access.roles import Role
from payroll_service.book.working_days import china_day
from payroll_service.errors import Refused, UnreadableFile
from payroll_service.export.account_mapping import read_account_mapping
from payroll_service.export.bank.descriptions import read_bank_format, read_result_format
from payroll_service.export.vouchers import vouchers_csv, vouchers_xlsx
from payroll_service.export.zipped import zipped
from payroll_service.store.store import Store
from payroll_service.workbook.typed import typed_day
from payroll_service.workflow.make_files import (
    accrual_vouchers,
    book_bank_answer,
    log_answer,
    make_bank_files,
    payment_vouchers,
)

router = APIRouter(prefix="/payments/{number}", include_in_schema=False)


class DescribedForm(BaseModel):
    """`format`: a shipped description by its name; `own`: the text of another one, which then counts."""

    form_token: Short
    format: Short
    own: Annotated[str, Field(max_length=20_000)] = ""

    @property
    def described(self) -> tuple[str, str]:
        return described(self.format, self.own)


class BankForm(DescribedForm):
    note: Line = ""


class VoucherForm(DescribedForm):
    """`run`: whose accrual; empty for the payment itself."""

    run: Short = ""
    day: Short = ""
    summary: Annotated[Line, Field(min_length=1)] = "绩效工资"
    form: Annotated[str, Field(pattern="^(xlsx|csv)$")] = "xlsx"


@router.post("/bank-files")
def bank_files(
    number: Number,
    asked: Annotated[BankForm, Form()],
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK, Role.APPROVER),
) -> Response:
    check_form(caller, asked.form_token)
    try:
        format_ = read_bank_format(*asked.described)
        made = make_bank_files(store, caller.bureau, number, format_, asked.note, caller.name, now)
    except Refused as refused:
        return payment_page(
            store, caller, number, now, 409, mistakes=told(refused), given={"bank": asked.model_dump()}
        )
    return download(f"代发-{number}.zip", zipped(made))


@router.post("/vouchers")
def vouchers(
    number: Number,
    asked: Annotated[VoucherForm, Form()],
    store: TheStore,
    now: Now,
    caller: Caller = allow(*OFFICE),
) -> Response:
    check_form(caller, asked.form_token)
    write = vouchers_csv if asked.form == "csv" else vouchers_xlsx
    try:
        mapping = read_account_mapping(*asked.described)
        day = _day(asked.day, now)
        if asked.run:
            name, made = f"计提-{asked.run}", accrual_vouchers(store, caller.bureau, asked.run, mapping)
        else:
            name, made = f"支付-{number}", payment_vouchers(store, caller.bureau, number, mapping)
    except Refused as refused:
        return payment_page(
            store, caller, number, now, 409, mistakes=told(refused), given={"vouchers": asked.model_dump()}
        )
    return download(f"{name}.{asked.form}", write(made, day, asked.summary))


@router.post("/bank-answer")
def bank_answer(
    number: Number,
    request: Request,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
    upload: Upload = PERHAPS_UPLOAD,
) -> Response:
    """Shown at once, with whom the file does not name; sent again, shown again."""
    check_form(caller, upload.fields.get("form_token", ""))

    key = sent_key(upload.fields)
    log_answer(store, caller.bureau, number, caller.name, now)

    def act() -> str:
        return _take(store, caller, number, upload, now).model_dump_json()

    try:
        taken = BankAnswerTaken.model_validate_json(form_once(request, caller, key, upload.told, act, 201))
    except Refused as refused:
        return payment_page(
            store, caller, number, now, 409, mistakes=told(refused), given={"answer": upload.fields}
        )
    with store.reading() as session:
        names = {one: session.payees.get(caller.bureau, one).label for one in _named(taken)}
    return payment_page(store, caller, number, now, taken=taken, who=names)


def _take(store: Store, caller: Caller, number: int, upload: Upload, now: Now) -> BankAnswerTaken:
    if not upload.file.content:
        raise UnreadableFile("没有选文件，或文件是空的。", "请选银行给的回盘文件。")
    fields = upload.fields
    format_ = read_result_format(*described(fields.get("format", ""), fields.get("own", "")))
    day, reference = _day(fields.get("day", ""), now), fields.get("reference", "").strip()
    answer, movement = book_bank_answer(
        store, caller.bureau, number, format_, upload.file.content, day, reference, caller.name, now
    )
    return BankAnswerTaken.of(number, answer, movement)


def _named(taken: BankAnswerTaken) -> list[str]:
    return [*(one.payee for one in taken.rejections), *taken.disputed, *taken.silent]


def _day(text: str, now: Now) -> date:
    return typed_day(text) if text else china_day(now)
