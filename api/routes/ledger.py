"""Money: funding, payments, what comes back, adjustments, what is owed, and the proof of the book."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from api.files import LINE_BY_LINE, LINES
from api.models.base import Number
from api.models.decisions import PayeeClaims
from api.models.ledger import (
    Adjust,
    AdjustmentAnswer,
    ArrearsAnswer,
    BankResult,
    BookAnswer,
    Claims,
    DraftAnswer,
    Fund,
    Funded,
    MovementAnswer,
    Movements,
    Pay,
    PaymentAnswer,
    SentBack,
)
from api.models.payees import PayeeId
from api.once import Doing
from api.paging import USUAL, AfterNumber, Limit
from api.rights import OFFICE, Caller, allow
from api.state import Now, TheStore
from api.versions import IfMatch, IfNoneMatch, refuse_changed, tagged
from payroll_service.access.roles import Role, Scope
from payroll_service.book.ledger.movements import Movement
from payroll_service.book.money import fen_text, text_fen
from payroll_service.workflow.adjust_claim import Change, approve_adjustment, prepare_adjustment
from payroll_service.workflow.fund_book import Funding, fund_book
from payroll_service.workflow.ledger import numbers_of
from payroll_service.workflow.list_claims import list_claims
from payroll_service.workflow.list_movements import page_movements
from payroll_service.workflow.log_read import log_read
from payroll_service.workflow.pay_claims import PayRequest, approve_payment, prepare_payment
from payroll_service.workflow.read_payment import payment_payees, read_payment
from payroll_service.workflow.send_back import Rejects, reject_payees, return_payment
from payroll_service.workflow.show_adjustment import read_adjustment, show_adjustment
from payroll_service.workflow.state_arrears import explain_arrears, state_arrears
from payroll_service.workflow.verify_book import verify_book

router = APIRouter(prefix="/v1", tags=["ledger"])


@router.get("/movements", operation_id="listMovements", summary="The book's movements, the oldest first")
def movements(
    store: TheStore,
    after: AfterNumber = 0,
    limit: Limit = USUAL,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_LEDGER, Scope.READ_AUDIT]),
) -> Movements:
    return Movements.of(page_movements(store, caller.bureau, after, limit))


@router.post(
    "/funding",
    operation_id="addFunding",
    summary="Put down money that arrived",
    status_code=201,
    response_model=Funded,
)
def fund(
    asked: Fund,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> Funded:
        funding = Funding(
            asked.fund, asked.fen, asked.day, asked.items, asked.reference, asked.reason, asked.corrects
        )
        movement, left = fund_book(store, caller.bureau, funding, caller.name, now)
        return Funded(movement=MovementAnswer.of(movement), left=fen_text(left))

    return doing.once(caller, act)


@router.post(
    "/payments",
    operation_id="preparePayment",
    summary="What the money at hand settles; another person approves it",
    status_code=201,
    response_model=PaymentAnswer,
)
def prepare(
    asked: Pay,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> PaymentAnswer:
        named = {each.payee for each in asked.deductions} | ({asked.payee} if asked.payee else set())
        numbers = numbers_of(store, caller.bureau, sorted(named))
        deductions: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for each in asked.deductions:
            deductions[numbers[each.payee]].append((each.name, each.fen))
        wanted = PayRequest(
            day=asked.day,
            fund=asked.fund or "",
            limit_fen=None if asked.limit is None else text_fen(asked.limit),
            payee=numbers[asked.payee] if asked.payee else "",
            paid_to=asked.paid_to,
            reason=asked.reason,
            reference=asked.reference,
            rule_set=asked.rule_set,
            deductions={number: tuple(listed) for number, listed in deductions.items()},
        )
        return PaymentAnswer.of(prepare_payment(store, caller.bureau, wanted, caller.name, now))

    return doing.once(caller, act)


@router.get(
    "/payments/{number}",
    operation_id="readPayment",
    summary="A payment, prepared or approved",
    response_model=PaymentAnswer,
)
def payment(
    number: Number,
    store: TheStore,
    known: IfNoneMatch = None,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_LEDGER]),
) -> Response:
    """Of one that is prepared: what approving it would pay; a problem if the book has moved since."""
    return tagged(PaymentAnswer.of(read_payment(store, caller.bureau, number)), known)


@router.get(
    "/payments/{number}/payees",
    operation_id="readPaymentPayees",
    summary="Everybody whom an approved payment pays, a JSON object a line",
    response_class=StreamingResponse,
    responses=LINE_BY_LINE,
)
def payees(
    number: Number, store: TheStore, now: Now, caller: Caller = allow(scopes=[Scope.READ_LEDGER])
) -> StreamingResponse:
    """With ID numbers and bank accounts. Reading it is put down in the bureau's log."""
    lines = payment_payees(store, caller.bureau, number, caller.name, now)
    return StreamingResponse(lines, media_type=LINES)


