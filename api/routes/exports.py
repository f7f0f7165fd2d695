"""Files of approved runs and payments, for finance systems and banks; and the bank's answer, which becomes a movement."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from api.files import CSV, XLSX, ZIP, answers_with, download, streamed
from api.models.base import RunId
from api.models.exports import AskBankFiles, AskVouchers, BankAnswerTaken, Comparison
from api.once import Key, once
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from api.upload import UPLOAD, Upload, described
from payroll_service.access.roles import Role, Scope
from payroll_service.book.working_days import china_day
from payroll_service.export.account_mapping import AccountMapping, read_account_mapping
from payroll_service.export.bank.descriptions import read_bank_format, read_result_format
from payroll_service.export.described import given
from payroll_service.export.payouts_csv import Columns, payouts_csv_parts
from payroll_service.export.payroll_tables import tables_csv_parts, tables_xlsx
from payroll_service.export.vouchers import Voucher, vouchers_csv, vouchers_xlsx
from payroll_service.export.zipped import zip_parts, zipped
from payroll_service.workflow.compare_runs import compare_runs
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.make_files import (
    accrual_vouchers,
    book_bank_answer,
    log_answer,
    make_bank_files,
    payment_vouchers,
    read_tables,
)
from payroll_service.workflow.make_notice import make_notice
from payroll_service.workflow.stream_run import stream_run

router = APIRouter(prefix="/v1", tags=["files"])
LARGE = 4_000_000  # lines of some hundred bytes: no file of them is near what an ordinary ZIP takes
PaymentNumber = Annotated[
    int, Path(ge=1, lt=2**53, description="The number of an approved payment's draft.", examples=[3])
]
Unit = Annotated[str, Query(max_length=40, description="One unit's list alone.", examples=["A01"])]
Form = Annotated[
    Literal["xlsx", "csv"] | None,
    Query(
        alias="format",
        description="A workbook, or a ZIP of CSV files; without it, what `Accept` says.",
        examples=["csv"],
    ),
]


@router.get(
    "/runs/{run_id}/payouts.csv",
    operation_id="downloadPayouts",
    summary="An approved run as CSV, one line a payee, unit, item and fund",
    response_class=Response,
    responses=answers_with(CSV),
)
def payouts(
    run_id: RunId, store: TheStore, now: Now, caller: Caller = allow(*OFFICE, scopes=[Scope.READ_PAYOUTS])
) -> Response:
    """Sent in pieces, however long it is. What is held back is not in it. Reading it is put down in the bureau's log."""
    run = stream_run(store, caller.bureau, run_id, caller.name, now, "payouts")
    columns = Columns.of(run.pieces())  # also: every record can be read, before the first byte is sent
    return streamed(f"payouts-{run_id}.csv", payouts_csv_parts(columns, run.pieces()))


@router.get(
    "/runs/{run_id}/tables",
    operation_id="downloadPayrollTables",
    summary="An approved run in four sections: period, items, people, lines",
    response_class=Response,
    responses=answers_with(XLSX, ZIP),
)
def tables(
    run_id: RunId,
    store: TheStore,
    now: Now,
    form: Form = None,
    accept: Annotated[str, Header(max_length=1000)] = "",
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_PAYOUTS]),
) -> Response:
    """A workbook takes a million lines and is made whole; CSV files take any number and are sent in pieces.

    Reading them is put down in the bureau's log.
    """
    if form == "csv" or (form is None and ZIP in accept):
        run = stream_run(store, caller.bureau, run_id, caller.name, now, "payroll tables")
        files = tables_csv_parts(run.name, run.pieces)
        return streamed(f"工资表-{run_id}.zip", zip_parts(files, run.receipt.lines > LARGE))
    name, found = read_tables(store, caller.bureau, run_id, caller.name, now)
    return download(f"工资表-{run_id}.xlsx", tables_xlsx(name, found))


@router.get(
    "/runs/{run_id}/notice",
    operation_id="downloadNotice",
    summary="The list for public view, a sheet a unit",
    response_class=Response,
    responses=answers_with(XLSX),
)
def notice(
    run_id: RunId, store: TheStore, now: Now, unit: Unit = "", caller: Caller = allow(*OFFICE)
) -> Response:
    """Names and amounts, no numbers. Reading it is put down in the bureau's log."""
    made = make_notice(store, caller.bureau, run_id, unit)
    log_read(store, caller.bureau, f"notice {run_id}", caller.name, now)
    return download(f"公示-{run_id}.xlsx", made.content)