@router.post(
    "/payments/{number}/approval",
    operation_id="approvePayment",
    summary="Pay what somebody else prepared, just as it was shown",
    status_code=201,
    response_model=PaymentAnswer,
)
def approve(
    number: Number,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(Role.APPROVER),
) -> Response:
    def act() -> PaymentAnswer:
        refuse_changed(seen, lambda: PaymentAnswer.of(read_payment(store, caller.bureau, number)))
        return PaymentAnswer.of(approve_payment(store, caller.bureau, number, caller.name, now))

    return doing.once(caller, act)


@router.post(
    "/payments/{number}/results",
    operation_id="bookBankResult",
    summary="Whom the bank could not pay; they are owed again",
    status_code=201,
    response_model=MovementAnswer,
)
def results(
    number: Number,
    asked: BankResult,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK, scopes=[Scope.WRITE_PAYMENTS]),
) -> Response:
    def act() -> Movement:
        numbers = numbers_of(store, caller.bureau, [each.payee for each in asked.rejected])
        reasons = {numbers[each.payee]: each.reason for each in asked.rejected}
        rejects = Rejects(number, asked.day, reasons, asked.reference)
        return reject_payees(store, caller.bureau, rejects, caller.name, now)

    return doing.once(caller, lambda: MovementAnswer.of(act()))


@router.post(
    "/payments/{number}/returns",
    operation_id="bookReturn",
    summary="A payee sent money back; it is owed again",
    status_code=201,
    response_model=MovementAnswer,
)
def returns(
    number: Number,
    asked: SentBack,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK, scopes=[Scope.WRITE_PAYMENTS]),
) -> Response:
    def act() -> MovementAnswer:
        who = numbers_of(store, caller.bureau, [asked.payee])[asked.payee]
        fen = None if asked.amount is None else text_fen(asked.amount)
        return MovementAnswer.of(
            return_payment(store, caller.bureau, number, who, fen, asked.day, asked.reason, caller.name, now)
        )

    return doing.once(caller, act)


@router.post(
    "/adjustments",
    operation_id="prepareAdjustment",
    summary="Put an entitlement right outside a run; another person approves it",
    status_code=201,
    response_model=DraftAnswer,
)
def adjust(
    asked: Adjust,
    doing: Doing,
    store: TheStore,
    now: Now,
    caller: Caller = allow(Role.CLERK),
) -> Response:
    def act() -> DraftAnswer:
        who = numbers_of(store, caller.bureau, [asked.payee])[asked.payee]
        change = Change(who, asked.item, asked.unit, asked.fund, asked.earned, asked.fen)
        return DraftAnswer.of(
            prepare_adjustment(
                store, caller.bureau, change, asked.day, asked.reason, asked.reference, caller.name, now
            )
        )

    return doing.once(caller, act)


@router.get(
    "/adjustments/{number}",
    operation_id="readAdjustment",
    summary="An adjustment, prepared or approved",
    response_model=AdjustmentAnswer,
)
def adjustment(
    number: Number,
    store: TheStore,
    now: Now,
    known: IfNoneMatch = None,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_LEDGER]),
) -> Response:
    """By its draft's number, with the claim as it stands; the payee is named by id. Reading it is put down in the bureau's log."""
    return tagged(AdjustmentAnswer.of(show_adjustment(store, caller.bureau, number, caller.name, now)), known)


@router.post(
    "/adjustments/{number}/approval",
    operation_id="approveAdjustment",
    summary="Approve what somebody else prepared",
    status_code=201,
    response_model=MovementAnswer,
)
def approve_adjusting(
    number: Number,
    doing: Doing,
    store: TheStore,
    now: Now,
    seen: IfMatch = None,
    caller: Caller = allow(Role.APPROVER),
) -> Response:
    def looked_at() -> AdjustmentAnswer:
        with store.reading() as session:
            return AdjustmentAnswer.of(read_adjustment(session, caller.bureau, number))

    def act() -> MovementAnswer:
        refuse_changed(seen, looked_at)
        return MovementAnswer.of(approve_adjustment(store, caller.bureau, number, caller.name, now))

    return doing.once(caller, act)


@router.get(
    "/arrears",
    operation_id="readArrears",
    summary="What is owed, by unit, item, fund, earned period or payee",
)
def arrears(
    store: TheStore,
    now: Now,
    by: Annotated[Literal["payee", "unit", "item", "fund", "age"], Query()] = "item",
    day: Annotated[date | None, Query(description="As the book stood at the end of this day.")] = None,
    caller: Caller = allow(*OFFICE, scopes=[Scope.READ_LEDGER]),
) -> ArrearsAnswer:
    """By payee with names; then it is put down in the bureau's log."""
    if by == "payee":
        log_read(store, caller.bureau, "arrears", caller.name, now)
    return ArrearsAnswer.of(state_arrears(store, caller.bureau, by, day or now.date()))


@router.get(
    "/arrears/payees/{payee}",
    operation_id="readPayeeArrears",
    summary="One payee's claims, with why, and whether payments are held",
)
def payee_arrears(payee: PayeeId, store: TheStore, now: Now, caller: Caller = allow(*OFFICE)) -> PayeeClaims:
    """That it was looked at is put down in the bureau's log."""
    number = numbers_of(store, caller.bureau, [payee])[payee]
    log_read(store, caller.bureau, "arrears", caller.name, now, number)
    return PayeeClaims.of(explain_arrears(store, caller.bureau, number))


@router.get(
    "/me/arrears", operation_id="readOwnArrears", summary="What I was granted, paid, am owed, and why"
)
def own(store: TheStore, caller: Caller = allow(Role.TEACHER)) -> Claims:
    assert caller.account is not None, "roles belong to accounts"
    payee = caller.account.payee
    return Claims.of(explain_arrears(store, caller.bureau, numbers_of(store, caller.bureau, [payee])[payee]))


@router.get(
    "/entitlements",
    operation_id="readEntitlements",
    summary="Everything that was granted, with what was paid of it, a JSON object a line",
    response_class=StreamingResponse,
    responses=LINE_BY_LINE,
)
def entitlements(
    store: TheStore, now: Now, caller: Caller = allow(scopes=[Scope.READ_LEDGER])
) -> StreamingResponse:
    """Payees are named by id. Reading it is put down in the bureau's log."""
    lines = list_claims(store, caller.bureau, caller.name, now)
    return StreamingResponse(lines, media_type=LINES)


@router.get(
    "/audit/book", operation_id="verifyBook", summary="Replay the whole ledger and compare, to the fen"
)
def book(store: TheStore, caller: Caller = allow(Role.AUDITOR, scopes=[Scope.READ_AUDIT])) -> BookAnswer:
    """While the caller waits, and kept nowhere: for small books. Ask for others by `askVerification`, which is a job."""
    return BookAnswer.of(verify_book(store, caller.bureau))