@router.get(
    "/runs/{run_id}/comparison",
    operation_id="compareRuns",
    summary="A run beside another of the same kind of period: sums, averages, how many get more or less",
)
def comparison(
    run_id: RunId,
    store: TheStore,
    other: Annotated[
        RunId | None,
        Query(
            description="The run to compare with; without it the one that this run corrects, "
            "or else the last approved one of an earlier period of this kind.",
        ),
    ] = None,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_PAYOUTS, Scope.READ_AUDIT]),
) -> Comparison:
    """Nobody is named in it. A run that has nothing before it is answered with `nothing-to-compare`."""
    return Comparison.of(compare_runs(store, caller.bureau, run_id, other or ""))


@router.post(
    "/runs/{run_id}/vouchers",
    operation_id="writeAccrualVouchers",
    summary="Vouchers of what an approved run grants, one a unit",
    response_class=Response,
    responses=answers_with(XLSX, CSV),
)
def accrual(
    run_id: RunId,
    asked: AskVouchers,
    store: TheStore,
    now: Now,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_LEDGER]),
) -> Response:
    """It changes nothing, and names nobody."""
    made = accrual_vouchers(store, caller.bureau, run_id, _mapping(asked))
    return _vouchers(f"计提-{run_id}", made, asked, china_day(now))


@router.post(
    "/payments/{number}/vouchers",
    operation_id="writePaymentVouchers",
    summary="Vouchers of what an approved payment pays, one a unit",
    response_class=Response,
    responses=answers_with(XLSX, CSV),
)
def paid(
    number: PaymentNumber,
    asked: AskVouchers,
    store: TheStore,
    now: Now,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_LEDGER]),
) -> Response:
    """It changes nothing, and names nobody."""
    made = payment_vouchers(store, caller.bureau, number, _mapping(asked))
    return _vouchers(f"支付-{number}", made, asked, china_day(now))


@router.post(
    "/payments/{number}/bank-files",
    operation_id="writeBankFiles",
    summary="The bank's files of an approved payment, in the bank's own format",
    response_class=Response,
    responses=answers_with(ZIP),
)
def bank_files(
    number: PaymentNumber,
    asked: AskBankFiles,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK, Role.APPROVER, scopes=[Scope.WRITE_PAYMENTS]),
) -> Response:
    """The same payment and format give the same bytes. Accounts stand in it whole: who took it is put down."""
    format_ = read_bank_format(*given(asked.format))
    made = make_bank_files(store, caller.bureau, number, format_, asked.note, caller.name, now)
    return download(f"代发-{number}.zip", zipped(made))


@router.post(
    "/payments/{number}/bank-answer",
    operation_id="takeBankAnswer",
    summary="The bank's answer to a payment; whoever it rejected is owed again",
    status_code=201,
    response_model=BankAnswerTaken,
    openapi_extra=described(
        "回盘.txt",
        format="格式说明的全文，或附带的一种的名字，如 result-pipe",
        day="记账日期，如 2021-01-21；不写为今天",
        reference="银行文件的号码",
    ),
)
def bank_answer(
    number: PaymentNumber,
    request: Request,
    key: Key,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK, scopes=[Scope.WRITE_PAYMENTS]),
    upload: Upload = UPLOAD,
) -> Response:
    """One mistake in the file, and nothing is recorded."""

    def act() -> BankAnswerTaken:
        format_ = read_result_format(*given(upload.fields.get("format", "")))
        day, reference = (
            _day(upload.fields.get("day", ""), china_day(now)),
            upload.fields.get("reference", ""),
        )
        answer, movement = book_bank_answer(
            store, caller.bureau, number, format_, upload.file.content, day, reference, caller.name, now
        )
        return BankAnswerTaken.of(number, answer, movement)

    log_answer(store, caller.bureau, number, caller.name, now)
    return once(request, upload.told, caller, key, act)


def _mapping(asked: AskVouchers) -> AccountMapping:
    return read_account_mapping(*given(asked.accounts))


def _vouchers(name: str, made: tuple[Voucher, ...], asked: AskVouchers, today: date) -> Response:
    write = vouchers_csv if asked.form == "csv" else vouchers_xlsx
    return download(f"{name}.{asked.form}", write(made, asked.day or today, asked.summary))


def _day(text: str, today: date) -> date:
    """A day of a form; today where there is none. Raises RequestValidationError."""
    try:
        return date.fromisoformat(text) if text else today
    except ValueError:
        raise RequestValidationError(
            [{"loc": ("body", "day"), "type": "date_from_datetime_parsing"}]
        ) from None
